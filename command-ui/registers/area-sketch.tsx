import { useMemo } from 'react'
import { M_PER_DEG_LAT, mPerDegLng } from '../../domain/geo/distance.ts'
import type { LngLat } from '../../domain/scalars.ts'
import type { Zone } from '../../domain/zone.ts'
import { useStreets, type Bounds } from '../data/use-streets.ts'
import './area-sketch.css'

export interface SketchDot {
  id: string
  at: LngLat
  kind: 'site' | 'camera'
}

/** Room around what is drawn, as a share of the picture. */
const MARGIN = 0.06
/** One place alone is shown with so much around it. */
const LEAST_M = 600

/** Areas and places as plain shapes, north up. @param around what fills the picture; without any, the zones do */
export function AreaSketch({
  label,
  zones,
  chosenId = null,
  dots = [],
  around,
}: {
  label: string
  zones: readonly Zone[]
  chosenId?: string | null
  dots?: readonly SketchDot[]
  around?: readonly LngLat[]
}) {
  const { box, unitM, toPoint, bounds } = useMemo(
    () => planeOf(around ?? zones.flatMap(({ polygon }) => polygon[0] ?? [])),
    [around, zones],
  )
  const streets = useStreets(bounds)
  const streetPath = useMemo(
    () =>
      streets.map((line) => line.map((at, i) => `${i === 0 ? 'M' : 'L'}${toPoint(at).join(' ')}`).join('')).join(''),
    [streets, toPoint],
  )
  const ringPath = (ring: readonly LngLat[]) =>
    `${ring.map((at, i) => `${i === 0 ? 'M' : 'L'}${toPoint(at).join(' ')}`).join('')}z`
  return (
    <svg className="area-sketch" viewBox={box.join(' ')} role="img" aria-label={label}>
      {[...zones]
        .sort((a, b) => b.goalS - a.goalS)
        .map(({ id, kind, polygon }) => (
          <path
            key={id}
            className={`area area-${kind} ${id === chosenId ? 'is-chosen' : ''}`}
            fillRule="evenodd"
            strokeWidth={unitM * (id === chosenId ? 1.2 : 0.4)}
            d={polygon.map(ringPath).join('')}
          />
        ))}
      <path className="area-street" d={streetPath} strokeWidth={unitM * (around ? 0.6 : 0.12)} />
      {dots.map(({ id, at, kind }) => {
        const [x, y] = toPoint(at)
        return kind === 'site' ? (
          <path
            key={id}
            className="dot-site"
            d={`M${x} ${y - unitM * 5}l${unitM * 5} ${unitM * 5} ${-unitM * 5} ${unitM * 5} ${-unitM * 5} ${-unitM * 5}z`}
          />
        ) : (
          <circle key={id} className="dot-camera" cx={x} cy={y} r={unitM * 2.6} />
        )
      })}
    </svg>
  )
}

/** Metres east and south of the first point, so that both directions have one scale. */
function planeOf(points: readonly LngLat[]) {
  const origin = points[0] ?? [0, 0]
  const kx = mPerDegLng(origin[1])
  const toPoint = ([lng, lat]: LngLat): [number, number] => [
    Math.round((lng - origin[0]) * kx),
    Math.round((origin[1] - lat) * M_PER_DEG_LAT),
  ]
  let [west, east, north, south] = [0, 0, 0, 0]
  for (const point of points) {
    const [x, y] = toPoint(point)
    west = Math.min(west, x)
    east = Math.max(east, x)
    north = Math.min(north, y)
    south = Math.max(south, y)
  }
  const widthM = Math.max(LEAST_M, east - west)
  const heightM = Math.max(LEAST_M, south - north)
  const marginM = Math.max(widthM, heightM) * MARGIN
  const box = [
    (west + east - widthM) / 2 - marginM,
    (north + south - heightM) / 2 - marginM,
    widthM + 2 * marginM,
    heightM + 2 * marginM,
  ].map(Math.round)
  const [left, top, boxWidthM, boxHeightM] = box as [number, number, number, number]
  // A wide frame shows more to the left and right than the box asks for.
  const bounds: Bounds = [
    origin[0] + (left - boxWidthM) / kx,
    origin[1] - (top + 1.2 * boxHeightM) / M_PER_DEG_LAT,
    origin[0] + (left + 2 * boxWidthM) / kx,
    origin[1] - (top - 0.2 * boxHeightM) / M_PER_DEG_LAT,
  ]
  return { box, unitM: Math.max(widthM, heightM) / 130, toPoint, bounds }
}

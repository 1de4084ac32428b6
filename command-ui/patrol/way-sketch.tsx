import { useMemo } from 'react'
import { M_PER_DEG_LAT, mPerDegLng } from '../../domain/geo/distance.ts'
import type { LngLat } from '../../domain/scalars.ts'
import type { CrewWay } from '../../domain/wire/crew.ts'
import { usePatrolText } from './patrol-words.ts'

/** Room around the way, as a share of the picture, so that the marks at its ends are whole. */
const MARGIN = 0.14
/** Smaller than this there is nothing to see but noise. */
const LEAST_M = 160

/** Streets, the way and its two ends as plain lines, north up: read in a glance, drawn without any map. */
export function WaySketch({ way, scene, own }: { way: CrewWay; scene: LngLat; own: LngLat | null }) {
  const t = usePatrolText()
  const { box, unitM, toPath, toPoint } = useMemo(() => planeOf(way, scene), [way, scene])
  const streets = useMemo(() => {
    const paths = { main: '', side: '' }
    for (const { main, line } of way.roads) paths[main ? 'main' : 'side'] += toPath(line)
    return paths
  }, [way.roads, toPath])
  const [sceneX, sceneY] = toPoint(scene)
  const ownPoint = own ? toPoint(own) : null
  return (
    <svg viewBox={box.join(' ')} role="img" aria-label={t.way.sketch} preserveAspectRatio="xMidYMid meet">
      <path className="street side" d={streets.side} strokeWidth={unitM * 0.9} />
      <path className="street main" d={streets.main} strokeWidth={unitM * 1.8} />
      <path className="route-edge" d={toPath(way.line)} strokeWidth={unitM * 5} />
      <path className="route" d={toPath(way.line)} strokeWidth={unitM * 3.2} />
      <g transform={`translate(${sceneX} ${sceneY}) scale(${unitM})`}>
        <path className="scene" d="M0 -7.500 7.500 0 0 7.500 -7.500 0z" />
      </g>
      {ownPoint && (
        <g transform={`translate(${ownPoint[0]} ${ownPoint[1]}) scale(${unitM})`}>
          <circle className="own" r="5.500" />
          <circle className="own-core" r="2.200" />
        </g>
      )}
    </svg>
  )
}

/** Metres east and south of the scene: small numbers, and the same scale in both directions. */
function planeOf(way: CrewWay, scene: LngLat) {
  const kx = mPerDegLng(scene[1])
  const toPoint = ([lng, lat]: LngLat): [number, number] => [
    Math.round((lng - scene[0]) * kx),
    Math.round((scene[1] - lat) * M_PER_DEG_LAT),
  ]
  const toPath = (line: readonly LngLat[]) =>
    line.map((at, i) => `${i === 0 ? 'M' : 'L'}${toPoint(at).join(' ')}`).join('')
  const ends = [scene, ...(way.from ? [way.from] : []), ...way.line].map(toPoint)
  const [west, east] = [Math.min(...ends.map(([x]) => x)), Math.max(...ends.map(([x]) => x))]
  const [north, south] = [Math.min(...ends.map(([, y]) => y)), Math.max(...ends.map(([, y]) => y))]
  const widthM = Math.max(LEAST_M, east - west)
  const heightM = Math.max(LEAST_M, south - north)
  const marginM = Math.max(widthM, heightM) * MARGIN
  const box = [
    (west + east - widthM) / 2 - marginM,
    (north + south - heightM) / 2 - marginM,
    widthM + 2 * marginM,
    heightM + 2 * marginM,
  ].map(Math.round)
  return { box, unitM: Math.max(widthM, heightM) / 130, toPath, toPoint }
}

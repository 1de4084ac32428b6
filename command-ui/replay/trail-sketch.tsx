import { useMemo } from 'react'
import { M_PER_DEG_LAT, mPerDegLng } from '../../domain/geo/distance.ts'
import type { LngLat } from '../../domain/scalars.ts'
import { store } from '../data/centre.ts'
import { placeAt, fixBefore } from './place-at.ts'
import { useReplayText } from './replay-words.ts'
import { useStreets } from '../data/use-streets.ts'
import type { Past, PastTrail } from './use-past.ts'

/** Room around the trails, as a share of the picture. */
const MARGIN = 0.08
const LEAST_M = 400
/** Older than this a fix is told as silence. */
const SILENT_S = 30

/** Streets, the scene, and where each patrol and the vehicle that called were at that moment, with the way that it had come. */
export function TrailSketch({ past, atMs }: { past: Past; atMs: number }) {
  const t = useReplayText()
  const { lng, lat } = past.detail.incident.place
  const plane = useMemo(() => planeOf(past, [lng, lat]), [past, lng, lat])
  const streets = useStreets(plane.bounds)
  const streetPath = useMemo(() => streets.map(plane.toPath).join(''), [streets, plane])
  const { unitM } = plane
  const [x, y] = plane.toPoint([lng, lat])
  return (
    <section className="past-trails">
      <svg viewBox={plane.box.join(' ')} role="img" aria-label={t.sketch} preserveAspectRatio="xMidYMid meet">
        <path className="past-street" d={streetPath} strokeWidth={unitM * 0.5} />
        {past.trails.map(({ id, trail }) => (
          <path
            key={id}
            className="past-way-all"
            strokeWidth={unitM * 0.6}
            d={plane.toPath((trail?.points ?? []).map(([, a, b]): LngLat => [a, b]))}
          />
        ))}
        <path className="past-scene" d={diamond(x, y, unitM * 3.5)} />
        {past.trails.map((one) => (
          <Moving key={one.id} one={one} atMs={atMs} plane={plane} />
        ))}
      </svg>
      <ul className="past-legend">
        {past.trails.every(({ isCaller }) => isCaller) && <li className="dim">{t.noTrail}</li>}
        {past.trails.map((one) => (
          <li key={one.id} data-trail-of={one.id}>
            <TrailWords one={one} atMs={atMs} />
          </li>
        ))}
      </ul>
    </section>
  )
}

/** A call sign, or the plate of the vehicle that called. */
function nameOf({ id, isCaller }: PastTrail): string {
  return store.patrols.get(id)?.callsign ?? (isCaller ? store.vehicles.get(id)?.plate : null) ?? id
}

function Moving({ one, atMs, plane }: { one: PastTrail; atMs: number; plane: Plane }) {
  const points = one.trail?.points ?? []
  const now = placeAt(points, atMs)
  if (!now) return null
  const done = points.slice(0, fixBefore(points, atMs) + 1).map(([, lng, lat]): LngLat => [lng, lat])
  const [x, y] = plane.toPoint(now.at)
  const { unitM } = plane
  const silent = now.ageS > SILENT_S ? 'is-silent' : ''
  return (
    <g data-then={one.id} data-place={`${now.at[0].toFixed(6)},${now.at[1].toFixed(6)}`}>
      <path className="past-way" strokeWidth={unitM * 1.6} d={plane.toPath([...done, now.at])} />
      {one.isCaller ? (
        <path className={`past-caller ${silent}`} strokeWidth={unitM * 0.6} d={diamond(x, y, unitM * 3)} />
      ) : (
        <circle className={`past-car ${silent}`} cx={x} cy={y} r={unitM * 2.6} />
      )}
      <text x={x + unitM * 4} y={y + unitM * 2} fontSize={unitM * 6}>
        {nameOf(one)}
      </text>
    </g>
  )
}

function TrailWords({ one, atMs }: { one: PastTrail; atMs: number }) {
  const t = useReplayText()
  const callsign = nameOf(one)
  if (!one.trail) return <span className="shortfall">{t.trailMissing(callsign)}</span>
  const now = placeAt(one.trail.points, atMs)
  if (!now) return <span className="dim">{t.noFixYet(callsign)}</span>
  return now.ageS > SILENT_S ? (
    <span className="tone-warn">▲ {t.silent(callsign, Math.round(now.ageS))}</span>
  ) : (
    <span>
      <span className="num">{t.moving(callsign, Math.round(now.speedMps * 3.6))}</span>{' '}
      <span className="dim num">{t.trail('', one.trail.points.length).replace(/^ · /, '')}</span>
    </span>
  )
}

function diamond(x: number, y: number, r: number): string {
  return `M${x} ${y - r}l${r} ${r} ${-r} ${r} ${-r} ${-r}z`
}

interface Plane {
  box: number[]
  unitM: number
  /** West, south, east, north. */
  bounds: [number, number, number, number]
  toPoint(at: LngLat): [number, number]
  toPath(line: readonly LngLat[]): string
}

/** Metres east and south of the scene, around everything that moved. */
function planeOf(past: Past, scene: LngLat): Plane {
  const kx = mPerDegLng(scene[1])
  const toPoint = ([lng, lat]: LngLat): [number, number] => [
    Math.round((lng - scene[0]) * kx),
    Math.round((scene[1] - lat) * M_PER_DEG_LAT),
  ]
  const toPath = (line: readonly LngLat[]) =>
    line.map((at, i) => `${i === 0 ? 'M' : 'L'}${toPoint(at).join(' ')}`).join('')
  let [west, east, north, south] = [0, 0, 0, 0]
  for (const { trail } of past.trails) {
    for (const [, lng, lat] of trail?.points ?? []) {
      const [x, y] = toPoint([lng, lat])
      west = Math.min(west, x)
      east = Math.max(east, x)
      north = Math.min(north, y)
      south = Math.max(south, y)
    }
  }
  const sideM = Math.max(LEAST_M, east - west, south - north) * (1 + 2 * MARGIN)
  const box = [(west + east - sideM) / 2, (north + south - sideM) / 2, sideM, sideM].map(Math.round)
  const [left, top] = [box[0]!, box[1]!]
  const bounds: Plane['bounds'] = [
    scene[0] + left / kx,
    scene[1] - (top + sideM) / M_PER_DEG_LAT,
    scene[0] + (left + sideM) / kx,
    scene[1] - top / M_PER_DEG_LAT,
  ]
  return { box, unitM: sideM / 130, bounds, toPoint, toPath }
}

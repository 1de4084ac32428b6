import { toIso } from '../../domain/clock.ts'
import { FIX_FLAGS, FIX_STALE_S, type Trail } from '../../domain/fix.ts'
import type { Queryable } from '../store/database.ts'
import type { Position } from './positions.ts'

/** A trail of more fixes is cut, newest kept: 20,000 are 55 hours at one per 10 s, and 1.2 MB of JSON. */
export const TRAIL_POINTS_MAX = 20_000

/** Writes the last places of what has moved; small, one row each. */
export async function saveLastPlaces(database: Queryable, positions: readonly Position[]): Promise<void> {
  if (positions.length === 0) return
  await database.execute(
    `insert into vehicle_last (vehicle_id, taken_at, received_at, lng, lat, speed_mps, bearing_deg, flags)
     select * from unnest($1::text[], $2::timestamptz[], $3::timestamptz[], $4::float8[], $5::float8[], $6::real[],
                          $7::real[], $8::integer[])
     on conflict (vehicle_id) do update set taken_at = excluded.taken_at, received_at = excluded.received_at,
       lng = excluded.lng, lat = excluded.lat, speed_mps = excluded.speed_mps, bearing_deg = excluded.bearing_deg,
       flags = excluded.flags`,
    [
      positions.map((p) => p.vehicleId),
      positions.map((p) => toIso(p.takenAtMs)),
      positions.map((p) => toIso(p.receivedAtMs)),
      positions.map((p) => p.lng),
      positions.map((p) => p.lat),
      positions.map((p) => p.speedMps),
      positions.map((p) => (Number.isNaN(p.bearingDeg) ? null : p.bearingDeg)),
      positions.map((p) => p.flags),
    ],
  )
}

export interface LastPlace {
  vehicle_id: string
  taken_at: string
  received_at: string
  lng: number
  lat: number
  speed_mps: number
  bearing_deg: number | null
  flags: number
}

export async function readLastPlaces(database: Queryable): Promise<LastPlace[]> {
  return await database.query<LastPlace>('select * from vehicle_last')
}

interface TrailRow {
  t: number
  lng: number
  lat: number
  s: number
  b: number | null
}

/**
 * Fixes of one vehicle, `[takenAtMs, lng, lat, speedMps, bearingDeg]`, oldest first; bearing −1 when unknown; jumps and gaps apart. Beyond
 * 20,000 the newest are kept. Price: 65–96 ms for 8,640 rows among 50 million; times come as numbers, parsing dates is a fifth.
 */
export async function readTrail(
  database: Queryable,
  vehicleId: string,
  fromMs: number,
  toMs: number,
): Promise<Pick<Trail, 'points' | 'truncated' | 'gaps' | 'jumps'>> {
  const rows = await database.query<TrailRow>(
    `select (extract(epoch from taken_at) * 1000)::float8 as t, lng, lat, speed_mps as s, bearing_deg as b from fix
      where vehicle_id = $1 and taken_at >= $2 and taken_at <= $3 and flags & ${FIX_FLAGS.jump} = 0
      order by taken_at desc limit $4`,
    [vehicleId, toIso(fromMs), toIso(toMs), TRAIL_POINTS_MAX + 1],
  )
  const truncated = rows.length > TRAIL_POINTS_MAX
  if (truncated) rows.length = TRAIL_POINTS_MAX
  const points = rows.map((row): [number, number, number, number, number] => {
    return [Math.round(row.t), row.lng, row.lat, row.s, row.b ?? -1]
  })
  points.reverse()
  const jumps = await readJumps(database, vehicleId, truncated ? points[0]![0] : fromMs, toMs)
  return { points, truncated, gaps: gapsOf(points), jumps }
}

/** A terminal that jumps all the time is broken; its first thousand leaps say so. */
const JUMPS_MAX = 1000

async function readJumps(
  database: Queryable,
  vehicleId: string,
  fromMs: number,
  toMs: number,
): Promise<[number, number, number][]> {
  const rows = await database.query<Pick<TrailRow, 't' | 'lng' | 'lat'>>(
    `select (extract(epoch from taken_at) * 1000)::float8 as t, lng, lat from fix
      where vehicle_id = $1 and taken_at >= $2 and taken_at <= $3 and flags & ${FIX_FLAGS.jump} <> 0
      order by taken_at limit $4`,
    [vehicleId, toIso(fromMs), toIso(toMs), JUMPS_MAX],
  )
  return rows.map((row) => [Math.round(row.t), row.lng, row.lat])
}

function gapsOf(points: Trail['points']): [number, number][] {
  const gaps: [number, number][] = []
  for (let i = 1; i < points.length; i++) {
    const [before, after] = [points[i - 1]![0], points[i]![0]]
    if (after - before > FIX_STALE_S * 1000) gaps.push([before, after])
  }
  return gaps
}

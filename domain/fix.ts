import { idSchema, latSchema, lngSchema, timeSchema } from './scalars.ts'
import { z } from './z.ts'

/** Where a vehicle was, by its own clock (`takenAtMs`) and by ours (`receivedAtMs`). */
export interface Fix {
  vehicleId: string
  lng: number
  lat: number
  speedMps: number
  /** Degrees clockwise from north; NaN when the terminal did not say. */
  bearingDeg: number
  accuracyM: number
  takenAtMs: number
  receivedAtMs: number
  /** Bits of `FIX_FLAGS`. */
  flags: number
}

export const FIX_FLAGS = { hired: 1, acc: 2, emergency: 4, tracked: 8, jump: 16 } as const

/** A fix older than this is marked: at 10 m/s the vehicle is somewhere else by now. */
export const FIX_STALE_S = 30
/** Older than this the place is worth nothing. */
export const FIX_LOST_S = 900

/**
 * How far a place can be believed: `jumping`: the newest fix was an impossible leap that no second one has confirmed, the place is the one
 * before; `stale` and `lost`: nothing heard for 30 s, 15 min; `none`: never heard.
 */
export const placeNowSchema = z.object({
  quality: z.enum(['good', 'jumping', 'stale', 'lost', 'none']),
  /** Since its newest good fix was received, our clock. */
  ageS: z.number().nullable(),
})
export type PlaceNow = z.infer<typeof placeNowSchema>

/** @param receivedAtMs of the newest good fix; null: none */
export function judgePlace(receivedAtMs: number | null, isSuspect: boolean, nowMs: number): PlaceNow {
  if (receivedAtMs === null) return { quality: 'none', ageS: null }
  const ageS = Math.max(0, (nowMs - receivedAtMs) / 1000)
  const byAge = ageS > FIX_LOST_S ? 'lost' : ageS > FIX_STALE_S ? 'stale' : 'good'
  return { quality: byAge === 'good' && isSuspect ? 'jumping' : byAge, ageS: Math.round(ageS * 10) / 10 }
}

/** A taxi as a desk sees it now. */
export const vehicleNowSchema = z.object({
  id: idSchema,
  /** Key of its dot in the binary stream. */
  key: z.number().int(),
  kind: z.enum(['taxi', 'patrol', 'tag', 'handheld']),
  name: z.string(),
  plate: z.string().nullable(),
  lng: lngSchema.nullable(),
  lat: latSchema.nullable(),
  speedMps: z.number().nullable(),
  bearingDeg: z.number().nullable(),
  takenAt: timeSchema.nullable(),
  receivedAt: timeSchema.nullable(),
  hired: z.boolean(),
  /** As of the answer; absent in events, where it would be old at once. */
  place: placeNowSchema.optional(),
})
export type VehicleNow = z.infer<typeof vehicleNowSchema>

/** A trail: one row per fix, `[takenAtMs, lng, lat, speedMps, bearingDeg]`, oldest first. */
export const trailSchema = z.object({
  vehicleId: idSchema,
  from: timeSchema,
  to: timeSchema,
  points: z.array(z.tuple([z.number(), lngSchema, latSchema, z.number(), z.number()])),
  truncated: z.boolean(),
  /** Silences of more than 30 s between two points, `[fromMs, toMs]`: the line across them is a guess. */
  gaps: z.array(z.tuple([z.number(), z.number()])).optional(),
  /** Fixes that were an impossible leap away and are not in `points`: `[takenAtMs, lng, lat]`. */
  jumps: z.array(z.tuple([z.number(), lngSchema, latSchema])).optional(),
})
export type Trail = z.infer<typeof trailSchema>

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
})
export type VehicleNow = z.infer<typeof vehicleNowSchema>

/** A trail: one row per fix, `[takenAtMs, lng, lat, speedMps, bearingDeg]`, oldest first. */
export const trailSchema = z.object({
  vehicleId: idSchema,
  from: timeSchema,
  to: timeSchema,
  points: z.array(z.tuple([z.number(), lngSchema, latSchema, z.number(), z.number()])),
  truncated: z.boolean(),
})
export type Trail = z.infer<typeof trailSchema>

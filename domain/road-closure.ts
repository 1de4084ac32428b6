import { latSchema, lngLatSchema, lngSchema, timeSchema } from './scalars.ts'
import { z } from './z.ts'

/** Roads around a flooded crossing; a whole district is not closed by one circle. */
export const CLOSURE_RADIUS_MAX_M = 500
export const CLOSURE_EDGES_MAX = 400

/** An officer's word about a road: closed, or driven at another speed, for patrols, from now on. One edge, or a circle. */
export const closureWriteSchema = z
  .object({
    edgeId: z.string().min(1).max(64).optional(),
    lng: lngSchema.optional(),
    lat: latSchema.optional(),
    radiusM: z.number().positive().max(CLOSURE_RADIUS_MAX_M).optional(),
    /** Speed there from now on; null or absent: closed. */
    kmh: z.number().min(3).max(150).nullable().optional(),
    reason: z.string().trim().min(1).max(200),
    /** Ends by itself then; null or absent: until somebody ends it. */
    until: timeSchema.nullable().optional(),
  })
  .refine((one) => (one.edgeId !== undefined) !== (one.lng !== undefined && one.lat !== undefined), {
    message: 'names either edgeId, or lng and lat',
  })
export type ClosureWrite = z.infer<typeof closureWriteSchema>

export const roadClosureSchema = z.object({
  id: z.string(),
  /** Every edge it holds for, in both directions. */
  edgeIds: z.array(z.string()),
  /** Names of these roads, as far as they have any. */
  roadNames: z.array(z.string()),
  /** Their lines, for the map. */
  lines: z.array(z.array(lngLatSchema)),
  /** null: closed. */
  kmh: z.number().nullable(),
  reason: z.string(),
  by: z.string(),
  at: timeSchema,
  until: timeSchema.nullable(),
  endedAt: timeSchema.nullable(),
  /** Username; `centre`: its time was over. */
  endedBy: z.string().nullable(),
})
export type RoadClosure = z.infer<typeof roadClosureSchema>

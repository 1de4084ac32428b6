import { idSchema, jurisdictionSchema, lngLatSchema } from './scalars.ts'
import { z } from './z.ts'

export const DUTY_LEVELS = ['normal', 'special', 'wartime'] as const
export type DutyLevel = (typeof DUTY_LEVELS)[number]

/** A promise counts as held while nine tenths of the roads of its zone can be reached in time: NFPA's 90 % rule. */
export const HELD_SHARE = 0.9

const goalSchema = z.number().int().positive()
const patrolCountSchema = z.number().int().min(0).max(1000)

/** An area with a promised time (响应分区). Zones do not overlap in effect: the smallest goal that contains a point wins. */
export const zoneSchema = z.object({
  id: idSchema,
  name: z.string().max(120),
  nameEn: z.string().max(120).nullable(),
  kind: z.enum(['core', 'busy', 'elsewhere']),
  /** Promised seconds from order to arrival at the normal level; data, never a constant. */
  goalS: goalSchema,
  /** At the other levels, where it differs: wartime falls back on special, special on the normal one. */
  goals: z.object({ special: goalSchema.optional(), wartime: goalSchema.optional() }).optional(),
  /** Free patrols that should stand in this zone, by level, with the same fall-back. */
  minPatrols: z
    .object({
      normal: patrolCountSchema.optional(),
      special: patrolCountSchema.optional(),
      wartime: patrolCountSchema.optional(),
    })
    .optional(),
  /** Rings of a polygon, outer first, each closed. */
  polygon: z.array(z.array(lngLatSchema).min(4)).min(1),
  /** Absent or "": everybody's. */
  jurisdiction: jurisdictionSchema.optional(),
})
export type Zone = z.infer<typeof zoneSchema>

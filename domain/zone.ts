import { jurisdictionSchema } from './jurisdiction.ts'
import { idSchema, lngLatSchema } from './scalars.ts'
import { z } from './z.ts'

/** An area with a promised time (响应分区). Zones do not overlap in effect: the smallest goal that contains a point wins. */
export const zoneSchema = z.object({
  id: idSchema,
  name: z.string().max(120),
  nameEn: z.string().max(120).nullable(),
  kind: z.enum(['core', 'busy', 'elsewhere']),
  /** Promised seconds from order to arrival, by duty level; data, never a constant. */
  goalS: z.number().int().positive(),
  /** Rings of a polygon, outer first, each closed. */
  polygon: z.array(z.array(lngLatSchema).min(4)).min(1),
  /** Absent or "": everybody's. */
  jurisdiction: jurisdictionSchema.optional(),
})
export type Zone = z.infer<typeof zoneSchema>

export const DUTY_LEVELS = ['normal', 'special', 'wartime'] as const
export type DutyLevel = (typeof DUTY_LEVELS)[number]

import { placeNowSchema } from './fix.ts'
import { idSchema, jurisdictionSchema, latSchema, lngSchema, timeSchema } from './scalars.ts'
import { z } from './z.ts'

/** A unit that can be sent (警力). Its place comes from the device of the same id, kind `patrol`. */
export const patrolSchema = z.object({
  id: idSchema,
  callsign: z.string().max(30),
  kind: z.enum(['car', 'motorcycle', 'foot']),
  crew: z.array(z.string().max(30)).max(8),
  plate: z.string().max(20).nullable(),
  /** Set by people; "assigned" is never stored, it is derived from the assignments. */
  duty: z.enum(['on', 'off', 'out-of-service']),
  /** Where it stands when it has nothing to do. */
  homeLng: lngSchema,
  homeLat: latSchema,
  zoneId: idSchema.nullable(),
  /** Absent or "": everybody's. */
  jurisdiction: jurisdictionSchema.optional(),
})
export type Patrol = z.infer<typeof patrolSchema>

/** free ➤ · ordered/accepted/en-route » · on-scene ● · off duty or out of service ○ */
export const patrolStatusSchema = z.enum([
  'free',
  'ordered',
  'accepted',
  'en-route',
  'on-scene',
  'off',
  'out-of-service',
])
export type PatrolStatus = z.infer<typeof patrolStatusSchema>

/** What may tell a patrol's place. The newest fix wins, whichever told it. */
export const fixSourceSchema = z.enum(['terminal', 'phone'])
export type FixSource = z.infer<typeof fixSourceSchema>

/** A patrol as a desk sees it now. */
export const patrolNowSchema = patrolSchema.extend({
  /** Key of its dot in the binary stream. */
  key: z.number().int(),
  status: patrolStatusSchema,
  assignmentId: z.string().nullable(),
  /** What told its place last: the car's terminal or the crew's phone; absent until one has, since our start. */
  fixSource: fixSourceSchema.optional(),
  lng: lngSchema.nullable(),
  lat: latSchema.nullable(),
  speedMps: z.number().nullable(),
  bearingDeg: z.number().nullable(),
  takenAt: timeSchema.nullable(),
  receivedAt: timeSchema.nullable(),
  /** As of the answer; absent in events, where it would be old at once. */
  place: placeNowSchema.optional(),
})
export type PatrolNow = z.infer<typeof patrolNowSchema>

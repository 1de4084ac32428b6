import { alarmSchema, dispositionSchema } from '../alarm.ts'
import { assignmentSchema } from '../assignment.ts'
import { incidentSchema } from '../incident.ts'
import { meSchema } from '../officer.ts'
import { recommendationSchema } from '../recommendation.ts'
import { ALARM_LEVEL_MAX } from '../run-card.ts'
import { idSchema, timeSchema } from '../scalars.ts'
import { contactSchema, siteSchema } from '../site.ts'
import { z } from '../z.ts'
import { logEventSchema } from './live.ts'

/** Bodies of `/api/v1` that are not an entity by themselves. */

/** RFC 9457. `type` is `/problems/{code}`, `code` one of `FAULT_STATUS`; other members are the facts of the fault. */
export const problemSchema = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  code: z.string(),
})
export type Problem = z.infer<typeof problemSchema>

/** By password, or by the one-time link that the first start prints. */
export const signInSchema = z.union([
  z.object({ username: z.string().max(64), password: z.string().max(256) }),
  z.object({ link: z.string().max(200) }),
])
export const sessionSchema = z.object({ token: z.string(), me: meSchema })
/** `current` is needed once there is a password. */
export const setPasswordSchema = z.object({
  password: z.string().min(8).max(256),
  current: z.string().max(256).optional(),
})

/** Lists page: `?limit&cursor`; `next` is the cursor of the next page. */
export function pageSchema<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().nullable() })
}
export const pageQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().max(200).optional(),
})

export const signalSchema = z.object({
  id: z.string(),
  deviceId: idSchema,
  /** The event's own id, or `sha256:…` of the bytes when it has none. */
  eventId: z.string(),
  receivedAt: timeSchema,
  /** As received: text when it is UTF-8, else null and `rawBase64`. */
  raw: z.string().nullable(),
  rawBase64: z.string(),
  readable: z.boolean(),
  alarmId: z.string().nullable(),
})
export type Signal = z.infer<typeof signalSchema>

export const takeOverSchema = z.object({ reason: z.string().min(1).max(200) })
export const radioOrderWriteSchema = z.object({ patrolId: idSchema })
/** An end or a number of minutes; SHELVED_MAX_MS at most. */
export const shelveSchema = z
  .object({
    until: timeSchema.optional(),
    minutes: z.number().int().min(1).max(480).optional(),
    reason: z.string().min(1).max(200),
  })
  .refine(({ until, minutes }) => (until === undefined) !== (minutes === undefined), {
    message: 'either until or minutes',
  })
export const drillPlanSchema = z.object({ from: timeSchema, to: timeSchema, why: z.string().min(1).max(200) })
export const classifySchema = z.object({ disposition: dispositionSchema, note: z.string().max(500).optional() })
export const closeIncidentSchema = z.object({ disposition: dispositionSchema, note: z.string().max(2000).optional() })
export const assignSchema = z.object({
  patrolId: idSchema,
  /** Needed when the officer chooses another patrol than the recommended one. */
  reason: z.string().max(200).optional(),
  /** Further patrols, sent after the first one: the support. */
  patrolIds: z.array(idSchema).max(20).optional(),
  /** Take `patrolId` from the less urgent incident that it is on its way to. */
  divert: z.boolean().optional(),
})
/** The order of `patrolId`; with `patrolIds` also what became of each of those, in their order. */
export const assignedSchema = assignmentSchema.extend({
  others: z
    .array(
      z.object({
        patrolId: idSchema,
        assignment: assignmentSchema.nullable(),
        problem: z.object({ code: z.string(), detail: z.string() }).nullable(),
      }),
    )
    .optional(),
})
export type Assigned = z.infer<typeof assignedSchema>
export const alarmLevelSchema = z.object({
  level: z.number().int().min(1).max(ALARM_LEVEL_MAX),
  reason: z.string().max(200).optional(),
})
/** A ULID that a phone gives to one tap; the same id is the same tap for ever. */
export const tapIdSchema = z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/)
/** Optional reason for decline and cancel, note for clear. With `id` a repeat is answered as the first was. */
export const stepSchema = z.object({
  reason: z.string().max(200).optional(),
  note: z.string().max(500).optional(),
  id: tapIdSchema.optional(),
  /** When it was tapped, by the phone's clock; kept beside our time, orders nothing. */
  tappedAt: timeSchema.optional(),
})
/** A contact of the site has been called. */
export const callNoteSchema = contactSchema
  .pick({ name: true, phone: true })
  .extend({ outcome: z.enum(['answered', 'no-answer']) })
export type CallNote = z.infer<typeof callNoteSchema>
/** A line for the timeline; of a call also who and what came of it. */
export const noteSchema = z.object({ text: z.string().min(1).max(2000), call: callNoteSchema.optional() })

export const incidentDetailSchema = z.object({
  incident: incidentSchema,
  alarms: z.array(alarmSchema),
  assignments: z.array(assignmentSchema),
  site: siteSchema.nullable(),
  contacts: z.array(contactSchema),
  /** What the officer should do for this type, in order. */
  checklist: z.array(z.object({ zh: z.string(), en: z.string() })),
  /** The log of this incident, oldest first. */
  timeline: z.array(logEventSchema),
  recommendation: recommendationSchema.nullable(),
})
export type IncidentDetail = z.infer<typeof incidentDetailSchema>

export const credentialSchema = z.object({ username: z.string(), password: z.string() })

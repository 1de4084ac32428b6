import { deviceKindSchema } from './device.ts'
import { idSchema, jurisdictionSchema, placeSchema, timeSchema } from './scalars.ts'
import { z } from './z.ts'

/** What a device may say on its `event` channel. */
export const SIGNAL_TYPES = [
  'panic',
  'duress',
  'silent-panic',
  'medical',
  'fire',
  'intrusion',
  'tamper',
  'theft',
  'collision',
  'low-battery',
  'power-loss',
  'test',
  'restore',
  'cancel',
] as const
/** `unreadable`: a known device said something that cannot be read. That is still an alarm. */
export const alarmTypeSchema = z.enum([...SIGNAL_TYPES, 'unreadable'])
export type AlarmType = z.infer<typeof alarmTypeSchema>

export const DISPOSITIONS = ['real', 'false', 'test', 'drill', 'duplicate'] as const
export const dispositionSchema = z.enum(DISPOSITIONS)
export type Disposition = z.infer<typeof dispositionSchema>

export const prioritySchema = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)])
export type Priority = z.infer<typeof prioritySchema>

/**
 * Who has been called besides the desks whose jurisdiction covers the alarm. `parent`: everybody in `jurisdiction` and above it;
 * `neighbours`: the desks right below `jurisdiction`; `supervisors` and `everyone`: wherever they are.
 */
export const escalatedToSchema = z.object({
  to: z.enum(['parent', 'neighbours', 'supervisors', 'everyone']),
  jurisdiction: jurisdictionSchema,
  at: timeSchema,
})
export type EscalatedTo = z.infer<typeof escalatedToSchema>

/** Put aside by an officer, with a reason and an end; a new press ends it at once. */
export const shelvedSchema = z.object({ until: timeSchema, by: z.string(), why: z.string() })
export type Shelved = z.infer<typeof shelvedSchema>

/** Pressed inside a planned drill: a mark beside an alarm that is an alarm all the same. */
export const drillMarkSchema = z.object({ id: z.string(), to: timeSchema, why: z.string() })
export type DrillMark = z.infer<typeof drillMarkSchema>

export const radioOrderSchema = z.object({ patrolId: idSchema, by: z.string(), at: timeSchema })

export const alarmSchema = z.object({
  id: z.string(),
  deviceId: idSchema,
  deviceKind: deviceKindSchema,
  siteId: idSchema.nullable(),
  type: alarmTypeSchema,
  priority: prioritySchema,
  state: z.enum(['raised', 'acknowledged', 'classified', 'closed']),
  place: placeSchema,
  /** Signals folded into this alarm: 1 at first, more by re-presses. */
  occurrences: z.number().int().min(1),
  raisedAt: timeSchema,
  lastOccurrenceAt: timeSchema,
  /** The device's own clock, if it told; never orders anything. */
  takenAt: timeSchema.nullable(),
  acknowledgedAt: timeSchema.nullable(),
  /** The officer who owns it; a take-over changes it. */
  owner: z.string().nullable(),
  classifiedAt: timeSchema.nullable(),
  disposition: dispositionSchema.nullable(),
  /** The cause is gone (device said so). Independent of acknowledgement. */
  restoredAt: timeSchema.nullable(),
  closedAt: timeSchema.nullable(),
  escalation: z.number().int().min(0).max(4),
  incidentId: z.string().nullable(),
  /** Whose it is, a path in the tree; absent or "": nobody's in particular. Of the device, else of its site. */
  jurisdiction: jurisdictionSchema.optional(),
  /** Who else has been called, in the order of the calls; a new press keeps them. */
  escalatedTo: z.array(escalatedToSchema).max(8).optional(),
  shelved: shelvedSchema.nullable().optional(),
  drill: drillMarkSchema.nullable().optional(),
  /** Patrols that were sent by radio while the database was away, until their orders are recorded. Never stored. */
  radioOrders: z.array(radioOrderSchema).optional(),
  /** Shown before the database has it. Never stored. */
  provisional: z.boolean().optional(),
})
export type Alarm = z.infer<typeof alarmSchema>

/** Which types are for the siren, and how urgent. Anything absent is a trouble or a log line, never the siren. */
export const ALARM_PRIORITY: Partial<Record<AlarmType, Priority>> = {
  panic: 1,
  duress: 1,
  'silent-panic': 1,
  medical: 1,
  fire: 1,
  unreadable: 1,
  intrusion: 2,
  theft: 2,
  collision: 2,
  tamper: 3,
  test: 4,
}

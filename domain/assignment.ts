import { idSchema, timeSchema } from './scalars.ts'
import { z } from './z.ts'

export const ASSIGNMENT_STATES = [
  'ordered',
  'accepted',
  'enRoute',
  'onScene',
  'cleared',
  'declined',
  'cancelled',
  'diverted',
] as const
/** What a crew itself may say about its order, as the routes name it. */
export const CREW_STEPS = ['accept', 'en-route', 'on-scene', 'clear', 'decline'] as const
export type CrewStep = (typeof CREW_STEPS)[number]

/** 处警单: one patrol on one incident, with its own times. */
export const assignmentSchema = z.object({
  id: z.string(),
  incidentId: z.string(),
  patrolId: idSchema,
  state: z.enum(ASSIGNMENT_STATES),
  orderedAt: timeSchema,
  orderedBy: z.string(),
  acceptedAt: timeSchema.nullable(),
  enRouteAt: timeSchema.nullable(),
  onSceneAt: timeSchema.nullable(),
  /** How the arrival was known. */
  arrival: z.enum(['detected', 'crew', 'desk']).nullable(),
  clearedAt: timeSchema.nullable(),
  /** When it was declined, cancelled or diverted. */
  endedAt: timeSchema.nullable(),
  endedReason: z.string().nullable(),
  /** What the officer was told when ordering. */
  etaS: z.number().nullable(),
  distanceM: z.number().nullable(),
  insideGoal: z.boolean().nullable(),
  goalS: z.number().int().nullable(),
  /** Nobody accepted it in time; whom to send next, as was best at that moment. The order stays valid. */
  unanswered: z.object({ at: timeSchema, nextPatrolId: idSchema.nullable() }).optional(),
  /** By the phone's own clock, for steps that came from one: beside our times, never instead of them. */
  tappedAt: z.partialRecord(z.enum(CREW_STEPS), timeSchema).optional(),
  /** How the crew found it, in its own words, told when it cleared. */
  clearedNote: z.string().optional(),
})
export type Assignment = z.infer<typeof assignmentSchema>

export const OPEN_ASSIGNMENT_STATES = ['ordered', 'accepted', 'enRoute', 'onScene'] as const

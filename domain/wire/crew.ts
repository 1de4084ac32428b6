import { assignmentSchema } from '../assignment.ts'
import { fixPayloadSchema } from './mqtt.ts'
import { fixSourceSchema, patrolSchema } from '../patrol.ts'
import { incidentSchema } from '../incident.ts'
import { postingSchema } from '../posting.ts'
import { idSchema, lngLatSchema, timeSchema } from '../scalars.ts'
import { siteSchema } from '../site.ts'
import { z } from '../z.ts'
import { tapIdSchema } from './http.ts'

/** What a patrol's phone and the centre say to each other. A crew is told of its own order and of nothing else. */

/** What the desk tells the crew: notes of the incident and messages to this crew, newest last. */
export const crewNoteSchema = z.object({
  /** Number of its event. */
  n: z.number().int(),
  at: timeSchema,
  by: z.string(),
  text: z.string(),
  /** Set for a message to this crew: what it confirms by. */
  messageId: z.string().nullable(),
  isConfirmed: z.boolean(),
})
export type CrewNote = z.infer<typeof crewNoteSchema>

export const crewOrderSchema = z.object({
  assignment: assignmentSchema,
  incident: incidentSchema.pick({
    id: true,
    number: true,
    type: true,
    priority: true,
    state: true,
    place: true,
    goalS: true,
    openedAt: true,
  }),
  /** Where to drive: of a moving source, where it was when this was made. */
  scene: lngLatSchema,
  /** What was pressed, and where in the building. */
  device: z.object({ name: z.string(), spot: z.string().nullable() }).nullable(),
  site: siteSchema.pick({ name: true, nameEn: true, address: true, contacts: true, notes: true }).nullable(),
  vehicle: z.object({ name: z.string(), plate: z.string().nullable() }).nullable(),
  /** Best first; stills of these may be looked at while the order stands. */
  cameraIds: z.array(idSchema),
  notes: z.array(crewNoteSchema),
  /** Photos of this order that the centre has. */
  photos: z.number().int(),
})
export type CrewOrder = z.infer<typeof crewOrderSchema>

/** The newest order of this patrol that has ended: told in words to a crew that was on its way. */
export const endedOrderSchema = z.object({
  assignmentId: z.string(),
  incidentNumber: z.string(),
  placeName: z.string(),
  state: assignmentSchema.shape.state,
  at: timeSchema,
  reason: z.string().nullable(),
})
export type EndedOrder = z.infer<typeof endedOrderSchema>

/** `GET patrols/{id}/order`, and what the live stream of a phone carries whenever something in it has changed. */
export const crewViewSchema = z.object({
  at: timeSchema,
  patrol: patrolSchema.pick({ id: true, callsign: true, duty: true }),
  order: crewOrderSchema.nullable(),
  ended: endedOrderSchema.nullable(),
  /** Where it shall stand while it has no order; absent, null: nowhere. */
  posting: postingSchema.nullable().optional(),
  fix: z.object({ source: fixSourceSchema, receivedAt: timeSchema }).nullable(),
})
export type CrewView = z.infer<typeof crewViewSchema>

/** Server → phone on `GET events`, Upgrade: websocket, for an account of role patrol. Every view is whole: none can be missed. */
export type CrewMessage =
  | { type: 'hello'; at: string; program: string; version: string }
  /** Every 2 s; none for 5 s means that the phone is out of reach. */
  | { type: 'pulse'; at: string }
  | { type: 'view'; view: CrewView }

/** `GET patrols/{id}/way`: the fastest way from the patrol's newest place to its scene, with the roads around it for a sketch. */
export const crewWaySchema = z.object({
  at: timeSchema,
  from: lngLatSchema.nullable(),
  etaS: z.number().nullable(),
  distanceM: z.number().nullable(),
  line: z.array(lngLatSchema),
  /** `main`: wider than a residential street. */
  roads: z.array(z.object({ main: z.boolean(), line: z.array(lngLatSchema) })),
})
export type CrewWay = z.infer<typeof crewWaySchema>

/** A batch of a phone: a minute and a half at one fix a second, after a tunnel several in a row. */
export const CREW_FIXES_MAX = 100
/** Oldest first. */
export const crewFixesSchema = z.array(fixPayloadSchema).min(1).max(CREW_FIXES_MAX)
export const crewFixesAnswerSchema = z.object({
  taken: z.number().int(),
  /** Already known, more than one a second, or out of order. */
  left: z.number().int(),
  /** Why none was taken, in a word of the contract; null when they were. */
  refused: z.enum(['off-duty']).nullable(),
})
export type CrewFixesAnswer = z.infer<typeof crewFixesAnswerSchema>

/** Of one order: a walk around a building, each side twice, and room for what turns up. */
export const PHOTOS_OF_ASSIGNMENT_MAX = 20
/** A phone sends at most 1,600 px, about 0.4 MB; a camera's own JPEG of an integrator may have this. */
export const PHOTO_BYTES_MAX = 5 * 1024 * 1024
export const photoQuerySchema = z.object({ id: tapIdSchema, tappedAt: timeSchema.optional() })
export const photoSchema = z.object({
  id: z.string(),
  assignmentId: z.string(),
  incidentId: z.string(),
  patrolId: idSchema,
  type: z.enum(['image/jpeg', 'image/png']),
  bytes: z.number().int(),
  widthPx: z.number().int(),
  heightPx: z.number().int(),
  tappedAt: timeSchema.nullable(),
  receivedAt: timeSchema,
})
export type Photo = z.infer<typeof photoSchema>

/** A short text of the desk to one crew. */
export const crewMessageSchema = z.object({ text: z.string().min(1).max(200) })

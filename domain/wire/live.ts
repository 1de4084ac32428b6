import { alarmSchema } from '../alarm.ts'
import { assignmentSchema } from '../assignment.ts'
import { cameraSchema } from '../camera.ts'
import { deviceSchema } from '../device.ts'
import { vehicleNowSchema } from '../fix.ts'
import { dutyLevelNowSchema } from '../duty-level.ts'
import { incidentSchema } from '../incident.ts'
import { meSchema } from '../officer.ts'
import { patrolNowSchema } from '../patrol.ts'
import { postingSchema } from '../posting.ts'
import { idSchema, timeSchema } from '../scalars.ts'
import { siteSchema } from '../site.ts'
import { troubleSchema } from '../trouble.ts'
import { zoneSchema } from '../zone.ts'
import { coverageSchema } from '../recommendation.ts'
import { z } from '../z.ts'

/**
 * The one ordered, gapless event log, as desks and integrators see it. `body` is always the whole entity after the event
 * (an upsert into the collection named by `kind`); `removed` events carry only the id. That of a thing that was moved to another jurisdiction has
 * `movedFrom` beside it; who can see only where it was gets it as `removed`.
 */
export const EVENT_KINDS = [
  'alarm',
  'incident',
  'assignment',
  'patrol',
  'posting',
  'camera',
  'device',
  'site',
  'zone',
  'trouble',
  'duty',
  'note',
] as const
export const eventKindSchema = z.enum(EVENT_KINDS)
export type EventKind = z.infer<typeof eventKindSchema>

export const logEventSchema = z.object({
  n: z.number().int(),
  at: timeSchema,
  kind: eventKindSchema,
  /** A verb in the past: raised, repeated, restored, acknowledged, taken-over, classified, ordered, accepted, … */
  action: z.string(),
  subjectId: z.string(),
  /** Set where the event belongs to an incident: its timeline is the log filtered by this. */
  incidentId: z.string().nullable(),
  /** Username, `device:{id}`, or `centre`. */
  actor: z.string(),
  body: z.record(z.string(), z.unknown()),
})
export type LogEvent = z.infer<typeof logEventSchema>

/** Server → desk, text frames of the one WebSocket (`GET /api/v1/events?after=n`, Upgrade: websocket). */
export type ServerMessage =
  | { type: 'hello'; n: number; at: string; program: string; version: string }
  /** Every 2 s; none for 5 s means "NOT RECEIVING". Carries the state of the strip. */
  | { type: 'pulse'; at: string; n: number; health: Health }
  | { type: 'event'; event: LogEvent }
  /** Raised from the journal while the database is away. Replaced by the event of the same alarm id. */
  | { type: 'provisional'; alarm: z.infer<typeof alarmSchema> }
  /** The desk is too far behind: take a new snapshot. */
  | { type: 'reset'; reason: string }
  | { type: 'coverage'; coverage: z.infer<typeof coverageSchema> }

/** Desk → server. Binary frames server → desk are dots, see `dots.ts`. */
export type DeskMessage =
  /** After the pop-up has really been painted. Starts receipts `shown`, stops the nobody-saw-it timer. */
  { type: 'rendered'; alarmId: string; atMs: number } | { type: 'duty'; on: boolean; sound: 'running' | 'blocked' }

export const healthSchema = z.object({
  intake: z.enum(['ok', 'degraded', 'away']),
  database: z.enum(['ok', 'degraded', 'away']),
  video: z.enum(['ok', 'degraded', 'away']),
  broker: z.enum(['ok', 'degraded', 'away']),
  camerasOnline: z.number().int(),
  camerasWanted: z.number().int(),
  devicesReady: z.number().int(),
  devicesLost: z.number().int(),
  desks: z.number().int(),
})
export type Health = z.infer<typeof healthSchema>

export const mqttAddressSchema = z.object({ host: z.string().nullable(), port: z.number().int(), isTls: z.boolean() })
export type MqttAddress = z.infer<typeof mqttAddressSchema>

/** `GET /api/v1/snapshot`: everything a desk needs, and the event number at which it is true. */
export const snapshotSchema = z.object({
  n: z.number().int(),
  at: timeSchema,
  me: meSchema,
  city: z.object({
    name: z.string(),
    nameEn: z.string(),
    note: z.string(),
    centre: z.tuple([z.number(), z.number()]),
    bounds: z.tuple([z.number(), z.number(), z.number(), z.number()]),
    /** Names of the layers served at `/api/v1/city/{layer}.geojson`. */
    layers: z.array(z.string()),
    /** Sites whose floor plan is served at `/api/v1/sites/{id}/plan`. */
    plans: z.array(idSchema).default([]),
  }),
  /** Where devices connect; host null: the host of the desk's own page. */
  mqtt: mqttAddressSchema,
  health: healthSchema,
  alarms: z.array(alarmSchema),
  incidents: z.array(incidentSchema),
  assignments: z.array(assignmentSchema),
  patrols: z.array(patrolNowSchema),
  /** Free patrols that are told to stand somewhere. */
  postings: z.array(postingSchema).optional(),
  vehicles: z.array(vehicleNowSchema),
  cameras: z.array(cameraSchema),
  sites: z.array(siteSchema),
  zones: z.array(zoneSchema),
  devices: z.array(deviceSchema),
  troubles: z.array(troubleSchema),
  coverage: coverageSchema.nullable(),
  /** In force now; zones keep the promise of the normal level in `goalS`. */
  dutyLevel: dutyLevelNowSchema.optional(),
})
export type Snapshot = z.infer<typeof snapshotSchema>

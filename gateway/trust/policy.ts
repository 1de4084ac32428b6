import type { EscalatedTo } from '../../domain/alarm.ts'
import type { Me } from '../../domain/officer.ts'

/**
 * Everything somebody may do here. The one function `authorize()` (authorize.ts) decides on these; every route, event kind,
 * media path and MQTT topic names one.
 */
export const ACTIONS = [
  /** Needs no session: sign-in, health, the app's own files. */
  'public',
  /** Any signed-in person about themselves. */
  'self',
  'desk.view',
  'alarm.handle',
  'alarm.take-over',
  'alarm.shelve',
  'drill.plan',
  'incident.handle',
  'incident.dispatch',
  'assignment.step',
  /** A crew's phone: its own order and its live stream, its place, its photos. */
  'order.view',
  'fix.report',
  'photo.add',
  'photo.view',
  'camera.list',
  'camera.watch',
  /** One still picture; a crew may, of the incident that it is assigned to. */
  'camera.still',
  'camera.ptz',
  'recording.watch',
  'recording.lock',
  'recording.release',
  'camera.write',
  'device.list',
  'device.write',
  'device.credential',
  'signal.read',
  'vehicle.view',
  'vehicle.trail',
  'patrol.write',
  'site.write',
  'zone.write',
  'duty-level.write',
  'report.read',
  'user.write',
  'audit.read',
  /** A program of the centre, by the internal token. */
  'internal',
] as const
export type Action = (typeof ACTIONS)[number]

/** What is acted on; `jurisdiction` is a path in the tree, "" when it has none. */
export interface PolicyObject {
  kind: string
  id?: string
  jurisdiction?: string | undefined
  /** Of an alarm or incident: who has been called beyond its jurisdiction. */
  escalatedTo?: readonly EscalatedTo[] | undefined
  patrolId?: string
}

export type Subject =
  { type: 'anonymous' } | { type: 'officer'; me: Me; sessionId: string } | { type: 'program'; name: string }

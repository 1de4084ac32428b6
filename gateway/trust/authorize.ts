import { isCalled } from '../../domain/calls.ts'
import { Fault } from '../../domain/fault.ts'
import type { Role } from '../../domain/officer.ts'
import type { EventKind } from '../../domain/wire/live.ts'
import type { Action, PolicyObject, Subject } from './policy.ts'

/** What a duty officer does all shift long. */
const DESK: readonly Action[] = [
  'self',
  'desk.view',
  'alarm.handle',
  'alarm.take-over',
  'alarm.shelve',
  'incident.handle',
  'incident.dispatch',
  'assignment.step',
  'camera.list',
  'camera.watch',
  'camera.still',
  'photo.view',
  'camera.ptz',
  'recording.watch',
  'recording.lock',
  'device.list',
  'signal.read',
  'vehicle.view',
  'vehicle.trail',
  'report.read',
]

/**
 * Who may do what. Nothing that is not in here is allowed, to anybody. The first account is `admin`, which must be able to run
 * the whole centre alone.
 */
const ALLOWED: Record<Role, ReadonlySet<Action>> = {
  officer: new Set(DESK),
  supervisor: new Set<Action>([
    ...DESK,
    'recording.release',
    'drill.plan',
    'patrol.write',
    'site.write',
    'zone.write',
    'duty-level.write',
  ]),
  commander: new Set<Action>([
    ...DESK,
    'recording.release',
    'drill.plan',
    'patrol.write',
    'zone.write',
    'duty-level.write',
  ]),
  /** A crew's phone: its own orders and nothing else. */
  patrol: new Set<Action>([
    'self',
    'assignment.step',
    'order.view',
    'fix.report',
    'photo.add',
    'photo.view',
    'camera.still',
  ]),
  installer: new Set<Action>([
    'self',
    'desk.view',
    'camera.list',
    'camera.watch',
    'camera.still',
    'camera.ptz',
    'camera.write',
    'device.list',
    'device.write',
    'device.credential',
    'signal.read',
    'site.write',
  ]),
  /** Sees who did what; watches nothing. */
  inspector: new Set<Action>([
    'self',
    'desk.view',
    'camera.list',
    'device.list',
    'signal.read',
    'report.read',
    'audit.read',
  ]),
  admin: new Set<Action>([
    ...DESK,
    'recording.release',
    'drill.plan',
    'camera.write',
    'device.write',
    'device.credential',
    'patrol.write',
    'site.write',
    'zone.write',
    'duty-level.write',
    'user.write',
    'audit.read',
  ]),
}

/** Programs of the centre, by the internal token. The simulators take credentials as an installer would. */
const PROGRAM_ALLOWED: ReadonlySet<Action> = new Set<Action>([
  'internal',
  'camera.list',
  'device.list',
  'device.credential',
])

/** Which permission shows an event of each kind to a subscriber of the live log. A new kind does not compile without one. */
export const EVENT_ACTIONS: Record<EventKind, Action> = {
  alarm: 'desk.view',
  incident: 'desk.view',
  assignment: 'desk.view',
  patrol: 'desk.view',
  posting: 'desk.view',
  camera: 'camera.list',
  device: 'device.list',
  site: 'desk.view',
  zone: 'desk.view',
  trouble: 'desk.view',
  duty: 'desk.view',
  note: 'desk.view',
}

/**
 * The one function that decides. Denied unless allowed: by role, by jurisdiction, by ownership, in this order.
 * @throws Fault `not-signed-in`; `forbidden` when the role may never do this; `not-found` when it may not do it to this object,
 * so that nobody learns what exists elsewhere
 */
export function authorize(subject: Subject, action: Action, object: PolicyObject): void {
  if (action === 'public') return
  switch (subject.type) {
    case 'anonymous':
      throw new Fault('not-signed-in', 'Sign in first.')
    case 'program':
      if (PROGRAM_ALLOWED.has(action)) return
      throw new Fault('forbidden', `A program of the centre may not do this (${action}).`, { action })
    case 'officer': {
      const { role, patrolId } = subject.me
      if (!ALLOWED[role].has(action)) {
        throw new Fault('forbidden', `The role ${role} may not do this (${action}).`, { action, role })
      }
      if (!isCalled(subject.me, object)) throw notFound(object)
      // Without a patrol the object is not an order yet (a list, a wrong id): the route must then name none of another crew.
      if (role === 'patrol' && action !== 'self' && (patrolId === null || object.patrolId !== patrolId)) {
        throw notFound(object)
      }
      return
    }
    default: {
      const never: never = subject
      throw new Error(`unknown subject ${String(never)}`)
    }
  }
}

/** Whether anybody of this kind could ever do it: asked before a request's body is looked at. */
export function mayEver(subject: Subject, action: Action): void {
  if (subject.type === 'officer' && ALLOWED[subject.me.role].has(action)) return
  authorize(subject, action, { kind: 'any' })
}

function notFound(object: PolicyObject): Fault {
  return new Fault('not-found', `There is no such ${object.kind}.`, object.id ? { id: object.id } : {})
}

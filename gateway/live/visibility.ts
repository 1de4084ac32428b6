import type { Alarm } from '../../domain/alarm.ts'
import { isCalled, isSupervisor } from '../../domain/calls.ts'
import { FLOOD, WHOLE } from '../../domain/flood.ts'
import { covers, jurisdictionOf } from '../../domain/jurisdiction.ts'
import type { Incident } from '../../domain/incident.ts'
import type { Me } from '../../domain/officer.ts'
import type { Coverage, MoveUpsNow } from '../../domain/recommendation.ts'
import type { Trouble } from '../../domain/trouble.ts'
import type { LogEvent } from '../../domain/wire/live.ts'
import type { Subject } from '../trust/policy.ts'
import type { CentreState } from './centre-state.ts'

export type Who = Pick<Me, 'role' | 'jurisdiction'>

/** An officer by jurisdiction and role; a program of the centre sees all. */
export function whoOf(subject: Subject): Who {
  return subject.type === 'officer' ? subject.me : { role: 'inspector', jurisdiction: '' }
}

type Placed = { jurisdiction?: string | undefined; siteId?: string | null }

/** Whether a thing of the register (camera, device, site, patrol, zone) is this officer's to see. */
export function seesThing(state: CentreState, who: Who, thing: Placed): boolean {
  return covers(
    who.jurisdiction,
    jurisdictionOf(thing, (id) => state.sites.get(id)),
  )
}

/** What moves under this id: a patrol, or a vehicle as the device in it. A vehicle without either is nobody's in particular. */
export function movingThing(state: CentreState, id: string): Placed | undefined {
  return state.patrols.get(id) ?? state.devices.get(id)
}

export function seesMoving(state: CentreState, who: Who, id: string): boolean {
  return who.jurisdiction === '' || seesThing(state, who, movingThing(state, id) ?? {})
}

/** Whose a dot is. Price: two look-ups, for each dot that has moved. */
export function jurisdictionOfMoving(state: CentreState, id: string): string {
  return jurisdictionOf(movingThing(state, id) ?? {}, (siteId) => state.sites.get(siteId))
}

/** The shares of this officer's zones; the very same object for who sees all. A zone that is no more is nobody's to see. */
export function coverageFor(state: CentreState, who: Who, coverage: Coverage): Coverage {
  if (who.jurisdiction === '') return coverage
  return { ...coverage, zones: coverage.zones.filter(({ zoneId }) => seesZone(state, who, zoneId)) }
}

function seesZone(state: CentreState, who: Who, zoneId: string): boolean {
  const zone = state.zones.get(zoneId)
  return zone !== undefined && seesThing(state, who, zone)
}

/** Moves of this officer's patrols; the share of the whole stays. */
export function moveUpsFor(state: CentreState, who: Who, moveUps: MoveUpsNow): MoveUpsNow {
  if (who.jurisdiction === '') return moveUps
  const { uncovers, best } = moveUps
  const isMine = ({ patrolId }: { patrolId: string }) => seesMoving(state, who, patrolId)
  return { ...moveUps, uncovers: uncovers.filter(isMine), best: best && isMine(best) ? best : null }
}

/** A trouble of a thing is seen by who sees the thing; too many alarms at a desk also by every supervisor, who may help; the rest by all. */
export function seesTrouble(state: CentreState, who: Who, { subjectKind, subjectId, code }: Trouble): boolean {
  switch (subjectKind) {
    case 'device':
      return seesRegistered(state, who, state.devices.get(subjectId))
    case 'camera':
      return seesRegistered(state, who, state.cameras.get(subjectId))
    case 'site':
      return seesRegistered(state, who, state.sites.get(subjectId))
    case 'city':
      return code !== FLOOD || subjectId === WHOLE || isSupervisor(who) || covers(who.jurisdiction, subjectId)
    case 'program':
    case 'journal':
    case 'database':
    case 'broker':
      return true
    default: {
      const never: never = subjectKind
      throw new Error(`unknown subject of a trouble ${String(never)}`)
    }
  }
}

/** A thing that is in no register is nobody's in particular. */
function seesRegistered(state: CentreState, who: Who, thing: Placed | undefined): boolean {
  return !thing || seesThing(state, who, thing)
}

/** Notes and orders are seen by who sees their incident; one that is over is looked up, not followed. */
export function seesIncident(state: CentreState, who: Who, incidentId: string | null): boolean {
  if (incidentId === null || who.jurisdiction === '') return true
  const incident = state.incidents.get(incidentId)
  return incident !== undefined && isCalled(who, incident)
}

/** Whether an event of the log is for this officer. `state` has applied it. */
export function seesEvent(state: CentreState, who: Who, event: LogEvent): boolean {
  if (who.jurisdiction === '' || event.action === 'removed') return true
  switch (event.kind) {
    case 'alarm':
      return isCalled(who, event.body as unknown as Alarm)
    case 'incident':
      return isCalled(who, event.body as unknown as Incident)
    case 'assignment':
    case 'note':
      return seesIncident(state, who, event.incidentId)
    case 'patrol':
    case 'camera':
    case 'device':
    case 'site':
    case 'zone':
      return seesThing(state, who, event.body as Placed)
    case 'posting':
      return seesMoving(state, who, String(event.body['patrolId']))
    case 'trouble':
      return seesTrouble(state, who, event.body as unknown as Trouble)
    case 'duty':
      return true
    default: {
      const never: never = event.kind
      throw new Error(`unknown kind of event ${String(never)}`)
    }
  }
}

/** Those on which other things hang: the cameras and devices of a site, the troubles and vehicle of a device. */
const WITH_OTHERS: ReadonlySet<LogEvent['kind']> = new Set(['site', 'device', 'camera'])

/** An event as this officer gets it: whole, as gone when it tells of a thing that was moved out of their sight, else its number alone. */
export function shownEvent(state: CentreState, who: Who, event: LogEvent, whole = event): LogEvent {
  if (seesEvent(state, who, event)) return whole
  const from = movedFrom(event)
  return from !== null && covers(who.jurisdiction, from) ? gone(event) : elsewhere(event)
}

/** Whether it moves something into or out of this officer's sight that other things hang on: then only a new snapshot is right. */
export function movesOthers(state: CentreState, who: Who, event: LogEvent): boolean {
  const from = movedFrom(event)
  if (from === null || !WITH_OTHERS.has(event.kind)) return false
  return covers(who.jurisdiction, from) !== seesEvent(state, who, event)
}

/** Whose it was before, of a thing that this event has moved; see `withMove`. */
function movedFrom({ body }: LogEvent): string | null {
  const from = body['movedFrom']
  return typeof from === 'string' ? from : null
}

/** For who may no longer see it. */
function gone({ n, at, kind, subjectId }: LogEvent): LogEvent {
  const body = { id: subjectId }
  return { n, at, kind, action: 'removed', subjectId, incidentId: null, actor: 'centre', body }
}

/** What an officer gets in place of an event of another jurisdiction: its number, so that the log stays gapless, and nothing else. */
function elsewhere({ n, at }: LogEvent): LogEvent {
  return { n, at, kind: 'note', action: 'elsewhere', subjectId: '', incidentId: null, actor: 'centre', body: {} }
}

import type { Alarm } from '../../domain/alarm.ts'
import { isCalled } from '../../domain/calls.ts'
import { covers, jurisdictionOf } from '../../domain/jurisdiction.ts'
import type { Incident } from '../../domain/incident.ts'
import type { Me } from '../../domain/officer.ts'
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

export function seesTrouble(state: CentreState, who: Who, trouble: Trouble): boolean {
  const { subjectKind, subjectId } = trouble
  if (subjectKind !== 'device' && subjectKind !== 'camera') return true
  const thing = subjectKind === 'device' ? state.devices.get(subjectId) : state.cameras.get(subjectId)
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

/** What an officer gets in place of an event of another jurisdiction: its number, so that the log stays gapless, and nothing else. */
export function elsewhere({ n, at }: LogEvent): LogEvent {
  return { n, at, kind: 'note', action: 'elsewhere', subjectId: '', incidentId: null, actor: 'centre', body: {} }
}

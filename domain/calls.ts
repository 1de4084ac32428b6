import type { EscalatedTo } from './alarm.ts'
import { covers, parentOf } from './jurisdiction.ts'
import type { Me } from './officer.ts'

/** What the calls of an alarm or an incident hang on. */
export interface Called {
  jurisdiction?: string | undefined
  escalatedTo?: readonly EscalatedTo[] | undefined
}

type Who = Pick<Me, 'role' | 'jurisdiction'>

/** Roles that answer when the desks of a jurisdiction do not. */
const SUPERVISORS: ReadonlySet<Me['role']> = new Set(['supervisor', 'commander', 'admin'])

export function isSupervisor(me: Pick<Me, 'role'>): boolean {
  return SUPERVISORS.has(me.role)
}

/** Whether this officer sees it: by jurisdiction from the first moment, else from the call that reached them on. */
export function isCalled(me: Who, what: Called): boolean {
  if (covers(me.jurisdiction, what.jurisdiction ?? '')) return true
  return (what.escalatedTo ?? []).some((call) => reaches(me, call))
}

function reaches(me: Who, { to, jurisdiction }: EscalatedTo): boolean {
  switch (to) {
    case 'parent':
      return covers(me.jurisdiction, jurisdiction) || covers(jurisdiction, me.jurisdiction)
    case 'neighbours':
      return me.jurisdiction !== '' && parentOf(me.jurisdiction) === jurisdiction
    case 'supervisors':
      return isSupervisor(me)
    case 'everyone':
      return true
    default: {
      const never: never = to
      return never
    }
  }
}

/** Whom each step of an alarm that nobody acknowledges calls; the first is only a second tone at the same desks. */
export function callOfStep(step: number, own: string, at: string): EscalatedTo | null {
  switch (step) {
    case 2:
      return { to: 'neighbours', jurisdiction: parentOf(own), at }
    case 3:
      return { to: 'supervisors', jurisdiction: own, at }
    case 4:
      return { to: 'everyone', jurisdiction: '', at }
    default:
      return null
  }
}

/** Adds a call; one that was made before is not made again. @returns the same array when nothing changed */
export function addCall(calls: readonly EscalatedTo[] | undefined, call: EscalatedTo): readonly EscalatedTo[] {
  const before = calls ?? []
  const known = before.some(({ to, jurisdiction }) => to === call.to && jurisdiction === call.jurisdiction)
  return known ? before : [...before, call]
}

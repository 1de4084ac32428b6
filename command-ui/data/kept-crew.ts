import type { Me } from '../../domain/officer.ts'

const KEY = 'vigil.crew'

/** The crew that is signed in on this phone, so that a start in a tunnel knows whose phone it is. Gone at sign-out. */
export function keptCrew(): Me | null {
  try {
    const text = localStorage.getItem(KEY)
    const kept: unknown = text === null ? null : JSON.parse(text)
    return isCrew(kept) ? kept : null
  } catch (error) {
    // No storage, or of another version: then the phone asks the centre.
    console.warn('vigil: the kept crew could not be read', error)
    return null
  }
}

/** What another version has kept is asked for anew. */
function isCrew(kept: unknown): kept is Me {
  const me = kept as Partial<Me> | null
  return me?.role === 'patrol' && typeof me.id === 'string' && typeof me.patrolId === 'string'
}

export function keepCrew(me: Me | null): void {
  try {
    if (me) localStorage.setItem(KEY, JSON.stringify(me))
    else localStorage.removeItem(KEY)
  } catch (error) {
    console.warn('vigil: the crew could not be kept', error)
  }
}

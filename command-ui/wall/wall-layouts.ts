import type { WallLayouts } from '../../domain/wall.ts'
import { api } from '../data/api.ts'
import { asApiFault } from '../data/api-fault.ts'
import { Observable } from '../data/observable.ts'
import { say } from '../desk/actions.ts'
import { faultSentence } from '../desk/fault-sentence.ts'
import { text } from '../i18n/language.ts'

/** The officer's named layouts, tours and screens; null until the centre has answered. */
export const layouts = new Observable<WallLayouts | null>(null)
/** True while the wall works from memory because the centre did not give or take the layouts. */
export const isUnsaved = new Observable(false)

type Change = (now: WallLayouts) => WallLayouts

const NONE: WallLayouts = { revision: 0, layouts: [], tours: [], screens: {} }
/** Another window wrote in between: read, change again, write. More often than this is not a coincidence. */
const TRIES_MAX = 3

/** As the centre has it. */
let confirmed = NONE
/** Made here and not yet stored, oldest first; each is made again on what another window has stored. */
const pending: Change[] = []
let isStoring = false

export async function loadLayouts(): Promise<void> {
  try {
    accept(await api.layouts())
  } catch (error) {
    // The wall works without; the next change tries again.
    isUnsaved.set(true)
    layouts.update((now) => now ?? NONE)
    say(text().wall.notLoaded(faultSentence(asApiFault(error))), true)
  }
}

/** Shown at once, stored behind it, one after another. */
export function changeLayouts(change: Change): void {
  pending.push(change)
  layouts.update((now) => change(now ?? NONE))
  if (!isStoring) void storeAll()
}

function accept(stored: WallLayouts): void {
  confirmed = stored
  isUnsaved.set(false)
  layouts.set(pending.reduce((now, change) => change(now), confirmed))
}

async function storeAll(): Promise<void> {
  isStoring = true
  let tries = 0
  while (pending[0]) {
    try {
      const stored = await api.storeLayouts(pending[0](confirmed))
      pending.shift()
      tries = 0
      accept(stored)
    } catch (error) {
      const fault = asApiFault(error)
      if (fault.code === 'state-changed' && ++tries < TRIES_MAX) {
        await loadLayouts()
        continue
      }
      // Kept on the glass only; what comes next is not held up by it.
      pending.length = 0
      isUnsaved.set(true)
      say(text().wall.notSaved(faultSentence(fault)), true)
    }
  }
  isStoring = false
}

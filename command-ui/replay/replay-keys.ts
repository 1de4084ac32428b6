import { RATES, type Rate } from './use-hand.ts'

/** What a key does on the replay page. */
export type ReplayKeyAct = { do: 'toggle' } | { do: 'seek'; atMs: number } | { do: 'rate'; rate: Rate }

const STEP_MS = 5_000
const LONG_STEP_MS = 30_000
/** A hand that has just jumped to an event is on it, not behind it. */
const ON_IT_MS = 500

/**
 * Pure. Space plays and stops; arrows go five seconds, with Shift thirty; brackets go from event to event; comma and full stop are slower and
 * faster. @returns null: not a key of this page
 */
export function replayKey(
  { key, shiftKey }: { key: string; shiftKey: boolean },
  hand: { atMs: number; rate: Rate },
  { fromMs, toMs, eventsMs }: { fromMs: number; toMs: number; eventsMs: readonly number[] },
): ReplayKeyAct | null {
  const stepMs = shiftKey ? LONG_STEP_MS : STEP_MS
  switch (key) {
    case ' ':
      return { do: 'toggle' }
    case 'ArrowLeft':
      return { do: 'seek', atMs: hand.atMs - stepMs }
    case 'ArrowRight':
      return { do: 'seek', atMs: hand.atMs + stepMs }
    case 'Home':
      return { do: 'seek', atMs: fromMs }
    case 'End':
      return { do: 'seek', atMs: toMs }
    case '[':
      return { do: 'seek', atMs: Math.max(fromMs, ...eventsMs.filter((atMs) => atMs < hand.atMs - ON_IT_MS)) }
    case ']':
      return { do: 'seek', atMs: Math.min(toMs, ...eventsMs.filter((atMs) => atMs > hand.atMs + ON_IT_MS)) }
    case ',':
      return { do: 'rate', rate: RATES[Math.max(0, RATES.indexOf(hand.rate) - 1)]! }
    case '.':
      return { do: 'rate', rate: RATES[Math.min(RATES.length - 1, RATES.indexOf(hand.rate) + 1)]! }
    default:
      return null
  }
}

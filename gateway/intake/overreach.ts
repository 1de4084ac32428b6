import { type Identity, maySubscribe } from './access.ts'
import { REFUSAL_REASONS, type RefusalReason } from './internal-topics.ts'

/** A device that asks for what it may not have is told no; one that goes on asking is cut off. */
const REFUSED_MAX = 10
/** Its own channels are seven; each filter costs memory for as long as its session is kept. */
export const SUBSCRIPTIONS_MAX = 32

interface Asked {
  granted: Set<string>
  refused: number
}

/** What connections try beyond what they may, and when that ends them. Answers in the broker's words; the caller counts and tells. */
export class Overreach {
  readonly #asked = new WeakMap<object, Asked>()

  /** @returns `yes`; else why not, and whether the connection must end */
  subscribe(client: object, who: Identity, filter: string): 'yes' | { reason: RefusalReason; mustEnd: boolean } {
    if (who.type === 'centre')
      return maySubscribe(who, filter) ? 'yes' : { reason: 'foreign-subscription', mustEnd: false }
    const asked = this.#asked.get(client) ?? { granted: new Set(), refused: 0 }
    this.#asked.set(client, asked)
    const isOneMore = asked.granted.size >= SUBSCRIPTIONS_MAX && !asked.granted.has(filter)
    const reason = !maySubscribe(who, filter) ? 'foreign-subscription' : isOneMore ? 'too-many-subscriptions' : null
    if (reason !== null) {
      asked.refused++
      return { reason, mustEnd: asked.refused > REFUSED_MAX }
    }
    asked.granted.add(filter)
    return 'yes'
  }
}

/** Not the other side's doing, or said elsewhere: what the broker says when a connection goes silent or is too slow to read. */
const NO_REFUSAL = ['keep alive timeout', 'drain timeout', 'closing', 'not identified', 'premature close']

/**
 * Why the broker itself has ended a connection: `half-open-qos2` when more messages of QoS 2 were begun than finished, `slow-login` without a CONNECT, `bad-packet`
 * for what is no MQTT or breaks its rules.
 * @returns null when nobody was refused: the network failed, or the refusal was counted where it was decided
 */
export function refusalOf(error: Error & { code?: unknown }): RefusalReason | null {
  const { message } = error
  // A socket's own failure has a code: ECONNRESET, EPIPE, …
  if (typeof error.code === 'string' || 'returnCode' in error) return null
  if ((REFUSAL_REASONS as readonly string[]).includes(message)) return null
  if (NO_REFUSAL.includes(message.toLowerCase())) return null
  if (message.startsWith('maxInflightInbound')) return 'half-open-qos2'
  return message.startsWith('connect did not arrive') ? 'slow-login' : 'bad-packet'
}

import type { Clock } from '../../domain/clock.ts'
import type { Condition } from './internal-topics.ts'

/** So many take-overs within ten seconds are no device that lost its network: two that reconnect once a second make ten. */
const TAKEOVERS_MIN = 4
const TAKEOVERS_WITHIN_MS = 10_000
/** Slower twins, when each has an address of its own: A threw out B that threw out A. A handheld that changes its network does so once. */
const TURNS_MIN = 4
const TURNS_WITHIN_MS = 60_000
/** After this without a second connection the twin is gone, and the device gets its kept session back. */
const ALONE_AFTER_MS = 60_000
/** Devices whose take-overs are remembered. */
const WATCHED_MAX = 2_000

interface Watched {
  takeovers: { atMs: number; from: string; to: string }[]
  addresses: Set<string>
  /** Null: not a twin, so far. */
  seenTwiceAtMs: number | null
}

/**
 * Finds terminals that share one credential and throw each other out: by MQTT's rule a second connection with the same client id ends the first. A device that
 * comes back over its own half-open connection does it once, twins do it again and again. Once found, each gets a session name of its own: both stay
 * connected, both are heard, and nobody else pays for their quarrel.
 */
export class Twins {
  readonly #clock: Clock
  readonly #watched = new Map<string, Watched>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** A connection of the device has ended another one of it. @param from address of the one that was ended, `to` of the new one */
  takeover(deviceId: string, from: string, to: string): void {
    const nowMs = this.#clock.monotonicMs()
    const watched = this.#watch(deviceId)
    watched.takeovers = watched.takeovers.filter(({ atMs }) => nowMs - atMs < TURNS_WITHIN_MS)
    watched.takeovers.push({ atMs: nowMs, from, to })
    if (watched.seenTwiceAtMs !== null) return
    const recent = watched.takeovers.filter(({ atMs }) => nowMs - atMs < TAKEOVERS_WITHIN_MS)
    const turns = watched.takeovers.filter((one) => one.from !== one.to)
    if (recent.length < TAKEOVERS_MIN && turns.length < TURNS_MIN) return
    watched.seenTwiceAtMs = nowMs
    for (const one of watched.takeovers) watched.addresses.add(one.from).add(one.to)
  }

  /** Whether each connection of this device must get a session of its own. */
  isTwin(deviceId: string): boolean {
    return (this.#watched.get(deviceId)?.seenTwiceAtMs ?? null) !== null
  }

  /**
   * @param connectionsOf how many connections the device has now
   * @returns those that stand; a twin that has gone is forgotten
   */
  conditions(connectionsOf: (deviceId: string) => number): Condition[] {
    const nowMs = this.#clock.monotonicMs()
    const list: Condition[] = []
    for (const [deviceId, watched] of this.#watched) {
      if (watched.seenTwiceAtMs === null) continue
      if (connectionsOf(deviceId) > 1) watched.seenTwiceAtMs = nowMs
      if (nowMs - watched.seenTwiceAtMs > ALONE_AFTER_MS) {
        this.#watched.delete(deviceId)
        continue
      }
      const addresses = [...watched.addresses].slice(0, 4).join(', ')
      const detail = `two terminals use the credential of ${deviceId}, from ${addresses}: issue it anew`
      const facts = { addresses }
      list.push({ code: 'cloned-device', subjectKind: 'device', subjectId: deviceId, detail, facts })
    }
    return list
  }

  #watch(deviceId: string): Watched {
    const known = this.#watched.get(deviceId)
    if (known) return known
    if (this.#watched.size >= WATCHED_MAX)
      for (const oldest of this.#watched.keys()) if (this.#watched.delete(oldest)) break
    const watched: Watched = { takeovers: [], addresses: new Set(), seenTwiceAtMs: null }
    this.#watched.set(deviceId, watched)
    return watched
  }
}

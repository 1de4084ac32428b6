import type { Clock } from '../../domain/clock.ts'
import type { Metrics, Series } from '../../domain/metrics.ts'
import type { Condition } from './internal-topics.ts'

/** A terminal at one fix a second, with a press between them, never meets the end of this. */
const BURST_PACKETS = 20
const REFILL_PER_S = 5
const TICK_MS = 20
/**
 * What all devices beyond their share may send together: 500 packets a second. The core takes in about twice that on two busy cores, so that
 * a press of somebody else never queues behind them, neither at the disk nor at the desks.
 */
const LANE_PACKETS_PER_TICK = 10
/** A buffer's worth after a reconnect is no flood; this long in the lane is. */
const FLOODS_AFTER_MS = 2_000
/** The flood is over when the device has stayed within its share for so long. */
const OVER_AFTER_MS = 10_000
/** As many as devices can be connected. */
const SHARES_MAX = 20_000

/** A connection whose next packets wait. */
export interface Held {
  /** Give on one packet that costs the lane; @returns false when there was none to give on */
  letOne(): boolean
}

interface Share {
  tokens: number
  atMs: number
  /** Since when it has been in the lane without a pause; null: it is not. */
  sinceMs: number | null
  lastHeldMs: number
  /** Packets that had to wait or were shed since then. */
  count: number
}

/**
 * Each device's share of the intake: 20 packets at once, 5 a second. Beyond it its connections are not read, but for one packet at a time, by turns with the
 * other devices that are beyond theirs. Nothing that was acknowledged is touched by this: what has not been read has not been acknowledged.
 */
export class Pacer {
  readonly #clock: Clock
  readonly #shares = new Map<string, Share>()
  readonly #lane = new Set<Held>()
  readonly #held: Series
  #timer: NodeJS.Timeout | null = null
  #forgotAtMs = -Infinity

  constructor(deps: { clock: Clock; metrics: Metrics }) {
    this.#clock = deps.clock
    this.#held = deps.metrics
      .counter('vigil_intake_held_total', 'Times that a device beyond its share had to wait')
      .of()
    const lane = deps.metrics.gauge('vigil_intake_lane', 'Connections of devices beyond their share').of()
    deps.metrics.onRead(() => lane.set(this.#lane.size))
  }

  /** How many packets this device may send now. */
  allowance(deviceId: string): number {
    return Math.floor(this.#shareOf(deviceId).tokens)
  }

  spend(deviceId: string, packets: number): void {
    const share = this.#shareOf(deviceId)
    share.tokens = Math.max(0, share.tokens - packets)
  }

  /** The device is beyond its share: `held` gets its turn. */
  hold(deviceId: string, held: Held): void {
    this.note(deviceId, 0)
    this.#held.add()
    this.#lane.add(held)
    this.#timer ??= setInterval(() => this.#turn(), TICK_MS)
  }

  /** It has been beyond its share within the last ten seconds. */
  isBeyond(deviceId: string): boolean {
    const share = this.#shares.get(deviceId)
    if (!share || share.sinceMs === null) return false
    return this.#clock.monotonicMs() - share.lastHeldMs <= OVER_AFTER_MS
  }

  /** So many packets of it have waited, were kept aside, or were shed. */
  note(deviceId: string, packets: number): void {
    const share = this.#shareOf(deviceId)
    const nowMs = this.#clock.monotonicMs()
    if (share.sinceMs === null || nowMs - share.lastHeldMs > OVER_AFTER_MS) {
      share.sinceMs = nowMs
      share.count = 0
    }
    share.lastHeldMs = nowMs
    share.count += packets
  }

  release(held: Held): void {
    this.#lane.delete(held)
  }

  /** Devices that flood now. */
  conditions(): Condition[] {
    const nowMs = this.#clock.monotonicMs()
    const list: Condition[] = []
    for (const [deviceId, share] of this.#shares) {
      const { sinceMs, lastHeldMs, count } = share
      if (sinceMs === null) continue
      if (nowMs - lastHeldMs > OVER_AFTER_MS) share.sinceMs = null
      else if (lastHeldMs - sinceMs >= FLOODS_AFTER_MS) {
        const detail = `${deviceId} sends more than its share: ${count} messages were held back or thrown away so far`
        const facts = { count }
        list.push({ code: 'device-floods', subjectKind: 'device', subjectId: deviceId, detail, facts })
      }
    }
    return list
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer)
    this.#timer = null
    this.#lane.clear()
  }

  #turn(): void {
    let left = LANE_PACKETS_PER_TICK
    // Those served go to the end of the lane, by being held again; not twice in one turn.
    for (const held of Array.from(this.#lane)) {
      if (left === 0) break
      this.#lane.delete(held)
      if (held.letOne()) left--
    }
    if (this.#lane.size > 0 || !this.#timer) return
    clearInterval(this.#timer)
    this.#timer = null
  }

  #shareOf(deviceId: string): Share {
    const nowMs = this.#clock.monotonicMs()
    let share = this.#shares.get(deviceId)
    if (!share) {
      share = { tokens: BURST_PACKETS, atMs: nowMs, sinceMs: null, lastHeldMs: 0, count: 0 }
      if (this.#shares.size >= SHARES_MAX) this.#forgetQuiet(nowMs)
      // More names than devices can be: an external broker lets somebody make them up. A new one is not counted until others are quiet.
      if (this.#shares.size < SHARES_MAX) this.#shares.set(deviceId, share)
    }
    share.tokens = Math.min(BURST_PACKETS, share.tokens + ((nowMs - share.atMs) / 1000) * REFILL_PER_S)
    share.atMs = nowMs
    return share
  }

  /** Whoever has its whole share again needs no row. */
  #forgetQuiet(nowMs: number): void {
    const fullAfterMs = (BURST_PACKETS / REFILL_PER_S) * 1000
    // One walk a second, however many new names come.
    if (nowMs - this.#forgotAtMs < 1_000) return
    this.#forgotAtMs = nowMs
    for (const [deviceId, { atMs, sinceMs, lastHeldMs }] of this.#shares) {
      const isOver = sinceMs === null || nowMs - lastHeldMs > OVER_AFTER_MS
      if (isOver && nowMs - atMs > fullAfterMs) this.#shares.delete(deviceId)
    }
  }
}

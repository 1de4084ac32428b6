import type { InitSection } from '../fmp4/init-section.ts'
import type { CutPart } from '../fmp4/part-writer.ts'
import { FRESH_MS, LIVE_WINDOW_MS, livePlaylist, loopPlaylist, plainPlaylist, type PlaylistShape } from './playlist.ts'
import type { Part, Segment } from './ring.ts'
import { endMsOf, Ring } from './ring.ts'

/**
 * What viewers of one camera see: the ring, one cached playlist per part, and those who wait for the next part. Work per
 * viewer is handing out the same bytes.
 */

/** A wall of 64 desks with a few tabs each; a camera with more waiting readers is being attacked. */
export const WAITERS_MAX = 512
/** An open tab asks five times a second; init sections of the last few resolutions are kept for it. */
const INITS_MAX = 4
/** Shorter is never announced, so that the first short segment does not set it. */
const TARGET_DURATION_MIN_S = 2

/** Players hold back three parts; one that comes a whole part after its time is felt. */
const LATE_MS = 200

export type WaitOutcome = 'reached' | 'expired' | 'ended'
interface Waiter {
  reached: () => boolean
  deadlineMs: number
  done: (outcome: WaitOutcome) => void
}

/** A key frame that can be shown by itself. */
export interface KeyFrame {
  init: InitSection
  /** AVCC. */
  bytes: Buffer
  /** Wall clock at which it came in. */
  receivedAtMs: number
}

export class LiveStream {
  readonly ring: Ring
  readonly counts = { parts: 0, lateParts: 0, segments: 0, discontinuities: 0, playlists: 0, waitersRefused: 0 }
  partTargetTicks = 0
  /** Decode time at which the newest part ends. */
  endTicks = 0
  /** Wall clock that belongs to that end: the date of the segment plus what it lasts. */
  dateMs = 0
  #targetDurationS = TARGET_DURATION_MIN_S
  #inits = new Map<string, InitSection>()
  #waiters: Waiter[] = []
  readonly #cached: Record<'full' | 'delta' | 'plain', Buffer | null> = { full: null, delta: null, plain: null }
  #lastKey: KeyFrame | null = null
  #lastKeyIn: { segment: Segment; bytes: number } | null = null
  readonly #windowMs: number

  constructor(keepMs: number, firstMsn: number, windowMs = LIVE_WINDOW_MS) {
    this.ring = new Ring(keepMs, firstMsn)
    this.#windowMs = windowMs
  }

  // --- written by the pipeline

  /** @param takenAtMs by the camera's own clock, null when that is not to be believed */
  beginSegment(
    init: InitSection,
    isDiscontinuous: boolean,
    startedAtMs: number,
    keyBytes: number,
    takenAtMs: number | null = null,
  ): void {
    this.#inits.delete(init.name)
    this.#inits.set(init.name, init)
    this.ring.beginSegment(init, isDiscontinuous, startedAtMs, takenAtMs)
    if (this.#inits.size > INITS_MAX) this.#forgetInit()
    this.dateMs = startedAtMs
    // The first of a worker is one for players that come from another, nothing that happened.
    if (isDiscontinuous && this.counts.segments > 0) this.counts.discontinuities++
    if (keyBytes > 0) this.#lastKeyIn = { segment: this.ring.open!, bytes: keyBytes }
  }

  /** @param nowMs wall clock */
  addPart(cut: CutPart, durationTicks: number, isIndependent: boolean, nowMs: number): void {
    this.ring.addPart(cut, durationTicks, isIndependent)
    this.counts.parts++
    this.dateMs += durationTicks / 90
    if (nowMs - this.dateMs > LATE_MS) this.counts.lateParts++
    const open = this.ring.open!
    this.#targetDurationS = Math.max(this.#targetDurationS, Math.round(open.durationTicks / 90_000))
    this.#changed()
  }

  endSegment(nowMs: number): void {
    if (this.ring.open) this.counts.segments++
    this.ring.endSegment(nowMs)
    this.#changed()
  }

  /** Nobody is served any more: memory goes back, but the last key frame stays as a poster with its age. */
  clear(nowMs: number): void {
    this.#lastKey = this.lastKeyFrame()
    this.#lastKeyIn = null
    this.ring.endSegment(nowMs)
    this.ring.clear(nowMs)
    this.#changed()
  }

  /** The worker has too little memory. @param nowMs monotonic */
  shed(nowMs: number): void {
    this.ring.shed(nowMs)
    this.#changed()
  }

  // --- read by HTTP

  /** There is something to begin with, and it is of now: an old picture must not look like a live one. */
  isFresh(nowMs: number): boolean {
    if (nowMs - this.dateMs >= FRESH_MS) return false
    const { open, segments } = this.ring
    const last = segments.findLast((segment) => segment.isComplete)
    // Of a camera that has just come back all that is whole may be from before it went.
    return last !== undefined && (open === null || open.startedAtMs - endMsOf(last) < FRESH_MS)
  }

  /** The newest key frame, in the ring or kept from before the camera fell idle. */
  lastKeyFrame(): KeyFrame | null {
    const at = this.#lastKeyIn
    const first = at?.segment.parts[0]
    if (at && first && (this.ring.segments.includes(at.segment) || this.ring.kept.has(at.segment.name))) {
      const bytes = Buffer.from(first.payload.subarray(0, at.bytes))
      this.#lastKey = { init: at.segment.init, bytes, receivedAtMs: at.segment.startedAtMs }
    }
    return this.#lastKey
  }

  init(name: string): InitSection | null {
    return this.#inits.get(name) ?? null
  }

  part(name: string): Part | null {
    return this.ring.segment(name)?.parts.find((part) => part.name === name) ?? null
  }

  /** The same Buffer for everyone until the next part. */
  playlist(maySkip: boolean): Buffer {
    const kind = maySkip ? 'delta' : 'full'
    const known = this.#cached[kind]
    if (known) return known
    this.counts.playlists++
    return (this.#cached[kind] = Buffer.from(livePlaylist(this.#shape, maySkip)))
  }

  /** Whole segments only, of which a player asks without waiting; the same Buffer for everyone as well. */
  plainPlaylist(): Buffer {
    const known = this.#cached.plain
    if (known) return known
    this.counts.playlists++
    return (this.#cached.plain = Buffer.from(plainPlaylist(this.#shape)))
  }

  get #shape(): PlaylistShape {
    return {
      segments: this.ring.segments,
      nextMsn: this.ring.nextMsn,
      discontinuitySequence: this.ring.discontinuitySequence,
      partTargetTicks: this.partTargetTicks,
      targetDurationS: this.#targetDurationS,
      windowMs: this.#windowMs,
    }
  }

  /**
   * Whole segments that overlap the time, held for a while so that the loop can be played.
   * @returns null when nothing of that time is in memory
   */
  loop(fromMs: number, toMs: number, keepUntilMs: number): Buffer | null {
    const held = [...this.ring.kept.values(), ...this.ring.segments].sort((a, b) => a.msn - b.msn)
    const chosen = held.filter(
      (s) => s.isComplete && s.startedAtMs < toMs && s.startedAtMs + s.durationTicks / 90 > fromMs,
    )
    // A loop begins where a decoder can.
    while (chosen.length > 0 && chosen[0]!.parts[0]?.isIndependent !== true) chosen.shift()
    if (chosen.length === 0) return null
    for (const segment of chosen) segment.keptUntilMs = keepUntilMs
    return Buffer.from(loopPlaylist(chosen))
  }

  get targetDurationS(): number {
    return this.#targetDurationS
  }

  /**
   * Whether the playlist already holds this part. An index beyond a complete segment's last part means the first of the next.
   */
  hasReached(msn: number, part: number): boolean {
    const last = this.ring.segments.at(-1)
    if (!last) return false
    if (last.msn > msn) {
      const asked = this.ring.segments[msn - this.ring.segments[0]!.msn]
      return !asked || part < asked.parts.length || last.msn > msn + 1 || last.parts.length > 0
    }
    return last.msn === msn && part < last.parts.length
  }

  get waiting(): number {
    return this.#waiters.length
  }

  /** @returns false when too many wait already */
  waitUntil(reached: () => boolean, deadlineMs: number, done: (outcome: WaitOutcome) => void): boolean {
    if (this.#waiters.length >= WAITERS_MAX) {
      this.counts.waitersRefused++
      return false
    }
    this.#waiters.push({ reached, deadlineMs, done })
    return true
  }

  /** The reader went away. */
  forget(done: Waiter['done']): void {
    this.#waiters = this.#waiters.filter((waiter) => waiter.done !== done)
  }

  tick(nowMs: number): void {
    if (this.#waiters.length > 0) this.#settle((waiter) => (waiter.deadlineMs <= nowMs ? 'expired' : null))
    if (this.ring.kept.size > 0) this.ring.tick(nowMs)
  }

  /** The camera failed or was removed: nobody waits in vain. */
  endWaiting(): void {
    this.#settle(() => 'ended')
  }

  #changed(): void {
    this.#cached.full = this.#cached.delta = this.#cached.plain = null
    if (this.#waiters.length > 0) {
      this.#settle((waiter) => (waiter.reached() ? 'reached' : null))
    }
  }

  #settle(judge: (waiter: Waiter) => WaitOutcome | null): void {
    const before = this.#waiters
    this.#waiters = []
    for (const waiter of before) {
      const outcome = judge(waiter)
      if (outcome === null) this.#waiters.push(waiter)
      else waiter.done(outcome)
    }
  }

  #forgetInit(): void {
    for (const [name, init] of this.#inits) {
      const isUsed = [...this.ring.segments, ...this.ring.kept.values()].some((segment) => segment.init === init)
      if (!isUsed) this.#inits.delete(name)
      if (this.#inits.size <= INITS_MAX) return
    }
  }
}

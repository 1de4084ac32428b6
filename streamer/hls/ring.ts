import type { InitSection } from '../fmp4/init-section.ts'
import type { Slab } from '../fmp4/slab.ts'

/** One part: immutable bytes that every viewer shares. */
export interface Part {
  name: string
  /** `moof` and the header of `mdat`. */
  head: Buffer
  payload: Buffer
  slab: Slab
  durationTicks: number
  isIndependent: boolean
}

export interface Segment {
  /** Media sequence number. */
  msn: number
  name: string
  init: InitSection
  /** Its decode times or its parameters do not go on from the segment before. */
  isDiscontinuous: boolean
  /** Wall clock at which its first picture came in. */
  startedAtMs: number
  parts: Part[]
  durationTicks: number
  bytes: number
  isComplete: boolean
  /** Held for a loop until then, on the monotonic clock; 0: not held. */
  keptUntilMs: number
}

/** More than 40 s of 8 Mbit/s; beyond it the oldest segments go early. */
export const RING_BYTES_MAX = 48 * 1024 * 1024
/** Players need three segments to begin; with a long GOP they count more than the seconds. */
const SEGMENTS_MIN = 4
/** Loops held beside the ring: two alarms of 30 s at 4 Mbit/s. */
const KEPT_BYTES_MAX = 32 * 1024 * 1024

/** The last seconds of one camera, in memory. Evicts by time and by bytes. */
export class Ring {
  readonly segments: Segment[] = []
  /** Evicted, but held for a loop. */
  readonly kept = new Map<string, Segment>()
  #keptBytes = 0
  #bytes = 0
  #nextMsn: number
  #discontinuitiesGone = 0
  keepMs: number

  /**
   * @param keepMs how much is kept
   * @param firstMsn numbers go on over restarts when they begin at the wall clock's seconds, because segments last longer than one
   */
  constructor(keepMs: number, firstMsn: number) {
    this.keepMs = keepMs
    this.#nextMsn = firstMsn
  }

  get bytes(): number {
    return this.#bytes + this.#keptBytes
  }
  get open(): Segment | null {
    const last = this.segments.at(-1)
    return last && !last.isComplete ? last : null
  }
  /** How many discontinuities have left the playlist at its old end. */
  get discontinuitySequence(): number {
    return this.#discontinuitiesGone
  }
  get nextMsn(): number {
    return this.#nextMsn
  }

  beginSegment(init: InitSection, isDiscontinuous: boolean, startedAtMs: number): void {
    const msn = this.#nextMsn++
    this.segments.push({
      msn,
      name: `s${msn}.m4s`,
      init,
      isDiscontinuous,
      startedAtMs,
      parts: [],
      durationTicks: 0,
      bytes: 0,
      isComplete: false,
      keptUntilMs: 0,
    })
  }

  addPart(part: Omit<Part, 'name'>): void {
    const segment = this.open
    if (!segment) throw new Error('assertion failed: a part belongs to an open segment')
    const bytes = part.head.length + part.payload.length
    segment.parts.push({ ...part, name: `p${segment.msn}.${segment.parts.length}.m4s` })
    segment.durationTicks += part.durationTicks
    segment.bytes += bytes
    this.#bytes += bytes
  }

  endSegment(nowMs: number): void {
    const segment = this.open
    if (!segment) return
    if (segment.parts.length === 0) {
      this.segments.pop()
      this.#nextMsn--
    } else segment.isComplete = true
    this.#evict(nowMs)
  }

  #evict(nowMs: number): void {
    let ticks = this.segments.reduce((sum, segment) => sum + segment.durationTicks, 0)
    while (this.segments.length > 1) {
      const oldest = this.segments[0]!
      const withoutMs = (ticks - oldest.durationTicks) / 90
      const isOld = withoutMs >= this.keepMs && this.segments.length > SEGMENTS_MIN
      if (!isOld && this.#bytes <= RING_BYTES_MAX) return
      ticks -= oldest.durationTicks
      this.#leave(this.segments.shift()!, nowMs)
    }
  }

  #leave(segment: Segment, nowMs: number): void {
    this.#bytes -= segment.bytes
    if (segment.isDiscontinuous) this.#discontinuitiesGone++
    if (segment.keptUntilMs > nowMs && this.#keptBytes + segment.bytes <= KEPT_BYTES_MAX) {
      this.kept.set(segment.name, segment)
      this.#keptBytes += segment.bytes
    } else release(segment)
  }

  /** Lets go what no loop holds any more. */
  tick(nowMs: number): void {
    for (const [name, segment] of this.kept) {
      if (segment.keptUntilMs > nowMs) continue
      this.kept.delete(name)
      this.#keptBytes -= segment.bytes
      release(segment)
    }
  }

  /** Nobody watches: all memory goes back, numbers go on. */
  clear(nowMs: number): void {
    for (const segment of this.segments.splice(0)) this.#leave(segment, nowMs)
  }

  segment(name: string): Segment | null {
    const dot = name.indexOf('.')
    const msn = Number(name.slice(1, dot))
    const first = this.segments[0]?.msn ?? 0
    return this.segments[msn - first] ?? this.kept.get(`s${msn}.m4s`) ?? null
  }
}

function release(segment: Segment): void {
  for (const part of segment.parts) part.slab.release()
}

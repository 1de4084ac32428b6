import type { InitSection } from '../fmp4/init-section.ts'
import type { CutPart } from '../fmp4/part-writer.ts'
import type { Slab } from '../fmp4/slab.ts'

/**
 * One part: immutable bytes that every viewer shares. It only knows where they lie; Buffers and names are made when somebody asks,
 * because most parts of most cameras are never asked for (with five small objects per part the garbage collector took 19 % of the
 * worker's time, without them 11 %).
 */
export class Part {
  readonly slab: Slab
  readonly durationTicks: number
  readonly isIndependent: boolean
  readonly #msn: number
  readonly #index: number
  readonly #start: number
  readonly #headBytes: number
  readonly #end: number

  constructor(cut: CutPart, msn: number, index: number, durationTicks: number, isIndependent: boolean) {
    this.slab = cut.slab
    this.#start = cut.start
    this.#headBytes = cut.headBytes
    this.#end = cut.end
    this.#msn = msn
    this.#index = index
    this.durationTicks = durationTicks
    this.isIndependent = isIndependent
  }

  get name(): string {
    return `p${this.#msn}.${this.#index}.m4s`
  }
  get size(): number {
    return this.#end - this.#start
  }
  /** `moof` and `mdat`; valid while the slab is held. */
  get bytes(): Buffer {
    return this.slab.bytes.subarray(this.#start, this.#end)
  }
  /** What is in `mdat`. */
  get payload(): Buffer {
    return this.slab.bytes.subarray(this.#start + this.#headBytes, this.#end)
  }
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
  /** When its first picture was taken, by a camera's clock that agrees with ours; only told to players, evidence goes by ours. */
  takenAtMs: number | null
  parts: Part[]
  durationTicks: number
  bytes: number
  isComplete: boolean
  /** Held for a loop until then, on the monotonic clock; 0: not held. */
  keptUntilMs: number
}

/** More than 40 s of 8 Mbit/s; beyond it the oldest segments go early. */
export const RING_BYTES_MAX = 48 * 1024 * 1024
/** Wall clock. */
export function endMsOf({ startedAtMs, durationTicks }: Segment): number {
  return startedAtMs + durationTicks / 90
}

/** Nine seconds of 16 Mbit/s. A segment that has it is closed, whatever the camera's clock says: the open one is never evicted. */
const SEGMENT_BYTES_MAX = 18 * 1024 * 1024
/** Many times what the longest ring holds; a camera with new parameters in every picture must not fill the memory with small objects. */
const SEGMENTS_MAX = 400
/** Players need three segments to begin; with a long GOP they count more than the seconds. */
const SEGMENTS_MIN = 4
/** Loops held beside the ring: two alarms of 30 s at 4 Mbit/s. */
const KEPT_BYTES_MAX = 32 * 1024 * 1024

/** The last seconds of one camera, in memory. Evicts by time and by bytes. */
export class Ring {
  /** Segments that had to go before their time because of `RING_BYTES_MAX` or `SEGMENTS_MAX`. */
  readonly counts = { earlySegments: 0 }
  readonly segments: Segment[] = []
  /** Evicted, but held for a loop. */
  readonly kept = new Map<string, Segment>()
  #keptBytes = 0
  #bytes = 0
  #open: Segment | null = null
  #nextMsn: number
  #discontinuitiesGone: number
  keepMs: number

  /**
   * @param keepMs how much is kept
   * @param firstMsn the number of its first segment; discontinuities are counted from there too, so that neither ever goes back
   */
  constructor(keepMs: number, firstMsn: number) {
    this.keepMs = keepMs
    this.#nextMsn = this.#discontinuitiesGone = firstMsn
  }

  get bytes(): number {
    return this.#bytes + this.#keptBytes
  }
  get open(): Segment | null {
    return this.#open
  }
  get isOpenFull(): boolean {
    return this.#open !== null && this.#open.bytes >= SEGMENT_BYTES_MAX
  }
  /** Grows by one with each discontinuity that leaves the ring. */
  get discontinuitySequence(): number {
    return this.#discontinuitiesGone
  }
  get nextMsn(): number {
    return this.#nextMsn
  }

  beginSegment(
    init: InitSection,
    isDiscontinuous: boolean,
    startedAtMs: number,
    takenAtMs: number | null = null,
  ): void {
    const msn = this.#nextMsn++
    const segment = {
      msn,
      name: `s${msn}.m4s`,
      init,
      isDiscontinuous,
      startedAtMs,
      takenAtMs,
      parts: [],
      durationTicks: 0,
      bytes: 0,
      isComplete: false,
      keptUntilMs: 0,
    }
    this.#open = segment
    this.segments.push(segment)
  }

  /** Takes over the hold on the slab. */
  addPart(cut: CutPart, durationTicks: number, isIndependent: boolean): void {
    const segment = this.#open
    if (!segment) throw new Error('assertion failed: a part belongs to an open segment')
    const part = new Part(cut, segment.msn, segment.parts.length, durationTicks, isIndependent)
    segment.parts.push(part)
    segment.durationTicks += durationTicks
    segment.bytes += part.size
    this.#bytes += part.size
  }

  endSegment(nowMs: number): void {
    const segment = this.#open
    if (!segment) return
    this.#open = null
    if (segment.parts.length === 0) {
      this.segments.pop()
      this.#nextMsn--
    } else segment.isComplete = true
    this.#evict(nowMs)
  }

  /** Counts the segment that begins now as long as the last one, so that the ring is never longer than it should be. */
  #evict(nowMs: number): void {
    let ticks = this.segments.at(-1)?.durationTicks ?? 0
    for (const segment of this.segments) ticks += segment.durationTicks
    while (this.segments.length > 1) {
      const oldest = this.segments[0]!
      const withoutMs = (ticks - oldest.durationTicks) / 90
      const isOld = withoutMs >= this.keepMs && this.segments.length > SEGMENTS_MIN
      if (!isOld && this.#bytes <= RING_BYTES_MAX && this.segments.length <= SEGMENTS_MAX) return
      if (!isOld) this.counts.earlySegments++
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

  /** The older half goes, and what a loop holds; at least one segment is left. */
  shed(nowMs: number): void {
    this.tick(Infinity)
    for (let count = this.segments.length >> 1; count > 0; count--) {
      this.counts.earlySegments++
      const oldest = this.segments.shift()!
      oldest.keptUntilMs = 0
      this.#leave(oldest, nowMs)
    }
  }

  segment(name: string): Segment | null {
    const dot = name.indexOf('.')
    const msn = Number(name.slice(1, dot))
    const first = this.segments[0]?.msn ?? 0
    return this.segments[msn - first] ?? this.kept.get(`s${msn}.m4s`) ?? null
  }
}

/** Numbers and names go on over restarts when they begin at the tenths of a second of the clock: no stream has ten segments a second. */
export function firstNumber(nowMs: number): number {
  return Math.floor(nowMs / 100)
}

function release(segment: Segment): void {
  for (const part of segment.parts) part.slab.release()
}

import type { Clock } from '../../domain/clock.ts'

/** Wall clock minus media clock may tremble by the network's jitter; more is a real gap. */
const DATE_SLACK_MS = 250
/** Nothing is read more seldom by intent, see `read-moderation.ts`. */
const READ_SELDOM_MS = 1_000

/**
 * When pictures came in, by our wall clock, although they are read late. Of a stream that is read once a second the first picture of a
 * read has waited a second and the last one hardly at all: dates follow the media clock, and the last picture of each read corrects them.
 *
 *   pictures   1 2 3 4 5 6 7 8 9 …
 *   read                 ^ 1–5     the date of 5 is now; those of 1–4 lie before it by their media times
 */
export class ArrivalDate {
  /** Monotonic, of the read or tick that is being worked on. */
  monotonicMs = -1
  /** So long the bytes of this read may have waited; 0: they are of now. */
  lagMs = 0
  /** Media time that was left out since the last date was asked for. */
  gapMs = 0
  readonly #clock: Clock
  #wallMs = 0
  /** By how much dates were too early at the end of the last read that had lagged. */
  #offMs = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  readBegins(lagMs: number): void {
    this.lagMs = lagMs
  }

  /** @param foreseenMs date of the newest picture that is open, as dates stand */
  readEnds(foreseenMs: number): void {
    this.#offMs = this.#wallMs - foreseenMs - this.gapMs
  }

  /** One reading of the wall clock for all packets of a read. @param nowMs monotonic */
  at(nowMs: number): void {
    if (nowMs === this.monotonicMs) return
    this.monotonicMs = nowMs
    this.#wallMs = this.#clock.nowMs()
  }

  /** The wall clock at which what is now read had to be read at the latest, if it was to be in time; a round that comes late is late. */
  get soonestMs(): number {
    return this.#wallMs - Math.min(this.lagMs, READ_SELDOM_MS)
  }

  /** The date of the picture that is being placed, when it would follow without a gap at `foreseenMs`. */
  dateOf(foreseenMs: number): number {
    const dateMs = foreseenMs + this.gapMs
    this.gapMs = 0
    const offMs = this.lagMs > 0 ? this.#offMs : this.#wallMs - dateMs
    const correctionMs = Math.abs(offMs) < DATE_SLACK_MS ? offMs / 8 : offMs
    // What is corrected once is not corrected again by the next segment of the same read.
    this.#offMs = offMs - correctionMs
    return dateMs + correctionMs
  }
}

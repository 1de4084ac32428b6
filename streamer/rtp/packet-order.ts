/**
 * Puts RTP packets in order and counts what is lost. A packet in order is passed on where it lies; only one that came early is
 * copied and held.
 */

/** 64 packets of 1,400 B ≈ 90 ms at 8 Mbit/s; waiting longer makes a 200 ms part late. */
export const REORDER_PACKETS_MAX = 64
/** At low rates 64 packets are seconds; a missing one is given up after two frames at 25 frames a second. */
export const REORDER_WAIT_MS = 80
/** Further ahead or behind than this the camera has restarted its count (RFC 3550 A.1: MAX_DROPOUT, MAX_MISORDER). */
const DROPOUT_MAX = 3000
const MISORDER_MAX = 100

export interface OrderListener {
  /** @param lost how many packets are missing before this one; `bytes` valid only during the call */
  onOrdered(bytes: Buffer, start: number, end: number, lost: number): void
}

export class PacketOrder {
  readonly counts = { lost: 0, reordered: 0, late: 0, restarts: 0 }
  readonly #listener: OrderListener
  #expected = -1
  /** Held packets by sequence modulo the window; `#heldBytes[slot]` is 0 when the slot is free. */
  #held: (Buffer | undefined)[] = []
  #heldBytes = new Uint16Array(REORDER_PACKETS_MAX)
  #heldCount = 0
  #heldSinceMs = 0
  #suspect = -1

  constructor(listener: OrderListener) {
    this.#listener = listener
  }

  push(sequence: number, bytes: Buffer, start: number, end: number, nowMs: number): void {
    if (this.#expected < 0) this.#expected = sequence
    const ahead = (sequence - this.#expected) & 0xffff
    if (ahead === 0) {
      this.#pass(bytes, start, end, 0)
      if (this.#heldCount > 0) this.#passHeld(nowMs)
    } else if (ahead < REORDER_PACKETS_MAX) {
      this.#hold(sequence, bytes, start, end, nowMs)
    } else if (ahead < DROPOUT_MAX) {
      // Only as much is given up as brings this one into the window.
      while (this.#heldCount > 0 && this.#aheadOf(sequence) >= REORDER_PACKETS_MAX) this.#giveUpFirst(nowMs)
      const stillAhead = this.#aheadOf(sequence)
      if (stillAhead > 0 && stillAhead < REORDER_PACKETS_MAX) this.#hold(sequence, bytes, start, end, nowMs)
      else this.#jump(sequence, bytes, start, end)
    } else if (0x10000 - ahead <= MISORDER_MAX) {
      this.counts.late++
    } else this.#restart(sequence, bytes, start, end, nowMs)
    this.tick(nowMs)
  }

  /** Passes on what is held although something before it is missing, when it has waited long enough. */
  tick(nowMs: number): void {
    if (this.#heldCount > 0 && nowMs - this.#heldSinceMs > REORDER_WAIT_MS) this.#giveUpFirst(nowMs)
  }

  /** A new session counts from anywhere. */
  reset(): void {
    this.#expected = -1
    this.#suspect = -1
    this.#heldBytes.fill(0)
    this.#heldCount = 0
  }

  #pass(bytes: Buffer, start: number, end: number, lost: number): void {
    this.#expected = (this.#expected + 1) & 0xffff
    this.#listener.onOrdered(bytes, start, end, lost)
  }

  #jump(sequence: number, bytes: Buffer, start: number, end: number): void {
    const missing = this.#aheadOf(sequence)
    this.counts.lost += missing
    this.#expected = sequence
    this.#pass(bytes, start, end, missing)
  }

  /** Two packets in a row from the new place are believed; a single stray one is dropped. */
  #restart(sequence: number, bytes: Buffer, start: number, end: number, nowMs: number): void {
    if (sequence !== this.#suspect) {
      this.#suspect = (sequence + 1) & 0xffff
      this.counts.late++
      return
    }
    while (this.#heldCount > 0) this.#giveUpFirst(nowMs)
    this.#suspect = -1
    this.counts.restarts++
    this.#expected = sequence
    this.#pass(bytes, start, end, 1)
  }

  #hold(sequence: number, bytes: Buffer, start: number, end: number, nowMs: number): void {
    const slot = sequence % REORDER_PACKETS_MAX
    if (this.#heldBytes[slot] !== 0) {
      this.counts.late++
      return
    }
    const size = end - start
    let copy = this.#held[slot]
    if (!copy || copy.length < size) copy = this.#held[slot] = Buffer.allocUnsafeSlow(Math.max(size, 1500))
    bytes.copy(copy, 0, start, end)
    this.#heldBytes[slot] = size
    if (this.#heldCount++ === 0) this.#heldSinceMs = nowMs
    this.counts.reordered++
  }

  /** What is held behind a later gap begins to wait now. */
  #passHeld(nowMs: number, lostBefore = 0): void {
    let lost = lostBefore
    this.#heldSinceMs = nowMs
    for (;;) {
      const slot = this.#expected % REORDER_PACKETS_MAX
      const size = this.#heldBytes[slot]!
      if (size === 0) return
      this.#heldBytes[slot] = 0
      this.#heldCount--
      this.#pass(this.#held[slot]!, 0, size, lost)
      lost = 0
    }
  }

  #aheadOf(sequence: number): number {
    return (sequence - this.#expected) & 0xffff
  }

  /** Gives up the packets missing before the first held one, and passes on what is held behind them without a gap. */
  #giveUpFirst(nowMs: number): void {
    let lost = 0
    while (this.#heldBytes[this.#expected % REORDER_PACKETS_MAX] === 0) {
      lost++
      this.#expected = (this.#expected + 1) & 0xffff
    }
    this.counts.lost += lost
    this.#passHeld(nowMs, lost)
  }
}

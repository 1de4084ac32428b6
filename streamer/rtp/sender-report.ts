/** Seconds from 1900 (NTP) to 1970. */
const NTP_OFFSET_S = 2_208_988_800
const SENDER_REPORT = 200
const BYE = 203
/** As far as a camera's clock may be from ours to be told to viewers; network time keeps cameras within tens of milliseconds. */
export const CLOCK_SANE_MS = 1_000

/** What a source says of its clock (RTCP sender report, RFC 3550 §6.4.1). Fields are overwritten by every report. */
export class SenderReport {
  readonly counts = { reports: 0, insane: 0, byes: 0 }
  /** The camera's wall clock, ms since 1970, at `rtpTicks`; 0: no report yet. */
  wallMs = 0
  rtpTicks = 0
  /** The camera's clock agreed with ours when the report came. Cameras without network time begin in 1970 or 2000. */
  isSane = false

  /**
   * Reads a compound packet; what is cut off or unknown is passed over. A BYE is counted and nothing more: cameras send it and go on.
   * @param nowMs our wall clock
   * @param lagMs so long it may have waited for us
   */
  read(bytes: Buffer, start: number, end: number, nowMs: number, lagMs = 0): void {
    for (let at = start; at + 8 <= end;) {
      const type = bytes[at + 1]!
      const size = 4 * (1 + ((bytes[at + 2]! << 8) | bytes[at + 3]!))
      if (bytes[at]! >> 6 !== 2 || at + size > end) return
      if (type === SENDER_REPORT && size >= 28) this.#report(bytes, at, nowMs, lagMs)
      else if (type === BYE) this.counts.byes++
      at += size
    }
  }

  /** The camera's wall clock at an RTP time within half a turn of the report's. */
  wallMsAt(rtpTicks: number, clockHz: number): number {
    return this.wallMs + (((rtpTicks - this.rtpTicks) | 0) * 1000) / clockHz
  }

  #report(bytes: Buffer, at: number, nowMs: number, lagMs: number): void {
    this.counts.reports++
    const fractionMs = (bytes.readUInt32BE(at + 12) * 1000) / 0x100000000
    this.wallMs = (bytes.readUInt32BE(at + 8) - NTP_OFFSET_S) * 1000 + fractionMs
    this.rtpTicks = bytes.readUInt32BE(at + 16)
    const aheadMs = this.wallMs - nowMs
    this.isSane = aheadMs < CLOCK_SANE_MS && aheadMs > -CLOCK_SANE_MS - lagMs
    if (!this.isSane) this.counts.insane++
  }
}

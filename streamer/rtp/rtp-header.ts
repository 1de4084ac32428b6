/**
 * Fields of an RTP packet (RFC 3550 §5.1), read by index; one reused object, nothing allocated per packet.
 *
 *    0                   1                   2                   3
 *   |V=2|P|X|  CC   |M|     PT      |       sequence number         |
 *   |                           timestamp                           |
 *   |                             SSRC                              |
 */
export class RtpHeader {
  marker = false
  payloadType = 0
  sequence = 0
  /** 32 bit, unsigned. */
  rtpTicks = 0
  ssrc = 0
  /** Indices into the bytes that were read; the padding is already cut off. */
  payloadStart = 0
  payloadEnd = 0

  /** @returns false when this is no RTP packet or its lengths do not fit */
  read(bytes: Buffer, start: number, end: number): boolean {
    if (end - start < 12 || bytes[start]! >> 6 !== 2) return false
    const flags = bytes[start]!
    const second = bytes[start + 1]!
    this.marker = (second & 0x80) !== 0
    this.payloadType = second & 0x7f
    this.sequence = (bytes[start + 2]! << 8) | bytes[start + 3]!
    this.rtpTicks = read32(bytes, start + 4)
    this.ssrc = read32(bytes, start + 8)
    let at = start + 12 + (flags & 0x0f) * 4
    if ((flags & 0x10) !== 0) {
      if (at + 4 > end) return false
      at += 4 + ((bytes[at + 2]! << 8) | bytes[at + 3]!) * 4
    }
    const padding = (flags & 0x20) !== 0 ? bytes[end - 1]! : 0
    this.payloadStart = at
    this.payloadEnd = end - padding
    return at <= this.payloadEnd
  }
}

function read32(bytes: Buffer, at: number): number {
  return bytes[at]! * 0x1000000 + ((bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!)
}

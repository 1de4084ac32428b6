/** Seconds from 1900 (NTP) to 1970. */
const NTP_OFFSET_S = 2_208_988_800

/** RTCP sender report with CNAME (RFC 3550 §6.4.1, §6.5): ties RTP ticks to the wall clock. */
export function senderReport(
  state: { ssrc: number; packets: number; octets: number },
  rtpTicks: number,
  wallMs: number,
  cname: string,
): Buffer {
  const name = Buffer.from(cname).subarray(0, 60)
  const chunkBytes = Math.ceil((4 + 2 + name.length + 1) / 4) * 4
  const out = Buffer.alloc(28 + 4 + chunkBytes)
  out.writeUInt32BE(0x80c80006, 0)
  out.writeUInt32BE(state.ssrc, 4)
  out.writeUInt32BE(Math.floor(wallMs / 1000) + NTP_OFFSET_S, 8)
  out.writeUInt32BE(Math.floor(((wallMs % 1000) / 1000) * 0x1_0000_0000), 12)
  out.writeUInt32BE(rtpTicks >>> 0, 16)
  out.writeUInt32BE(state.packets >>> 0, 20)
  out.writeUInt32BE(state.octets >>> 0, 24)
  out.writeUInt16BE(0x81ca, 28)
  out.writeUInt16BE(chunkBytes / 4, 30)
  out.writeUInt32BE(state.ssrc, 32)
  out[36] = 1
  out[37] = name.length
  name.copy(out, 38)
  return out
}

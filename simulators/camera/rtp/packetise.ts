/**
 * H.264 over RTP (RFC 6184, packetization-mode 1), already framed for RTSP over TCP (RFC 2326 §10.12). Sequence number, timestamp and SSRC
 * are left 0: `stamp` writes them into a copy for each viewer.
 *
 * ```
 * 0   '$' │ channel │ length u16 │ 0x80 │ M + type │ sequence u16 │ timestamp u32 │ SSRC u32 │ payload …
 * ```
 */
export interface PacketRun {
  bytes: Buffer
  /** Where each packet's '$' is. */
  offsets: number[]
}

/** With IP, UDP and RTP headers it stays below an Ethernet frame of 1,500, and below tunnels that take some of it. */
export const PAYLOAD_BYTES_MAX = 1380
export const PAYLOAD_TYPE = 96
const FRAMING_BYTES = 4
export const HEAD_BYTES = FRAMING_BYTES + 12

/** @param endsPicture the last packet gets the marker bit */
export function packetise(nals: readonly Buffer[], endsPicture: boolean): PacketRun {
  const payloads: Buffer[] = []
  let group: Buffer[] = []
  let groupBytes = 1
  const flush = () => {
    if (group.length === 1) payloads.push(group[0]!)
    else if (group.length > 1) payloads.push(aggregate(group))
    group = []
    groupBytes = 1
  }
  for (const nal of nals) {
    if (groupBytes + 2 + nal.length > PAYLOAD_BYTES_MAX) flush()
    if (nal.length > PAYLOAD_BYTES_MAX) payloads.push(...fragment(nal))
    else {
      group.push(nal)
      groupBytes += 2 + nal.length
    }
  }
  flush()
  return frame(payloads, endsPicture)
}

/** STAP-A (§5.7.1): several units in one packet. */
function aggregate(nals: readonly Buffer[]): Buffer {
  const importance = Math.max(...nals.map((nal) => nal[0]! & 0x60))
  const parts: Buffer[] = [Buffer.of(importance | 24)]
  for (const nal of nals) parts.push(Buffer.of(nal.length >> 8, nal.length & 0xff), nal)
  return Buffer.concat(parts)
}

/** FU-A (§5.8): one unit in several packets. */
function fragment(nal: Buffer): Buffer[] {
  const payloads: Buffer[] = []
  const indicator = (nal[0]! & 0xe0) | 28
  const type = nal[0]! & 31
  const step = PAYLOAD_BYTES_MAX - 2
  for (let at = 1; at < nal.length; at += step) {
    const start = at === 1 ? 0x80 : 0
    const end = at + step >= nal.length ? 0x40 : 0
    payloads.push(Buffer.concat([Buffer.of(indicator, start | end | type), nal.subarray(at, at + step)]))
  }
  return payloads
}

/** Puts payloads behind one another as interleaved frames. */
export function frame(payloads: readonly Buffer[], endsPicture: boolean): PacketRun {
  const bytes = Buffer.alloc(payloads.reduce((sum, payload) => sum + HEAD_BYTES + payload.length, 0))
  const offsets: number[] = []
  let at = 0
  payloads.forEach((payload, i) => {
    offsets.push(at)
    bytes[at] = 0x24
    bytes.writeUInt16BE(12 + payload.length, at + 2)
    bytes[at + 4] = 0x80
    bytes[at + 5] = PAYLOAD_TYPE | (endsPicture && i === payloads.length - 1 ? 0x80 : 0)
    payload.copy(bytes, at + HEAD_BYTES)
    at += HEAD_BYTES + payload.length
  })
  return { bytes, offsets }
}

/** Where a viewer's packets go on: changed by `stamp`. */
export interface PacketState {
  channel: number
  sequence: number
  ssrc: number
  packets: number
  octets: number
}

/** Copies `run` to `out` at `at` with this viewer's numbers. Returns where it ends. */
export function stamp(out: Buffer, at: number, run: PacketRun, state: PacketState, rtpTicks: number): number {
  run.bytes.copy(out, at)
  for (const offset of run.offsets) {
    const packet = at + offset
    out[packet + 1] = state.channel
    out.writeUInt16BE(state.sequence, packet + 6)
    out.writeUInt32BE(rtpTicks, packet + 8)
    out.writeUInt32BE(state.ssrc, packet + 12)
    state.sequence = (state.sequence + 1) & 0xffff
  }
  state.packets += run.offsets.length
  state.octets += run.bytes.length - run.offsets.length * HEAD_BYTES
  return at + run.bytes.length
}

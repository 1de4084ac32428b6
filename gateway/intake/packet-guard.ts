/** The beginning of a PUBLISH that is too long to be let in. */
export interface LongPublish {
  topic: string
  /** The first bytes of the payload, at most as many as were asked for. */
  payload: Buffer
}

/** So many bytes may go on to the parser. */
export interface Pass {
  bytes: number
  /** That begin in them: a PUBLISH is one, everything else a fifth, because it is an answer or costs as little as one. */
  packets: number
}

/** 2 bytes of topic length, the topic, 2 of packet id: what stands before the payload. */
const TOPIC_BYTES_MAX = 200
const PUBLISH = 3

/**
 * Looks at the framing of a device's bytes before the parser does: the parser would gather up to 256 MB for one packet that only claims to
 * be that long. Fixed header: type and flags u8 · remaining length, 1–4 bytes of 7 bits, low first (MQTT 3.1.1 §2.2).
 */
export class PacketGuard {
  readonly #limit: () => number
  readonly #keep: number
  #header: number[] = []
  #skip = 0
  #capture: { type: number; bytes: Buffer[]; size: number; wanted: number } | null = null

  /**
   * @param limit largest remaining length that may pass now, bytes
   * @param keep how much payload of a longer one is wanted
   */
  constructor(limit: () => number, keep: number) {
    this.#limit = limit
    this.#keep = keep
  }

  /** Whether the next byte begins a packet. */
  get isBetweenPackets(): boolean {
    return this.#header.length === 0 && this.#skip === 0 && this.#capture === null
  }

  /**
   * @param packetsMax how many packets may begin in this chunk; what follows them is to be offered again
   * @returns `pass`: give that many bytes on · `hold`: a long packet is being gathered · else what was gathered; the connection must end
   */
  inspect(chunk: Buffer, packetsMax = Infinity): Pass | 'hold' | { tooLong: LongPublish | null } {
    let at = 0
    let packets = 0
    let startedAt = 0
    while (at < chunk.length) {
      if (this.#capture) return this.#gather(chunk.subarray(at))
      if (this.#skip > 0) {
        const step = Math.min(this.#skip, chunk.length - at)
        this.#skip -= step
        at += step
        continue
      }
      const byte = chunk[at]!
      if (this.#header.length === 0) {
        if (packets >= packetsMax) break
        startedAt = at
        packets += weightOf(byte)
      }
      at++
      this.#header.push(byte)
      const count = this.#header.length
      if (count < 2) continue
      if (byte >= 0x80) {
        // A fifth length byte is not MQTT; the parser says so and closes.
        if (count === 5) return { bytes: chunk.length, packets }
        continue
      }
      this.#begin()
      if (!this.#capture || startedAt === 0) continue
      // What came before the long packet is for the parser; the long one is offered again.
      this.#capture = null
      return { bytes: startedAt, packets }
    }
    return this.#capture ? 'hold' : { bytes: at, packets }
  }

  #begin(): void {
    const length = this.#header.slice(1).reduce((sum, byte, i) => sum + (byte & 0x7f) * 128 ** i, 0)
    if (length <= this.#limit()) this.#skip = length
    else {
      const wanted = Math.min(length, 2 + TOPIC_BYTES_MAX + 2 + this.#keep)
      this.#capture = { type: this.#header[0]!, bytes: [], size: 0, wanted }
    }
    this.#header = []
  }

  #gather(bytes: Buffer): 'hold' | { tooLong: LongPublish | null } {
    const capture = this.#capture!
    capture.bytes.push(bytes)
    capture.size += bytes.length
    if (capture.size < capture.wanted) return 'hold'
    return { tooLong: parsePublish(capture.type, Buffer.concat(capture.bytes), this.#keep) }
  }
}

function parsePublish(type: number, body: Buffer, keep: number): LongPublish | null {
  if (type >> 4 !== PUBLISH || body.length < 2) return null
  const topicEnd = 2 + body.readUInt16BE(0)
  const qos = (type >> 1) & 3
  const start = topicEnd + (qos > 0 ? 2 : 0)
  if (topicEnd > 2 + TOPIC_BYTES_MAX || body.length < start) return null
  return { topic: body.toString('utf8', 2, topicEnd), payload: Buffer.from(body.subarray(start, start + keep)) }
}

function weightOf(firstByte: number): number {
  return firstByte >> 4 === PUBLISH ? 1 : 0.2
}

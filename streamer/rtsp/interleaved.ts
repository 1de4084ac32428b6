/**
 * Cuts an RTSP connection's bytes into interleaved frames and messages, inside the read chunk: a whole frame is passed on as
 * indices into the chunk, and only a frame torn at the chunk's end is copied (into `tail`) until the rest has come.
 *
 *   frame (RFC 2326 §10.12)                     message
 *   +-----+---------+-----------------+---      RTSP/1.0 200 OK\r\n
 *   | '$' | channel | length, 16 bit  | …       Content-Length: 12\r\n\r\n + body
 *   +-----+---------+-----------------+---
 *
 * Cameras put garbage between frames (half-overwritten send buffers, debug prints); then the next place that looks like a
 * frame or a message is searched, and the skipped bytes are counted.
 */
export interface SplitterListener {
  /** Valid only during the call: `bytes` is the shared read buffer or the tail. */
  onFrame(channel: number, bytes: Buffer, start: number, end: number): void
  /** Both as bytes, see `byteText`. */
  onMessage(head: string, body: string): void
  /** Once for every run of garbage, with its first bytes for the reason. */
  onGarbage(sample: string): void
  /** Bounds were exceeded; the connection is of no more use. */
  onHopeless(reason: string): void
}

const DOLLAR = 0x24
/** Header of a frame and the first byte of RTP or RTCP, whose top bits are always `10`. */
const LOOK_BYTES = 5
const STARTS = ['RTSP/', 'OPTIO', 'GET_P', 'SET_P', 'ANNOU', 'REDIR', 'PLAY_', 'TEARD', 'DESCR']
/** Any `Session`, `WWW-Authenticate` and `Public` fit in a tenth of it. */
const HEAD_BYTES_MAX = 16 * 1024
/** An SDP is 0.3–4 KiB. */
const BODY_BYTES_MAX = 64 * 1024
/** A whole 4K key frame of skipped bytes means this stream will not come into step again. */
const GARBAGE_BYTES_MAX = 1024 * 1024

type Want = 'look' | 'frame' | 'head' | 'body'

export class InterleavedSplitter {
  readonly counts = { frames: 0, resyncs: 0, garbageBytes: 0 }
  readonly #listener: SplitterListener
  #tail = Buffer.allocUnsafe(2048)
  #tailBytes = 0
  #want: Want = 'look'
  /** Bytes the torn piece in the tail has when complete (frame, body). */
  #wantBytes = 0
  #head = ''
  #inGarbage = false
  #garbageRun = 0
  #ended = false

  constructor(listener: SplitterListener) {
    this.#listener = listener
  }

  push(chunk: Buffer, length: number): void {
    let at = 0
    while (at < length && !this.#ended) {
      if (this.#want === 'look')
        at = this.#tailBytes > 0 ? this.#lookInTail(chunk, at, length) : this.#look(chunk, at, length)
      else if (this.#want === 'head') at = this.#fillHead(chunk, at, length)
      else at = this.#fillCounted(chunk, at, length)
    }
  }

  /** Nothing more is passed on, even from the chunk that is being cut. */
  end(): void {
    this.#ended = true
  }

  /** At a boundary, inside the chunk: the hot path. */
  #look(chunk: Buffer, at: number, length: number): number {
    if (length - at < LOOK_BYTES) return this.#keep(chunk, at, length)
    if (startsFrame(chunk, at, this.#inGarbage)) {
      const end = at + 4 + ((chunk[at + 2]! << 8) | chunk[at + 3]!)
      this.#inGarbage = false
      if (end > length) {
        this.#want = 'frame'
        this.#wantBytes = end - at
        return this.#keep(chunk, at, length)
      }
      this.counts.frames++
      this.#garbageRun = 0
      this.#listener.onFrame(chunk[at + 1]!, chunk, at + 4, end)
      return end
    }
    if (startsMessage(chunk, at)) {
      this.#inGarbage = false
      this.#want = 'head'
      return at
    }
    this.#skip(chunk, at, length)
    return at + 1
  }

  /** Fewer than five bytes were left over: complete them one by one, then decide; a wrong first byte is dropped. */
  #lookInTail(chunk: Buffer, from: number, length: number): number {
    let at = from
    while (at < length && this.#tailBytes < LOOK_BYTES) this.#tail[this.#tailBytes++] = chunk[at++]!
    if (this.#tailBytes < LOOK_BYTES) return at
    const tail = this.#tail
    if (startsFrame(tail, 0, this.#inGarbage)) {
      this.#want = 'frame'
      this.#wantBytes = 4 + ((tail[2]! << 8) | tail[3]!)
      this.#inGarbage = false
    } else if (startsMessage(tail, 0)) {
      this.#want = 'head'
      this.#inGarbage = false
    } else {
      this.#skip(tail, 0, this.#tailBytes)
      return this.#dropFromTail(1, at)
    }
    if (this.#want === 'frame' && this.#tailBytes === this.#wantBytes) this.#completeCounted()
    return at
  }

  #dropFromTail(bytes: number, at: number): number {
    this.#tail.copyWithin(0, bytes, this.#tailBytes)
    this.#tailBytes -= bytes
    this.#want = 'look'
    return at
  }

  #fillCounted(chunk: Buffer, at: number, length: number): number {
    const end = Math.min(length, at + this.#wantBytes - this.#tailBytes)
    this.#keep(chunk, at, end)
    if (this.#tailBytes === this.#wantBytes) this.#completeCounted()
    return end
  }

  #completeCounted(): void {
    const want = this.#want
    const bytes = this.#tailBytes
    this.#want = 'look'
    this.#tailBytes = 0
    if (want === 'frame') {
      this.counts.frames++
      this.#garbageRun = 0
      this.#listener.onFrame(this.#tail[1]!, this.#tail, 4, bytes)
    } else this.#listener.onMessage(this.#head, this.#tail.toString('latin1', 0, bytes))
  }

  /** Collects a head byte by byte up to its empty line; messages are rare, so this may be slow. */
  #fillHead(chunk: Buffer, from: number, length: number): number {
    for (let at = from; at < length; at++) {
      this.#keep(chunk, at, at + 1)
      const n = this.#tailBytes
      const isEnd =
        this.#tail[n - 1] === 10 && (this.#tail[n - 2] === 10 || (this.#tail[n - 2] === 13 && this.#tail[n - 3] === 10))
      if (isEnd) {
        this.#completeHead(this.#tail.toString('latin1', 0, n))
        return at + 1
      }
      if (n >= HEAD_BYTES_MAX) {
        this.#giveUp('the camera sends an endless header')
        return length
      }
    }
    return length
  }

  #completeHead(head: string): void {
    this.#tailBytes = 0
    const bodyBytes = Number(/^content-length\s*:\s*(\d+)\s*$/im.exec(head)?.[1] ?? 0)
    this.#head = head
    if (bodyBytes > BODY_BYTES_MAX) this.#giveUp(`the camera announces a body of ${bodyBytes} bytes`)
    else if (bodyBytes > 0) {
      this.#want = 'body'
      this.#wantBytes = bodyBytes
    } else {
      this.#want = 'look'
      this.#listener.onMessage(head, '')
    }
  }

  #keep(chunk: Buffer, start: number, end: number): number {
    const needed = this.#tailBytes + end - start
    if (needed > this.#tail.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.#tail.length * 2))
      this.#tail.copy(grown, 0, 0, this.#tailBytes)
      this.#tail = grown
    }
    chunk.copy(this.#tail, this.#tailBytes, start, end)
    this.#tailBytes = needed
    return end
  }

  #skip(bytes: Buffer, at: number, end: number): void {
    if (!this.#inGarbage) {
      this.#inGarbage = true
      this.counts.resyncs++
      this.#listener.onGarbage(bytes.toString('latin1', at, Math.min(end, at + 16)))
    }
    this.counts.garbageBytes++
    if (++this.#garbageRun > GARBAGE_BYTES_MAX) this.#giveUp('the camera sends bytes that are no RTSP')
  }

  #giveUp(reason: string): void {
    if (this.#ended) return
    this.#ended = true
    this.#listener.onHopeless(reason)
  }
}

/** In step any frame with an RTP or RTCP version is believed; while searching, only what we may have asked for. */
function startsFrame(bytes: Buffer, at: number, searching: boolean): boolean {
  if (bytes[at] !== DOLLAR || bytes[at + 4]! >> 6 !== 2) return false
  const length = (bytes[at + 2]! << 8) | bytes[at + 3]!
  return searching ? bytes[at + 1]! < 8 && length >= 8 : length > 0
}

function startsMessage(bytes: Buffer, at: number): boolean {
  const first = bytes[at]!
  if (first < 0x41 || first > 0x5a) return false
  return STARTS.includes(bytes.toString('latin1', at, at + LOOK_BYTES))
}

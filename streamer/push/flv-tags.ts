/**
 * FLV (Adobe FLV 10.1, Annex E) as node-media-server serves it: a header once, then tags.
 *
 *   'FLV' 1 flags 00000009 00000000 │ type size24 time24 timeExt stream24 │ body … │ back32 │ type …
 *
 * Each body is copied once, behind `ROOM_BYTES` of room, so that RTP headers can be written in front of its NAL units where they lie.
 */
const HEADER_BYTES = 13
const TAG_BYTES = 11
const BACK_BYTES = 4
/** An RTP header is 12; the first NAL unit lies 9 bytes into the body. */
export const ROOM_BYTES = 16
/** Twice the largest key frame of a body camera in 4K; what is longer is not FLV. */
export const TAG_BYTES_MAX = 8 * 1024 * 1024

export const TAG_SOUND = 8
export const TAG_VIDEO = 9

/** @param body from `ROOM_BYTES` on; the receiver may write into it */
export type TagListener = (type: number, timeMs: number, body: Buffer) => void

/** Cuts a byte stream into tags. Keeps at most one tag. */
export class FlvTags {
  readonly #onTag: TagListener
  readonly #head = Buffer.alloc(HEADER_BYTES)
  #headFilled = 0
  #wanted = HEADER_BYTES
  #isBegun = false
  #body: Buffer | null = null
  #bodyFilled = 0

  constructor(onTag: TagListener) {
    this.#onTag = onTag
  }

  /** @returns null, or in words why this is not FLV: then nothing more may be pushed */
  push(bytes: Buffer): string | null {
    for (let at = 0; at < bytes.length;) {
      if (this.#body) {
        const take = Math.min(bytes.length - at, this.#body.length - this.#bodyFilled)
        bytes.copy(this.#body, this.#bodyFilled, at, at + take)
        this.#bodyFilled += take
        at += take
        if (this.#bodyFilled === this.#body.length) this.#endTag()
        continue
      }
      const take = Math.min(bytes.length - at, this.#wanted - this.#headFilled)
      bytes.copy(this.#head, this.#headFilled, at, at + take)
      this.#headFilled += take
      at += take
      if (this.#headFilled < this.#wanted) continue
      this.#headFilled = 0
      const wrong = this.#isBegun ? this.#beginTag() : this.#begin()
      if (wrong !== null) return wrong
    }
    return null
  }

  #begin(): string | null {
    if (this.#head.toString('latin1', 0, 3) !== 'FLV') return 'what comes is not FLV'
    this.#isBegun = true
    this.#wanted = TAG_BYTES
    return null
  }

  #beginTag(): string | null {
    const size = this.#head.readUIntBE(1, 3)
    if (size > TAG_BYTES_MAX) return `an FLV tag of ${size} bytes`
    this.#body = Buffer.allocUnsafe(ROOM_BYTES + size + BACK_BYTES)
    this.#bodyFilled = ROOM_BYTES
    return null
  }

  #endTag(): void {
    const body = this.#body!
    this.#body = null
    const timeMs = this.#head.readUIntBE(4, 3) + this.#head[7]! * 0x1000000
    this.#onTag(this.#head[0]! & 0x1f, timeMs, body.subarray(0, body.length - BACK_BYTES))
  }
}

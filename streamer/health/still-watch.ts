/** So many key pictures in a row, and so long: nothing is said of a quiet street after one look. */
export const STILL_KEYS_MIN = 8
export const STILL_MS_MIN = 20_000
/**
 * A picture in which every block is "as before" has 10–60 bytes in H.264 and H.265 at any size, a burnt-in clock adds 60 once a second. The quietest clip
 * of ours has 470 on average, and a sensor at night has noise.
 */
export const EMPTY_BYTES_MAX = 128
/** The same picture coded again differs by its clock and by what the rate control has settled to. */
const KEY_SPREAD = 0.02
/** One group of pictures that differs is a hiccup of the encoder; two are a picture that lives. */
const LIVELY_MAX = 1

/**
 * Sees from sizes alone that a camera sends the same picture over and over: its stream lives, so nobody else notices. Each group of pictures
 * is still when its pictures between are near empty and its key picture is about as large as the first one, or when its key picture has exactly the
 * bytes of the one before. Price: two additions a picture; nothing is decoded.
 */
export class StillWatch {
  /** The stream stands still. */
  isStill = false
  #keys = 0
  #sinceMs = 0
  #firstKeyBytes = 0
  #lastKeyBytes = 0
  #lively = 0
  #pictures = 0
  #bytes = 0

  /** @param nowMs monotonic, when the picture came */
  unit(isKey: boolean, bytes: number, nowMs: number): void {
    if (!isKey) {
      this.#pictures++
      this.#bytes += bytes
      return
    }
    if (this.#isLikeBefore(bytes)) {
      this.#keys++
      this.#lively = 0
    } else if (!this.isStill || ++this.#lively > LIVELY_MAX) this.#begin(bytes, nowMs)
    if (this.#keys >= STILL_KEYS_MIN && nowMs - this.#sinceMs >= STILL_MS_MIN) this.isStill = true
    this.#lastKeyBytes = bytes
    this.#pictures = this.#bytes = 0
  }

  #isLikeBefore(bytes: number): boolean {
    if (this.#keys === 0) return false
    if (bytes === this.#lastKeyBytes) return true
    const isEmpty = this.#pictures > 0 && this.#bytes <= this.#pictures * EMPTY_BYTES_MAX
    return isEmpty && Math.abs(bytes - this.#firstKeyBytes) <= this.#firstKeyBytes * KEY_SPREAD
  }

  #begin(bytes: number, nowMs: number): void {
    this.isStill = false
    this.#keys = 1
    this.#sinceMs = nowMs
    this.#firstKeyBytes = bytes
    this.#lively = 0
  }
}

/** Players ask several times a second; one that has not for this long has gone. */
const VIEWER_GONE_MS = 10_000
/** A count for the screen; beyond it the exact number matters to nobody. */
const VIEWERS_MAX = 1_000

/** Who watches a camera, by what the core says about them. */
export class Viewers {
  #seenMs = new Map<string, number>()

  seen(viewer: string, nowMs: number): void {
    if (this.#seenMs.size < VIEWERS_MAX || this.#seenMs.has(viewer)) this.#seenMs.set(viewer, nowMs)
  }

  count(nowMs: number): number {
    for (const [viewer, seenMs] of this.#seenMs) if (nowMs - seenMs > VIEWER_GONE_MS) this.#seenMs.delete(viewer)
    return this.#seenMs.size
  }
}

import type { Clock } from '../../domain/clock.ts'
import { nextFrameMs } from './pace.ts'

/** A fence that never comes (context lost) is given up after this. */
const FENCE_MAX_MS = 2000
/** How often a fence is looked at. */
const FENCE_POLL_MS = 6

export interface FrameWants {
  isMoving(): boolean
  hasDots(): boolean
  /** Before a painting of its own, not before one that follows the map. */
  beforeFrame(): void
  /** @returns the context that has painted; null when there is nothing to paint yet */
  paint(): WebGL2RenderingContext | null
}

/** Paints the living city when something moves, and measures what a painting costs so that the next one can wait for it. */
export class FrameLoop {
  /** Start of a painting until the GPU was done, ms, smoothed. */
  frameCostMs = 16
  frames = 0
  #clock: Clock
  #wants: FrameWants
  #timer: ReturnType<typeof setTimeout> | null = null
  #request: number | null = null
  #startedAtMs = 0
  #isMeasuring = false
  /** Asked for while the GPU was still at the frame before. */
  #hasChanged = false
  #isOver = false

  constructor(clock: Clock, wants: FrameWants) {
    this.#clock = clock
    this.#wants = wants
    document.addEventListener('visibilitychange', this.kick)
  }

  /** Something has changed: paint soon, and go on as long as it moves. */
  kick = (): void => {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#hasChanged = true
    this.#plan()
  }

  /** The map has moved under the dots: they follow it in the same frame. */
  paintNow(): void {
    if (this.#isOver) return
    this.#startedAtMs = this.#clock.monotonicMs()
    this.#hasChanged = false
    const gl = this.#wants.paint()
    if (!gl) return
    this.frames++
    this.#measure(gl)
  }

  stop(): void {
    this.#isOver = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    if (this.#request !== null) cancelAnimationFrame(this.#request)
    document.removeEventListener('visibilitychange', this.kick)
  }

  #plan(): void {
    if (this.#isOver || this.#isMeasuring || this.#timer !== null || this.#request !== null) return
    const waitMs = nextFrameMs({
      isHidden: document.hidden,
      isMoving: this.#hasChanged || this.#wants.isMoving(),
      hasDots: this.#wants.hasDots(),
      frameCostMs: this.frameCostMs,
    })
    if (waitMs === null) return
    const leftMs = this.#startedAtMs + waitMs - this.#clock.monotonicMs()
    this.#timer = setTimeout(this.#ask, Math.max(0, leftMs))
  }

  #ask = (): void => {
    this.#timer = null
    this.#request = requestAnimationFrame(this.#frame)
  }

  #frame = (): void => {
    this.#request = null
    if (this.#isOver) return
    this.#wants.beforeFrame()
    this.paintNow()
    this.#plan()
  }

  #measure(gl: WebGL2RenderingContext): void {
    if (this.#isMeasuring) return
    const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0)
    gl.flush()
    if (!fence) return
    this.#isMeasuring = true
    const sinceMs = this.#startedAtMs
    const look = (): void => {
      const tookMs = this.#clock.monotonicMs() - sinceMs
      // A context that was lost takes its fences with it.
      const isDone = !gl.isSync(fence) || gl.getSyncParameter(fence, gl.SYNC_STATUS) === gl.SIGNALED
      if (!isDone && tookMs < FENCE_MAX_MS && !this.#isOver) {
        setTimeout(look, FENCE_POLL_MS)
        return
      }
      if (gl.isSync(fence)) gl.deleteSync(fence)
      this.#isMeasuring = false
      // Smoothed: one slow frame (tiles, a resize) must not stop the city.
      this.frameCostMs += (Math.min(tookMs, FENCE_MAX_MS) - this.frameCostMs) * 0.3
      this.#plan()
    }
    setTimeout(look, 1)
  }
}

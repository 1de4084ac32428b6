import type { Clock } from '../../domain/clock.ts'
import type { MapLibreMap } from './maplibre-door.ts'
import { nextFrameMs } from './pace.ts'

/** A fence that never comes (context lost) is given up after this. */
const FENCE_MAX_MS = 2000
/** How often a fence is looked at. */
const FENCE_POLL_MS = 6

/** Paints the map when something moves, and measures what a painting costs so that the next one can wait for it. */
export class FrameLoop {
  /** Start of the last painting until the GPU was done, ms. */
  frameCostMs = 16
  frames = 0
  #map: MapLibreMap
  #clock: Clock
  #isMoving: () => boolean
  #hasDots: () => boolean
  #beforeFrame: () => void
  #timer: ReturnType<typeof setTimeout> | null = null
  #startedAtMs = 0
  #isMeasuring = false
  #isOver = false

  constructor(
    map: MapLibreMap,
    clock: Clock,
    wants: { isMoving: () => boolean; hasDots: () => boolean; beforeFrame: () => void },
  ) {
    this.#map = map
    this.#clock = clock
    this.#isMoving = wants.isMoving
    this.#hasDots = wants.hasDots
    this.#beforeFrame = wants.beforeFrame
    map.on('render', this.#onRender)
    document.addEventListener('visibilitychange', this.kick)
  }

  /** Something has changed: paint soon, and go on as long as it moves. */
  kick = (): void => {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#plan(true)
  }

  stop(): void {
    this.#isOver = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#map.off('render', this.#onRender)
    document.removeEventListener('visibilitychange', this.kick)
  }

  #plan(hasChanged: boolean): void {
    if (this.#isOver || this.#timer !== null) return
    const waitMs = nextFrameMs({
      isHidden: document.hidden,
      isMoving: hasChanged || this.#isMoving(),
      hasDots: this.#hasDots(),
      frameCostMs: this.frameCostMs,
    })
    if (waitMs === null) return
    const leftMs = this.#startedAtMs + waitMs - this.#clock.monotonicMs()
    this.#timer = setTimeout(this.#paint, Math.max(0, leftMs))
  }

  #paint = (): void => {
    this.#timer = null
    if (this.#isOver) return
    this.#beforeFrame()
    this.#startedAtMs = this.#clock.monotonicMs()
    this.#map.triggerRepaint()
  }

  #onRender = (): void => {
    this.frames++
    const gl = this.#map.getCanvas().getContext('webgl2')
    if (this.#isMeasuring || !gl) {
      this.#plan(false)
      return
    }
    const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0)
    gl.flush()
    if (!fence) {
      this.#plan(false)
      return
    }
    this.#isMeasuring = true
    const sinceMs = this.#clock.monotonicMs()
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
      this.#plan(false)
    }
    setTimeout(look, 1)
  }
}

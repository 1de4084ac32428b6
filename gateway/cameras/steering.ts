import { PTZ_HOLD_MS, type PtzState } from '../../domain/camera.ts'
import { toIso, type Clock } from '../../domain/clock.ts'

interface Held {
  by: string
  name: string
  atMs: number
  untilMs: number
}

/** Cameras under somebody's hand at once; beyond it the oldest names are forgotten, which only hides a name. */
const CAMERAS_MAX = 1_000

/**
 * Who has a camera in hand. Nobody is locked out: in an emergency the last order must win. But each sees the other's name,
 * and what turns cameras by itself keeps its hands off while a person steers. In memory: it is true for five seconds.
 */
export class Steering {
  readonly #clock: Clock
  readonly #held = new Map<string, Held>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @param holdMs how long the name stands: that of an alarm until the camera is turned back */
  take(cameraId: string, by: string, name: string, holdMs = PTZ_HOLD_MS): void {
    this.#held.delete(cameraId)
    const atMs = this.#clock.nowMs()
    this.#held.set(cameraId, { by, name, atMs, untilMs: atMs + holdMs })
    if (this.#held.size > CAMERAS_MAX) this.#held.delete([...this.#held.keys()][0]!)
  }

  now(cameraId: string): PtzState {
    const held = this.#held.get(cameraId)
    if (!held || this.#clock.nowMs() >= held.untilMs) return { steering: null }
    const { by, name, atMs, untilMs } = held
    return { steering: { by, name, at: toIso(atMs), until: toIso(untilMs) } }
  }

  /** The name goes, if it is still this one. */
  release(cameraId: string, by: string): void {
    if (this.#held.get(cameraId)?.by === by) this.#held.delete(cameraId)
  }
}

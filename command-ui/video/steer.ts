import type { PtzOrder } from '../../domain/camera.ts'
import { api } from '../data/api.ts'
import { asApiFault } from '../data/api-fault.ts'
import { say } from '../desk/actions.ts'
import { faultSentence } from '../desk/fault-sentence.ts'
import type { PtzSpeed } from './ptz-speed.ts'

/** Orders while a hand is on the picture; a camera needs about so long for one. */
export const ORDER_EVERY_MS = 300
/** Each order ends by itself a little after the next is due: a lost key-up cannot spin the camera. */
const MOVE_MS = 800

const STILL: PtzSpeed = { pan: 0, tilt: 0, zoom: 0 }

/**
 * One camera under one hand: sends the speed that is wanted, again while it is wanted, one order at a time, and always a
 * stop at the end. Bounded: at most one order on its way and one waiting.
 */
export class Steer {
  readonly #cameraId: string
  #wanted = STILL
  #isMoving = false
  #isSending = false
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(cameraId: string) {
    this.#cameraId = cameraId
  }

  /** @param speed zero in all axes stops */
  move(speed: PtzSpeed): void {
    this.#wanted = speed
    if (!this.#isSending) void this.#send()
  }

  stop(): void {
    this.move(STILL)
  }

  async order(order: PtzOrder): Promise<void> {
    try {
      await api.turnCamera(this.#cameraId, order)
    } catch (error) {
      this.#wanted = STILL
      say(faultSentence(asApiFault(error)), true)
    }
  }

  async #send(): Promise<void> {
    clearTimeout(this.#timer)
    const { pan, tilt, zoom } = this.#wanted
    const isStill = pan === 0 && tilt === 0 && zoom === 0
    if (isStill && !this.#isMoving) return
    this.#isSending = true
    this.#isMoving = !isStill
    await this.order(isStill ? { stop: true } : { move: { pan, tilt, zoom }, durationMs: MOVE_MS })
    this.#isSending = false
    const isNext = this.#wanted.pan !== pan || this.#wanted.tilt !== tilt || this.#wanted.zoom !== zoom
    if (isNext) void this.#send()
    else if (this.#isMoving) this.#timer = setTimeout(() => void this.#send(), ORDER_EVERY_MS)
  }
}

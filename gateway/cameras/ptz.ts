import type { PtzOrder } from '../../domain/camera.ts'
import { Fault, reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { OnvifDoor, OnvifTarget } from '../../devices/camera/onvif-door.ts'
import type { OnvifPreset, PtzPosition } from '../../devices/camera/onvif-profiles.ts'
import type { Database } from '../store/database.ts'
import type { SecretBox } from '../trust/secret-box.ts'
import type { AllowedAddresses } from './allowed-address.ts'
import { openCredential, type CameraRow } from './camera-row.ts'
import { onvifTarget } from './examine-camera.ts'

export interface PtzDeps {
  database: Database
  onvif: OnvifDoor
  allowed: AllowedAddresses
  box: SecretBox
  log: Log
}

/** A camera that has been given orders, until none is open and no stop is owed. */
interface Turning {
  /** Orders without an answer yet. */
  asked: number
  /** The stop of its move. */
  timer: NodeJS.Timeout | null
  /** The time for it came while an order was open that may end the move by itself. */
  isDue: boolean
}

/**
 * Moves cameras by ONVIF. A move ends by itself after its duration, also where the camera ignores the time-out it was given: whatever is
 * answered to it, a late answer may be that of a camera that turns. Only an order that the camera has taken ends the move before it.
 */
export class Ptz {
  readonly #deps: PtzDeps
  readonly #turning = new Map<string, Turning>()

  constructor(deps: PtzDeps) {
    this.#deps = deps
  }

  /** @throws Fault `ptz-not-there`, `camera-…`, `not-allowed-address` */
  async move(row: CameraRow, order: PtzOrder): Promise<void> {
    const { onvif } = this.#deps
    const { target, token } = await this.#reach(row)
    const stop = () => onvif.stop(target, token)
    const durationMs = 'move' in order ? order.durationMs : null
    await this.#give(row.id, stop, durationMs, () => {
      if ('stop' in order) return stop()
      if ('home' in order) return onvif.gotoHome(target, token)
      if ('preset' in order) return onvif.gotoPreset(target, token, order.preset)
      return onvif.move(target, token, { ...order.move, durationMs: order.durationMs })
    })
  }

  /** Where it can be sent by name. @throws as `move` */
  async presets(row: CameraRow): Promise<OnvifPreset[]> {
    const { target, token } = await this.#reach(row)
    return await this.#deps.onvif.presets(target, token)
  }

  /** Where it looks, in the generic space; null: it does not tell. @throws as `move` */
  async position(row: CameraRow): Promise<PtzPosition | null> {
    const { target, token } = await this.#reach(row)
    return await this.#deps.onvif.position(target, token)
  }

  /** @throws as `move`; `ptz-not-there` also where it knows no absolute moves */
  async moveTo(row: CameraRow, position: PtzPosition): Promise<void> {
    const { onvif } = this.#deps
    const { target, token } = await this.#reach(row)
    const stop = () => onvif.stop(target, token)
    await this.#give(row.id, stop, null, () => onvif.moveTo(target, token, position))
  }

  close(): void {
    for (const turning of this.#turning.values()) forgetStop(turning)
    this.#turning.clear()
  }

  async #reach(row: CameraRow): Promise<{ target: OnvifTarget; token: string }> {
    const { allowed, box } = this.#deps
    const place = row.body.onvif
    if (!row.ptz || !place) throw new Fault('ptz-not-there', 'This camera cannot be turned.', { id: row.id })
    const target = await onvifTarget(place, openCredential(box, row.credential_cipher), allowed)
    return { target, token: place.profileToken ?? (await this.#learnProfile(row, target)) }
  }

  /** A camera that came from a list: its service is known, its profiles have not been asked for yet. */
  async #learnProfile(row: CameraRow, target: OnvifTarget): Promise<string> {
    const { profile } = await this.#deps.onvif.describe(target)
    await this.#deps.database.execute(
      `update camera set body = jsonb_set(body, '{onvif,profileToken}', to_jsonb($2::text)) where id = $1`,
      [row.id, profile.token],
    )
    return profile.token
  }

  /** @param durationMs of a move; null: the order ends by itself */
  async #give(
    id: string,
    stop: () => Promise<void>,
    durationMs: number | null,
    order: () => Promise<void>,
  ): Promise<void> {
    const turning = this.#turning.get(id) ?? { asked: 0, timer: null, isDue: false }
    this.#turning.set(id, turning)
    turning.asked++
    try {
      await order()
      forgetStop(turning)
    } finally {
      turning.asked--
      const isOwed = turning.timer !== null || turning.isDue
      // Of two moves that may both run the earlier stop counts.
      if (durationMs !== null && !isOwed) this.#stopLater(id, turning, stop, durationMs)
      this.#settle(id, turning, stop)
    }
  }

  #stopLater(id: string, turning: Turning, stop: () => Promise<void>, durationMs: number): void {
    turning.timer = setTimeout(() => {
      turning.timer = null
      turning.isDue = true
      this.#settle(id, turning, stop)
    }, durationMs)
  }

  /** Gives the stop that is due, when no open order may make it needless: it would only wait in line behind that one. */
  #settle(id: string, turning: Turning, stop: () => Promise<void>): void {
    if (turning.asked > 0) return
    if (turning.isDue) {
      turning.isDue = false
      stop().catch((error: unknown) => {
        this.#deps.log.warn('a camera was not told to stop', { camera: id, reason: reasonOf(error) })
      })
    }
    if (turning.timer === null) this.#turning.delete(id)
  }
}

function forgetStop(turning: Turning): void {
  if (turning.timer) clearTimeout(turning.timer)
  turning.timer = null
  turning.isDue = false
}

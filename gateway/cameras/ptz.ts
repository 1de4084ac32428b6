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

/** Moves cameras by ONVIF. A move ends by itself after its duration, also where the camera ignores the time-out it was given. */
export class Ptz {
  readonly #deps: PtzDeps
  readonly #stops = new Map<string, NodeJS.Timeout>()

  constructor(deps: PtzDeps) {
    this.#deps = deps
  }

  /** @throws Fault `ptz-not-there`, `camera-…`, `not-allowed-address` */
  async move(row: CameraRow, order: PtzOrder): Promise<void> {
    const { onvif } = this.#deps
    const { target, token } = await this.#reach(row)
    this.#keepMoving(row.id)
    if ('stop' in order) await onvif.stop(target, token)
    else if ('home' in order) await onvif.gotoHome(target, token)
    else if ('preset' in order) await onvif.gotoPreset(target, token, order.preset)
    else {
      await onvif.move(target, token, { ...order.move, durationMs: order.durationMs })
      this.#stopLater(row.id, target, token, order.durationMs)
    }
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
    const { target, token } = await this.#reach(row)
    this.#keepMoving(row.id)
    await this.#deps.onvif.moveTo(target, token, position)
  }

  close(): void {
    for (const timer of this.#stops.values()) clearTimeout(timer)
    this.#stops.clear()
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

  /** The next order has come: the stop of the one before it must not end it. */
  #keepMoving(cameraId: string): void {
    clearTimeout(this.#stops.get(cameraId))
    this.#stops.delete(cameraId)
  }

  #stopLater(cameraId: string, target: OnvifTarget, token: string, durationMs: number): void {
    const timer = setTimeout(() => {
      this.#stops.delete(cameraId)
      this.#deps.onvif.stop(target, token).catch((error: unknown) => {
        this.#deps.log.warn('a camera was not told to stop', { camera: cameraId, reason: reasonOf(error) })
      })
    }, durationMs)
    this.#stops.set(cameraId, timer)
  }
}

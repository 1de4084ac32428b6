import type { Clock } from '../../domain/clock.ts'
import { Fault } from '../../domain/fault.ts'
import type { OnvifDoor } from '../../devices/camera/onvif-door.ts'
import type { Database } from '../store/database.ts'
import type { SecretBox } from '../trust/secret-box.ts'
import type { AllowedAddresses } from './allowed-address.ts'
import { openCredential, type CameraRow } from './camera-row.ts'
import { onvifTarget, toldSnapshot } from './examine-camera.ts'
import { fetchSnapshot } from './snapshot.ts'
import type { StreamerFleet } from './streamer-fleet.ts'
import { fetchWorkerSnapshot } from './worker-client.ts'

/** A camera that has no stills may get them with another firmware. */
const LEARN_AGAIN_MS = 3_600_000
/** As many as a district has cameras; each is an id and a time. */
const ASKED_MAX = 20_000

export interface StillDeps {
  database: Database
  fleet: Pick<StreamerFleet, 'workerOf'>
  onvif: Pick<OnvifDoor, 'describe'>
  allowed: AllowedAddresses
  box: SecretBox
  clock: Clock
  internalToken: string
}

export interface Still {
  picture: Buffer
  /** Of when it is; null: of now. */
  takenAt: string | null
}

/**
 * A still picture of now. From the camera itself where it has stills, which needs no decoder; else, and where it does not give one, the last key
 * frame that its streamer has, decoded. A camera from a list, whose stills nobody has asked for, is asked when the decoder is missing.
 */
export class Stills {
  readonly #deps: StillDeps
  /** When cameras were asked whether they have stills; monotonic. */
  readonly #askedMs = new Map<string, number>()

  constructor(deps: StillDeps) {
    this.#deps = deps
  }

  /** @throws Fault `no-picture`, `camera-…`, `streamer-away` */
  async take(row: CameraRow): Promise<Still> {
    if (row.snapshot_address === null) return await this.#decoded(row, (fault) => this.#learnt(row, fault))
    try {
      return await this.#own(row, row.snapshot_address)
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      // What the camera itself has said tells more than that there is no streamer either.
      return await this.#decoded(row, () => Promise.reject(error))
    }
  }

  async #own(row: CameraRow, address: string): Promise<Still> {
    const credential = openCredential(this.#deps.box, row.credential_cipher)
    return { picture: await fetchSnapshot(address, credential), takenAt: null }
  }

  async #decoded(row: CameraRow, otherwise: (fault: Fault) => Promise<Still>): Promise<Still> {
    const { fleet, internalToken } = this.#deps
    try {
      const baseUrl = fleet.workerOf(row.id)
      if (baseUrl === null) {
        throw new Fault('streamer-away', 'No streamer serves this camera at the moment.', { id: row.id })
      }
      return await fetchWorkerSnapshot({ baseUrl, internalToken }, row.id)
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      return await otherwise(error)
    }
  }

  async #learnt(row: CameraRow, fault: Fault): Promise<Still> {
    const { database, onvif, allowed, box, clock } = this.#deps
    const nowMs = clock.monotonicMs()
    const askedMs = this.#askedMs.get(row.id) ?? -Infinity
    if (row.body.onvif === null || nowMs - askedMs < LEARN_AGAIN_MS) throw fault
    if (this.#askedMs.size >= ASKED_MAX) this.#askedMs.clear()
    this.#askedMs.set(row.id, nowMs)
    const target = await onvifTarget(row.body.onvif, openCredential(box, row.credential_cipher), allowed)
    const { snapshotUri } = await onvif.describe(target)
    const address = await toldSnapshot(snapshotUri, target.host, allowed)
    if (address === null) throw fault
    await database.execute('update camera set snapshot_address = $2 where id = $1', [row.id, address])
    return await this.#own(row, address)
  }
}

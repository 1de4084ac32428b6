import { reasonOf } from '../../domain/fault.ts'
import type { Camera } from '../../domain/camera.ts'
import type { StreamerBeat, StreamerOrders } from '../../domain/wire/streamers.ts'
import type { SecretBox } from '../trust/secret-box.ts'
import { openCredential, readAlarmCameras, readCameras, type CameraRow } from './camera-row.ts'
import { CameraStates, type CameraStatesDeps } from './camera-states.ts'
import { ownerOf } from './rendezvous.ts'

/** Two missed beats of 2 s and half of one: this worker's cameras go to the others, which hear of it within a beat and need two seconds. */
export const WORKER_LIVE_MS = 5_000
/** A turn that comes so late says that we stood still ourselves: nobody was silent. */
const OWN_STALL_MS = 2_500
/** After our own start, workers that have not been heard yet still count, else the first one would open every camera. */
const SETTLING_MS = 6_000
/** Finds cameras that something else has written (the first start's seed). */
const RELOAD_MS = 10_000
const TURN_MS = 1_000
/** As many as the largest setting of VIGIL_STREAMERS, twice. */
const WORKERS_MAX = 128

interface Worker {
  id: string
  baseUrl: string
  lastBeatMs: number
  /** Cameras of its last report. */
  cameraIds: string[]
}

type Order = StreamerOrders['cameras'][number]

export interface StreamerFleetDeps extends CameraStatesDeps {
  box: SecretBox
  /** Ids of the workers that the launcher starts (`streamer-1` …); others may join. */
  expectedWorkers: readonly string[]
  /** What shall be kept of a camera now, from memory; absent: nothing is recorded. */
  recordOf?: (cameraId: string) => Order['record']
}

/** The streamer workers that live now, which cameras each serves, and what they say about them. */
export class StreamerFleet {
  readonly #deps: StreamerFleetDeps
  readonly #states: CameraStates
  readonly #workers = new Map<string, Worker>()
  #orders: Order[] = []
  #revision: number
  #startedMs: number
  #loadedMs = 0
  /** When a turn or a beat last ran. */
  #awakeMs: number
  #loading: Promise<void> | null = null
  #timer: NodeJS.Timeout | null = null

  constructor(deps: StreamerFleetDeps) {
    this.#deps = deps
    this.#states = new CameraStates(deps)
    // Larger than that of any earlier run.
    this.#revision = deps.clock.nowMs()
    this.#startedMs = this.#awakeMs = deps.clock.monotonicMs()
    const gauge = deps.metrics.gauge('vigil_cameras', 'Cameras by what their streamer says')
    deps.metrics.onRead(() => {
      const { online, wanted } = this.#states.counts()
      gauge.of({ state: 'online' }).set(online)
      gauge.of({ state: 'wanted' }).set(wanted)
    })
  }

  /** @throws Fault `database-away`, then call it again */
  async start(): Promise<void> {
    await this.reload()
    this.#timer = setInterval(() => void this.turn(), TURN_MS)
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer)
    this.#timer = null
  }

  /** After a camera was written: workers hear of it with their next beat. */
  reload(): Promise<void> {
    // A second caller may have written after the first one's rows were read, so it waits for a reading of its own.
    const before = this.#loading ?? Promise.resolve()
    this.#loading = before.then(
      () => this.#load(),
      () => this.#load(),
    )
    return this.#loading
  }

  /** A worker has reported. @returns what it shall serve; from memory, whatever the database does */
  beat(workerId: string, beat: StreamerBeat): StreamerOrders {
    const nowMs = this.#deps.clock.monotonicMs()
    this.#forgiveOwnStall(nowMs)
    const known = this.#workers.get(workerId)
    if (!known && this.#workers.size >= WORKERS_MAX) return { revision: this.#revision, cameras: [] }
    const cameraIds = beat.cameras.map((camera) => camera.id)
    this.#workers.set(workerId, { id: workerId, baseUrl: beat.baseUrl, lastBeatMs: nowMs, cameraIds })
    const candidates = this.#candidates()
    this.#states.report(beat.cameras.filter((camera) => ownerOf(candidates, camera.id) === workerId))
    const cameras = this.#orders
      .filter((order) => ownerOf(candidates, order.id) === workerId)
      .map((order) => this.#withRecord(order))
    return { revision: this.#revision, cameras }
  }

  /** Base URL of the live worker that serves this camera; null when none does. */
  workerOf(cameraId: string): string | null {
    const owner = ownerOf(this.#liveIds(), cameraId)
    return owner === null ? null : this.#workers.get(owner)!.baseUrl
  }

  /** Whether the worker with this base URL has reported in time. */
  isLive(baseUrl: string): boolean {
    return this.#liveIds().some((id) => this.#workers.get(id)!.baseUrl === baseUrl)
  }

  /** Base URL of some live worker, to try a camera with; null when none lives. */
  anyWorker(): string | null {
    const [id] = this.#liveIds()
    return id === undefined ? null : this.#workers.get(id)!.baseUrl
  }

  /** Every camera as it is now, from memory. */
  rows(): CameraRow[] {
    return this.#states.rows()
  }

  camera(cameraId: string): Camera | null {
    return this.#states.camera(cameraId)
  }

  /** For the strip: `away` without any worker, `degraded` while a wanted camera is dark. */
  health(): { video: 'ok' | 'degraded' | 'away'; camerasOnline: number; camerasWanted: number } {
    const { online, wanted } = this.#states.counts()
    const video = this.#liveIds().length === 0 ? 'away' : online < wanted ? 'degraded' : 'ok'
    return { video, camerasOnline: online, camerasWanted: wanted }
  }

  /** Once a second: lost workers, stored states. Public for tests. */
  async turn(): Promise<void> {
    const { clock, log, troubles } = this.#deps
    const nowMs = clock.monotonicMs()
    this.#forgiveOwnStall(nowMs)
    for (const worker of this.#workers.values()) {
      const { id } = worker
      if (nowMs - worker.lastBeatMs < WORKER_LIVE_MS) {
        await troubles.restoreNow('program', id, 'silent')
        continue
      }
      this.#states.orphan(worker.cameraIds, `the streamer ${id} does not answer`)
      worker.cameraIds = []
      const detail = `${id} has not reported for ${Math.round((nowMs - worker.lastBeatMs) / 1000)} s; others serve its cameras`
      await troubles.raiseNow({ subjectKind: 'program', subjectId: id, code: 'silent', detail })
    }
    await this.#states.write()
    if (nowMs - this.#loadedMs >= RELOAD_MS) {
      await this.reload().catch((error: unknown) => {
        log.debug('cameras could not be read', { reason: reasonOf(error) })
      })
    }
  }

  /**
   * After a stall of ours the beats lie in our socket, and the first worker whose beat is read would seem the only one that lives: it would be
   * given all cameras.
   */
  #forgiveOwnStall(nowMs: number): void {
    const stoodMs = nowMs - this.#awakeMs - TURN_MS
    this.#awakeMs = nowMs
    if (stoodMs < OWN_STALL_MS) return
    for (const worker of this.#workers.values()) worker.lastBeatMs = Math.min(nowMs, worker.lastBeatMs + stoodMs)
  }

  /** A camera that is recorded is kept connected. */
  #withRecord(order: Order): Order {
    const record = this.#deps.recordOf?.(order.id) ?? null
    return record === null ? order : { ...order, warm: true, record }
  }

  #liveIds(): string[] {
    const nowMs = this.#deps.clock.monotonicMs()
    const live: string[] = []
    for (const worker of this.#workers.values()) if (nowMs - worker.lastBeatMs < WORKER_LIVE_MS) live.push(worker.id)
    return live
  }

  #candidates(): string[] {
    const live = this.#liveIds()
    if (this.#deps.clock.monotonicMs() - this.#startedMs >= SETTLING_MS) return live
    return [...new Set([...live, ...this.#deps.expectedWorkers])]
  }

  async #load(): Promise<void> {
    const rows = await readCameras(this.#deps.database)
    const alarmCameras = await readAlarmCameras(this.#deps.database)
    this.#loadedMs = this.#deps.clock.monotonicMs()
    this.#states.setCameras(rows)
    const orders = rows.flatMap((row) => this.#orderOf(row, alarmCameras) ?? [])
    if (JSON.stringify(orders) !== JSON.stringify(this.#orders)) this.#revision++
    this.#orders = orders
  }

  #orderOf(row: CameraRow, alarmCameras: ReadonlySet<string>): Order | null {
    if (!row.enabled || row.stream_address === null) return null
    const { id, body, stream_address: url } = row
    try {
      const credential = openCredential(this.#deps.box, row.credential_cipher)
      const username = credential?.username ?? null
      const password = credential?.password ?? null
      const warm = body.warm || alarmCameras.has(id)
      const { audio = false, source } = body
      const certificateSha256 = source.certificateSha256 ?? null
      const mainUrl = row.main_address
      return { id, name: body.name, url, mainUrl, username, password, warm, audio, certificateSha256, record: null }
    } catch (error) {
      this.#deps.log.warn('a camera is not served', { camera: id, reason: reasonOf(error) })
      return null
    }
  }
}

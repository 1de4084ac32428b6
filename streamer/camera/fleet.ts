import type { Clock } from '../../domain/clock.ts'
import { reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import type { CameraReport } from '../../domain/wire/streamers.ts'
import { SlabPool } from '../fmp4/slab.ts'
import { STALLED_MS } from '../health/judge-camera.ts'
import { ReadModeration } from '../read-moderation.ts'
import type { CameraOrder, CameraSurroundings } from './camera.ts'
import { Camera, WARM_RING_MS } from './camera.ts'
import { FleetMetrics } from './fleet-metrics.ts'
import { LoginLatch } from './login-latch.ts'
import { MemoryBudget } from './memory-budget.ts'
import { ConnectBudget } from './retry.ts'
import { Turns } from './turns.ts'

/** Deadlines are seconds; a tenth of one is fine enough, and 2,000 cameras cost about a millisecond a turn. */
const TICK_MS = 100

const MEMORY_LOOK_MS = 1_000

/** The core takes no longer ones. */
const REASON_MAX = 500

/** Of the larger stream of a camera; no id has a slash in it. */
const MAIN = '/main'

export function mainIdOf(cameraId: string): string {
  return cameraId + MAIN
}

/** Never warm and never recorded: it is there for who looks. */
function mainOf(order: CameraOrder, url: string): CameraOrder {
  return { ...order, id: mainIdOf(order.id), url, mainUrl: null, warm: false, record: null }
}

export interface FleetOptions {
  clock: Clock
  log: Log
  metrics: Metrics
  random?: () => number
  connectsPerSecond?: number
  /** How much a warm camera keeps. */
  warmRingMs?: number
  /** From how many cameras on the reads of those are moderated that nobody watches; default `MODERATED_MIN`. */
  moderatedMin?: number
  /** Where pushed streams are read back. */
  push?: CameraSurroundings['push']
  /** What the pictures of all cameras may take together; default: no bound but each camera's own. */
  memoryMaxBytes?: number
}

/** All cameras of this worker, on one timer. */
export class Fleet {
  readonly cameras = new Map<string, Camera>()
  readonly slabs = new SlabPool()
  readonly clock: Clock
  readonly moderation: ReadModeration
  readonly #log: Log
  readonly #around: CameraSurroundings
  readonly #metrics: FleetMetrics
  #timer: NodeJS.Timeout | null = null
  /** The same cameras, by number. */
  #list: Camera[] = []
  readonly #turns = new Turns()
  readonly #memory: MemoryBudget
  #memoryLookMs = -Infinity
  #rates = new Map<string, { bytes: number; atMs: number; bps: number }>()

  constructor(options: FleetOptions) {
    this.clock = options.clock
    this.#log = options.log
    this.#metrics = new FleetMetrics(options.metrics, this)
    this.#memory = new MemoryBudget(this.slabs, options.memoryMaxBytes ?? Infinity, options.log)
    this.moderation = new ReadModeration(options.clock, () => this.cameras.size, options.moderatedMin)
    this.#around = {
      clock: options.clock,
      log: options.log,
      slabs: this.slabs,
      budget: new ConnectBudget(options.connectsPerSecond),
      logins: new LoginLatch(),
      warmRingMs: options.warmRingMs ?? WARM_RING_MS,
      random: options.random ?? Math.random,
      moderation: this.moderation,
      ...(options.push ? { push: options.push } : {}),
      retire: (pipeline, session) => this.#metrics.retire(pipeline, session),
    }
  }

  start(): void {
    this.#timer ??= setInterval(() => this.tick(), TICK_MS)
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer)
    this.#timer = null
    for (const camera of this.cameras.values()) camera.stop()
    this.cameras.clear()
    this.#list = []
    this.moderation.stop()
  }

  /** A sweep counts what it visited; one camera's broken assertion ends that camera's session only. */
  tick(): number {
    const nowMs = this.clock.monotonicMs()
    this.#turns.sweep(this.#list, this.#around.budget, (camera) => {
      try {
        camera.tick(nowMs)
      } catch (error) {
        this.#metrics.brokenTicks.add()
        this.#log.error('a camera was stopped by an internal error', {
          cameraId: camera.order.id,
          error: reasonOf(error),
        })
        camera.broke(reasonOf(error))
      }
    })
    if (nowMs - this.#memoryLookMs >= MEMORY_LOOK_MS) {
      this.#memoryLookMs = nowMs
      this.#memory.keep(this.#list, nowMs)
    }
    return this.#list.length
  }

  /** The whole list that this worker shall serve; what is not in it is left. */
  assign(given: CameraOrder[]): void {
    const orders = given.flatMap((order) => (order.mainUrl ? [order, mainOf(order, order.mainUrl)] : order))
    const wanted = new Set(orders.map((order) => order.id))
    for (const [id, camera] of this.cameras) {
      if (wanted.has(id)) continue
      camera.stop()
      this.cameras.delete(id)
      this.#rates.delete(id)
    }
    for (const order of orders) {
      const known = this.cameras.get(order.id)
      if (known) known.change(order)
      else this.cameras.set(order.id, new Camera(order, this.#around))
    }
    this.#list = [...this.cameras.values()]
    this.#around.logins.keep(this.#list)
  }

  /** One row per camera, for the beat to the core. */
  status(): CameraReport[] {
    const nowMs = this.clock.monotonicMs()
    const own = [...this.cameras.values()].filter((camera) => !camera.order.id.endsWith(MAIN))
    return own.map((camera) => {
      const { state, reason } = camera.verdict(nowMs)
      const facts = camera.pipeline?.init?.facts ?? null
      return {
        id: camera.order.id,
        state,
        reason: reason?.slice(0, REASON_MAX) ?? null,
        codec: facts?.codec ?? null,
        widthPx: facts?.widthPx ?? null,
        heightPx: facts?.heightPx ?? null,
        bitrateBps: this.#bitrateBps(camera, nowMs),
      }
    })
  }

  /** From read to read, not from beat to beat: of a stream that is read once a second a beat may hold one read or three. */
  #bitrateBps(camera: Camera, nowMs: number): number {
    const bytes = camera.pipeline?.counts.bytes ?? 0
    const atMs = camera.pipeline?.lastPacketMs ?? 0
    const before = this.#rates.get(camera.order.id)
    const isGoing = before !== undefined && bytes > before.bytes && atMs > before.atMs
    if (before && !isGoing && bytes === before.bytes && nowMs - atMs < STALLED_MS) return before.bps
    const bps = isGoing ? Math.round(((bytes - before.bytes) * 8000) / (atMs - before.atMs)) : 0
    this.#rates.set(camera.order.id, { bytes, atMs, bps })
    return bps
  }
}

import type { Clock } from '../../domain/clock.ts'
import { reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics, Series } from '../../domain/metrics.ts'
import type { Fleet } from '../camera/fleet.ts'
import { CameraRecorder } from './camera-recorder.ts'
import type { RecordedRows } from './recorded-rows.ts'

/** Less than the two seconds that a killed worker may lose, with room for a slow turn. */
export const TURN_MS = 500
/** After a failed write: the ring still holds what comes meanwhile, and a full disk is not filled by trying. */
const DISK_AGAIN_MS = 2_000

export interface RecorderOptions {
  fleet: Fleet
  /** This worker's own. */
  folder: string
  clock: Clock
  log: Log
  metrics: Metrics
  rows: RecordedRows
}

/** Keeps on disk what the orders of this worker's cameras want kept. One timer, at most one write at a time for each camera. */
export class Recorder {
  readonly #options: RecorderOptions
  readonly #recorders = new Map<string, CameraRecorder>()
  /** What is being done for a camera: one thing at a time. */
  readonly #busy = new Map<string, Promise<void>>()
  readonly #failed
  readonly #bytes: Series
  readonly #bornAtMs: number
  #timer: NodeJS.Timeout | null = null
  #diskAgainMs = 0

  constructor(options: RecorderOptions) {
    this.#options = options
    this.#bornAtMs = options.clock.nowMs()
    const { metrics } = options
    this.#failed = metrics.counter(
      'vigil_record_failed_total',
      'writes of recordings that failed, by the error of the disk',
    )
    this.#bytes = metrics.counter('vigil_record_bytes_total', 'bytes of recorded segments').of()
    const running = metrics.gauge('vigil_record_cameras', 'cameras that are being recorded').of()
    metrics.onRead(() => running.set(this.#recorders.size))
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.turn(), TURN_MS)
  }

  /** What is open is ended and told; the rows are kept in the files until the core has them. */
  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer)
    this.#timer = null
    await Promise.all(this.#busy.values())
    await Promise.all([...this.#recorders.keys()].map((id) => this.#run(id, (recorder) => recorder.end())))
    this.#recorders.clear()
  }

  /** Public for tests. @returns how many cameras were looked at */
  async turn(): Promise<number> {
    const { fleet, clock } = this.#options
    for (const camera of fleet.cameras.values()) {
      const span = camera.order.record
      if (!span) continue
      const known = this.#recorders.get(camera.order.id)
      if (known) known.wants(span)
      else this.#recorders.set(camera.order.id, this.#recorderOf(camera.order.id, span))
    }
    if (clock.monotonicMs() < this.#diskAgainMs) return 0
    const ids = [...this.#recorders.keys()]
    await Promise.all(ids.map((id) => this.#run(id, (recorder) => this.#step(id, recorder))))
    return ids.length
  }

  async #step(id: string, recorder: CameraRecorder): Promise<void> {
    const camera = this.#options.fleet.cameras.get(id)
    // Another worker has it now, or nobody wants it kept any more; when it came back it is another object with a ring of its own.
    if (camera !== recorder.camera) {
      await recorder.end()
      this.#recorders.delete(id)
    } else if (recorder.isOver) {
      if (!camera.order.record) this.#recorders.delete(id)
    } else await recorder.take()
  }

  #recorderOf(id: string, span: { fromMs: number; untilMs: number }): CameraRecorder {
    const { fleet, folder, clock, rows } = this.#options
    return new CameraRecorder(
      {
        camera: fleet.cameras.get(id)!,
        folder,
        clock,
        bornAtMs: this.#bornAtMs,
        onSegment: (segment) => {
          this.#bytes.add(segment.bytes)
          rows.addSegment(segment)
        },
        onGap: (gap) => rows.addGap(gap),
        onFileClosed: (file) => rows.closed(file),
      },
      span,
    )
  }

  /** Never rejects. Does nothing while the last step of this camera still runs: a slow disk is not asked twice. */
  #run(id: string, work: (recorder: CameraRecorder) => Promise<void>): Promise<void> {
    const recorder = this.#recorders.get(id)
    if (!recorder || this.#busy.has(id)) return Promise.resolve()
    const done = this.#tried(id, recorder, work).finally(() => this.#busy.delete(id))
    this.#busy.set(id, done)
    return done
  }

  /** A full disk ends no live picture: it is counted, told to the core, and tried again. */
  async #tried(id: string, recorder: CameraRecorder, work: (recorder: CameraRecorder) => Promise<void>): Promise<void> {
    const { rows, clock, log } = this.#options
    try {
      await work(recorder)
      rows.diskFault = null
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
      this.#failed.of({ code }).add()
      this.#diskAgainMs = clock.monotonicMs() + DISK_AGAIN_MS
      if (rows.diskFault === null) log.error('recording fails', { cameraId: id, code, error: reasonOf(error) })
      rows.diskFault = `${code}: ${reasonOf(error)}`.slice(0, 200)
      const isFull = code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG'
      recorder.lacks(isFull ? 'disk-full' : 'disk-slow', code)
      await recorder.abandon().catch((again: unknown) => {
        log.warn('a recording was left open', { cameraId: id, error: reasonOf(again) })
      })
    }
  }
}

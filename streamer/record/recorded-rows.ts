import { mkdir, readdir, rename, truncate, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics, Series } from '../../domain/metrics.ts'
import type { Recorded, RecordedGap, RecordedSegment, WholeFile } from '../../domain/wire/streamers.ts'
import { RECORDED_ROWS_MAX } from '../../domain/wire/streamers.ts'
import type { RecordedFile } from './camera-recorder.ts'
import { closedName } from './camera-recorder.ts'
import { scanRecording } from './recording-file.ts'

/** Ten cameras for half an hour without the core, about 10 MB. Beyond it rows are dropped: they are read again from the files. */
const ROWS_MAX = 20_000
const OPEN_SUFFIX = '.open.mp4'

/**
 * What the core must still be told of the recordings. Rows stand here until it has committed them; a file keeps its `.open` name until
 * all its rows are, so that a new start finds those whose rows may be missing, and reads them from the file itself.
 */
export class RecordedRows {
  diskFault: string | null = null
  #segments: RecordedSegment[] = []
  #gaps: RecordedGap[] = []
  /** Of files that were read again: how much of them there is. */
  #whole: WholeFile[] = []
  /** Files without a whole segment, taken off the disk when the core knows. */
  readonly #empty = new Set<string>()
  /** Closed files, by id, whose rows the core may not have yet. */
  readonly #closed = new Map<string, string>()
  /** Rows of these were dropped, they must be read again. */
  readonly #forgotten = new Set<string>()
  readonly #log: Log
  readonly #dropped: Series
  readonly #rebuilt: Series

  constructor(options: { log: Log; metrics: Metrics }) {
    this.#log = options.log
    const { metrics } = options
    this.#dropped = metrics
      .counter('vigil_record_rows_dropped_total', 'rows dropped from memory, read again from files')
      .of()
    this.#rebuilt = metrics.counter('vigil_record_rows_rebuilt_total', 'rows read from files').of()
    const waiting = metrics.gauge('vigil_record_rows_waiting', 'rows that the core has not accepted yet').of()
    metrics.onRead(() => waiting.set(this.#segments.length + this.#gaps.length))
  }

  get isEmpty(): boolean {
    return this.#segments.length + this.#gaps.length + this.#whole.length === 0 && this.#closed.size === 0
  }

  addSegment(segment: RecordedSegment): void {
    this.#segments.push(segment)
    if (this.#segments.length <= ROWS_MAX) return
    const oldest = this.#segments.shift()!
    this.#forgotten.add(oldest.fileId)
    this.#dropped.add()
  }

  addGap(gap: RecordedGap): void {
    this.#gaps.push(gap)
    if (this.#gaps.length <= ROWS_MAX) return
    // The core finds the hole by itself; only the reason is lost.
    this.#gaps.shift()
    this.#dropped.add()
  }

  closed(file: RecordedFile): void {
    this.#closed.set(file.id, file.path)
  }

  /** The oldest rows, as one report. What is whole of a file is told no later than its segments: it takes rows away. */
  next(): Recorded {
    const later = new Set(this.#whole.slice(RECORDED_ROWS_MAX).map((file) => file.fileId))
    return {
      whole: this.#whole.slice(0, RECORDED_ROWS_MAX),
      segments: this.#segments.slice(0, RECORDED_ROWS_MAX).filter((segment) => !later.has(segment.fileId)),
      gaps: this.#gaps.slice(0, RECORDED_ROWS_MAX),
      diskFault: this.diskFault,
    }
  }

  /** The core has committed them. Closed files that are all told get their final name. */
  async accepted(told: Recorded): Promise<void> {
    const segments = new Set(told.segments)
    const gaps = new Set(told.gaps)
    const whole = new Set(told.whole)
    this.#segments = this.#segments.filter((segment) => !segments.has(segment))
    this.#gaps = this.#gaps.filter((gap) => !gaps.has(gap))
    this.#whole = this.#whole.filter((file) => !whole.has(file))
    const untold = new Set([...this.#segments, ...this.#whole].map((row) => row.fileId))
    // One that is read again is closed again, with rows that are not told yet: it is for a later report.
    const all = Array.from(this.#closed).filter(([id]) => !untold.has(id))
    for (const [id, path] of all) {
      this.#closed.delete(id)
      if (this.#forgotten.delete(id)) await this.#readAgain(id, path)
      else await this.#settle(id, path)
    }
  }

  /**
   * At the start: files of an earlier run that the core may not know whole. Torn ends are cut off.
   * @returns how many files were read
   */
  async rebuild(folder: string): Promise<number> {
    await mkdir(folder, { recursive: true })
    const names = (await readdir(folder)).filter((name) => name.endsWith(OPEN_SUFFIX)).sort()
    for (const name of names) await this.#readAgain(name.slice(0, -OPEN_SUFFIX.length), join(folder, name))
    return names.length
  }

  async #readAgain(id: string, path: string): Promise<void> {
    try {
      const found = await scanRecording(path)
      const { initBytes, segments, wholeBytes } = found ?? { initBytes: 0, segments: [], wholeBytes: 0 }
      if (segments.length > 0) await truncate(path, wholeBytes)
      else this.#empty.add(id)
      this.#whole.push({ fileId: id, bytes: segments.length > 0 ? wholeBytes : 0 })
      this.#closed.set(id, path)
      for (const { cameraId, offset, bytes, startedAtMs, durationTicks, isDiscontinuous } of segments) {
        const row = { fileId: id, cameraId, initBytes, offset, bytes, startedAtMs, durationTicks, isDiscontinuous }
        if (durationTicks > 0) this.#segments.push(row)
        this.#rebuilt.add()
      }
    } catch (error) {
      this.#log.error('a recording could not be read again', { file: id, error: reasonOf(error) })
    }
  }

  async #settle(id: string, path: string): Promise<void> {
    try {
      if (this.#empty.delete(id)) await unlink(path)
      else await rename(path, join(dirname(path), closedName(id)))
    } catch (error) {
      // Deleted by the core meanwhile, or a disk in trouble: it is read again at the next start, nothing else depends on the name.
      this.#log.warn('a recording could not be renamed', { file: id, error: reasonOf(error) })
    }
  }
}

import { type FileHandle, open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../../domain/clock.ts'
import { Fault, reasonOf } from '../../../domain/fault.ts'
import type { Log } from '../../../domain/log.ts'
import type { Metrics } from '../../../domain/metrics.ts'
import { encodeRecord, type NewRecord } from './format.ts'
import { lastRecordNumber } from './last-record.ts'
import {
  type Begun,
  encodeHeader,
  ensureJournal,
  HEADER_BYTES,
  listSegments,
  newSalt,
  SEGMENT_BYTES_MAX,
  segmentFile,
  syncFolder,
} from './segments.ts'

export interface JournalWriterOptions {
  /** Folder of all journals (VIGIL_JOURNAL_DIR). */
  root: string
  /** Who writes, e.g. `intake-1`. */
  program: string
  log: Log
  metrics: Metrics
  clock: Clock
  segmentBytesMax?: number
  /** For fault tests: opens the file that the segment is written to. */
  openFile?: (path: string) => Promise<SegmentFile>
}

/** What the writer needs of a file. */
export type SegmentFile = Pick<FileHandle, 'write' | 'datasync' | 'close'>

/** 400-byte syncs one by one: 168/s; 128 at a time: 15,000/s. Beyond 256 the gain is gone and the first one waits for the last. */
const BATCH_MAX = 256
/** 10 s of a storm at 2,000 a second; after that the devices are told by a closed socket, and repeat. */
const WAITING_MAX = 20_000
/**
 * After a power cut a reader may have seen one batch that the disk then forgot. New numbers start beyond it, or the reader would
 * take new signals for old ones.
 */
const NUMBERS_SKIPPED = 1_000

interface Waiting {
  record: NewRecord
  resolve: () => void
  reject: (error: unknown) => void
}

interface Segment {
  number: number
  salt: number
  file: SegmentFile
  size: number
}

/**
 * The journal: what `append` has resolved is on the disk and stays there through kill -9 and power loss. Appends gather while one
 * `fdatasync` runs, so that a storm costs hardly more syncs than a single press.
 */
export class JournalWriter {
  readonly journal: string
  readonly folder: string
  readonly #options: JournalWriterOptions
  readonly #openFile: (path: string) => Promise<SegmentFile>
  readonly #appended
  readonly #failures
  readonly #syncSeconds
  #waiting: Waiting[] = []
  #segment: Segment | null = null
  #nextSegment: number
  #nextNumber: number
  #running: Promise<void> | null = null
  #begun: Begun = 'start'

  private constructor(options: JournalWriterOptions, at: { journal: string; folder: string }, next: [number, number]) {
    this.#options = options
    this.journal = at.journal
    this.folder = at.folder
    this.#nextSegment = next[0]
    this.#nextNumber = next[1]
    this.#openFile = options.openFile ?? ((path) => open(path, 'wx', 0o600))
    const { metrics } = options
    this.#appended = metrics.counter('vigil_journal_records_total', 'Signals made durable in the journal').of()
    this.#failures = metrics.counter('vigil_journal_failures_total', 'Failed writes of the journal')
    this.#syncSeconds = metrics.histogram('vigil_journal_commit_seconds', 'Write and sync of one batch')
    const waiting = metrics.gauge('vigil_journal_waiting', 'Signals that wait for the disk').of()
    metrics.onRead(() => waiting.set(this.#waiting.length))
  }

  /** Never goes on in an old segment: its end may be torn. */
  static async open(options: JournalWriterOptions): Promise<JournalWriter> {
    const at = await ensureJournal(options.root, options.program)
    const segments = await listSegments(at.folder)
    const last = await lastRecordNumber(at.folder, segments)
    const writer = new JournalWriter(options, at, [(segments.at(-1)?.segment ?? 0) + 1, last + NUMBERS_SKIPPED])
    await writer.#begin()
    return writer
  }

  /** Resolves when the record is durable. @throws when the disk refuses (full, broken): then nothing may be acknowledged */
  append(record: NewRecord): Promise<void> {
    if (this.#waiting.length >= WAITING_MAX) {
      this.#failures.of({ why: 'queue-full' }).add()
      return Promise.reject(new Fault('too-many-requests', `${WAITING_MAX} signals already wait for the disk`))
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ record, resolve, reject })
      this.#running ??= this.#drain()
    })
  }

  /** After the last append has been answered. */
  async close(): Promise<void> {
    await this.#running
    await this.#segment?.file.close()
    this.#segment = null
  }

  async #drain(): Promise<void> {
    // All that came in this turn of the event loop go together.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH_MAX)
      const startedMs = this.#options.clock.monotonicMs()
      try {
        await this.#commit(batch)
        this.#syncSeconds.observe((this.#options.clock.monotonicMs() - startedMs) / 1000)
        this.#appended.add(batch.length)
        for (const one of batch) one.resolve()
      } catch (error) {
        for (const one of batch) one.reject(error)
      }
    }
    this.#running = null
  }

  /** A write or a sync that failed says nothing about what is on the disk: that file is left for good, the batch goes into a new one. */
  async #commit(batch: readonly Waiting[]): Promise<void> {
    const first = this.#nextNumber
    this.#nextNumber += batch.length
    try {
      await this.#write(batch, first)
    } catch (error) {
      await this.#abandon(error)
      try {
        await this.#write(batch, first)
      } catch (again) {
        await this.#abandon(again)
        throw new Fault('internal', `the journal cannot be written: ${reasonOf(again)}`, { code: codeOf(again) }, again)
      }
    }
  }

  async #write(batch: readonly Waiting[], first: number): Promise<void> {
    const segment = this.#segment ?? (await this.#begin(first))
    const bytes = Buffer.concat(batch.map(({ record }, i) => encodeRecord(record, first + i, segment.salt)))
    await writeAll(segment.file, bytes, segment.size)
    await segment.file.datasync()
    segment.size += bytes.length
    if (segment.size >= (this.#options.segmentBytesMax ?? SEGMENT_BYTES_MAX)) {
      this.#segment = null
      this.#begun = 'full'
      await this.#closeFile(segment.file)
    }
  }

  async #begin(first = this.#nextNumber): Promise<Segment> {
    const number = this.#nextSegment++
    const salt = newSalt()
    const path = join(this.folder, segmentFile(number, salt))
    const file = await this.#openFile(path)
    const segment = { number, salt, file, size: HEADER_BYTES }
    try {
      await writeAll(file, encodeHeader(number, first, this.#begun), 0)
      await file.datasync()
      await syncFolder(this.folder)
    } catch (error) {
      // On a full disk each try would else leave one more empty file.
      await this.#closeFile(file)
      await unlink(path).catch((left: unknown) => this.#note('unlink', left))
      throw error
    }
    this.#segment = segment
    return segment
  }

  async #abandon(error: unknown): Promise<void> {
    this.#note('write', error)
    const segment = this.#segment
    this.#segment = null
    this.#begun = 'failure'
    if (segment) await this.#closeFile(segment.file)
  }

  /** A file that cannot even be closed is not used again; that is all that can be done. */
  async #closeFile(file: SegmentFile): Promise<void> {
    try {
      await file.close()
    } catch (error) {
      this.#note('close', error)
    }
  }

  #note(why: string, error: unknown): void {
    this.#failures.of({ why, code: codeOf(error) }).add()
    this.#options.log.error('the journal failed', { why, reason: reasonOf(error) })
  }
}

function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? code : 'unknown'
}

async function writeAll(file: SegmentFile, bytes: Buffer, position: number): Promise<void> {
  let done = 0
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done)
    if (bytesWritten === 0) throw Object.assign(new Error('the disk took no bytes'), { code: 'ENOSPC' })
    done += bytesWritten
  }
}

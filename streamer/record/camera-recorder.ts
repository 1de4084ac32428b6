import type { FileHandle } from 'node:fs/promises'
import { mkdir, open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../domain/clock.ts'
import { newId } from '../../domain/ids.ts'
import type { GapReason } from '../../domain/recording.ts'
import { HOLE_MIN_MS } from '../../domain/recording.ts'
import type { RecordedGap, RecordedSegment } from '../../domain/wire/streamers.ts'
import type { Camera } from '../camera/camera.ts'
import type { InitSection } from '../fmp4/init-section.ts'
import type { Segment } from '../hls/ring.ts'
import { markBox } from './recording-file.ts'

/** A file is the unit that is deleted: a minute is little to lose and few files. */
export const FILE_SPAN_MS = 60_000
/** The bytes are in the system's cache at once (kill -9 loses none of them); after a loss of power so much may be missing. */
const SYNC_EVERY_MS = 2_000
/** The last segment that was wanted is whole a GOP after the wanted time; who has none by then sends none. */
export const SETTLE_MS = 3_000

export interface RecordSpan {
  fromMs: number
  untilMs: number
}

export interface RecordedFile {
  id: string
  path: string
}

export interface CameraRecorderOptions {
  camera: Camera
  folder: string
  clock: Clock
  /** Wall clock at which this program began: what was before it, it cannot have. */
  bornAtMs: number
  onSegment: (segment: RecordedSegment) => void
  onGap: (gap: RecordedGap) => void
  /** No more is written to it. */
  onFileClosed: (file: RecordedFile) => void
}

interface Lack {
  reason: GapReason
  detail: string | null
}

interface OpenFile extends RecordedFile {
  init: InitSection
  handle: FileHandle
  beganMs: number
  bytes: number
  syncedMs: number
}

interface OpenSegment {
  segment: Segment
  /** Parts that are in the file. */
  written: number
  offset: number
  bytes: number
  ticks: number
  isDiscontinuous: boolean
}

/**
 * Keeps one camera: what the ring holds of the wanted time goes to disk, part by part, as the very bytes that viewers got. There is no
 * queue: the ring is one. A disk that is slower than the ring is long loses the oldest, which becomes a gap with its reason.
 */
export class CameraRecorder {
  readonly #options: CameraRecorderOptions
  #span: RecordSpan
  #file: OpenFile | null = null
  #open: OpenSegment | null = null
  #lastMsn = -1
  /** Up to here the wanted time is either kept or told as a gap. */
  #coveredMs: number
  #lack: Lack | null = null
  #isOver = false
  /** Nothing of the wanted time has come yet. */
  #isFresh = true

  constructor(options: CameraRecorderOptions, span: RecordSpan) {
    this.#options = options
    this.#span = span
    this.#coveredMs = span.fromMs
  }

  get camera(): Camera {
    return this.#options.camera
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** A press again: longer, or a new time. What is kept already is not kept twice. */
  wants(span: RecordSpan): void {
    if (span.untilMs > this.#span.untilMs) this.#isOver = false
    if (this.#isOver) return
    if (span.fromMs > this.#coveredMs) {
      this.#coveredMs = span.fromMs
      this.#isFresh = true
    }
    this.#span = span
  }

  /**
   * Writes what is new. Never two at a time for one camera. Only what is being written is held: what leaves the ring before its turn
   * (the camera moved, the disk was slow) is a gap.
   * @throws what `fs` throws; then `lacks` and `abandon` are called, and the next turn begins a new file
   */
  async take(): Promise<void> {
    if (this.#isOver) return
    this.#lookWhy()
    const { ring } = this.#options.camera.stream
    for (const segment of [...ring.kept.values(), ...ring.segments].sort((a, b) => a.msn - b.msn)) {
      if (!this.#isWanted(segment)) continue
      if (this.#open && this.#open.segment !== segment) this.#endSegment()
      await this.#write(segment)
    }
    if (this.#open && this.#open.written === this.#open.segment.parts.length && this.#isOpenOver()) this.#endSegment()
    const nowMs = this.#options.clock.nowMs()
    if (this.#file && nowMs - this.#file.syncedMs >= SYNC_EVERY_MS) {
      await this.#file.handle.datasync()
      this.#file.syncedMs = nowMs
    }
    if (!this.#open && nowMs >= this.#span.untilMs + SETTLE_MS) await this.end()
  }

  /** Nothing more is wanted, or the camera is another's: what there is stays, what is missing is told. */
  async end(): Promise<void> {
    this.#endSegment()
    this.#tellGap(Math.min(this.#span.untilMs, this.#options.clock.nowMs()))
    this.#isOver = true
    await this.#closeFile()
  }

  /** Why the next hole is one. */
  lacks(reason: GapReason, detail: string | null): void {
    this.#lack = { reason, detail }
  }

  /** After a failed write: what was whole stays, the file is left. The segments that are still in memory are tried again. */
  async abandon(): Promise<void> {
    const { segment, written } = this.#open ?? {}
    this.#tellSegment()
    this.#open = null
    // The rest of a segment without its beginning cannot be decoded.
    if (segment && written === 0) this.#lastMsn = segment.msn - 1
    await this.#leaveFile()
  }

  /** Not written yet, and a decoder can begin with it or goes on to it from the one before. */
  #isWanted(segment: Segment): boolean {
    if (segment === this.#open?.segment) return true
    const { fromMs, untilMs } = this.#span
    if (segment.msn <= this.#lastMsn || segment.parts.length === 0 || segment.startedAtMs >= untilMs) return false
    const isBefore = segment.startedAtMs + segment.durationTicks / 90 <= fromMs
    return !isBefore && (this.#lastMsn === segment.msn - 1 || segment.parts[0]!.isIndependent)
  }

  /** Whether its memory is still its own; asked right before it is held, after every wait. */
  #isInRing(segment: Segment): boolean {
    const { ring } = this.#options.camera.stream
    return ring.segments.includes(segment) || ring.kept.has(segment.name)
  }

  #isOpenOver(): boolean {
    const { segment } = this.#open!
    return segment.isComplete || !this.#isInRing(segment)
  }

  async #write(segment: Segment): Promise<void> {
    if (!this.#open) await this.#readyFile(segment)
    if (!this.#isInRing(segment)) return
    if (!this.#open) this.#beginSegment(segment)
    const open = this.#open!
    const file = this.#file!
    const parts = segment.parts.slice(open.written)
    if (parts.length === 0) return
    const isFirst = open.written === 0
    const { cameraId, startedAtMs, isDiscontinuous } = this.#markOf(open)
    const mark = isFirst ? markBox({ cameraId, startedAtMs, isDiscontinuous }) : null
    for (const part of parts) part.slab.hold()
    let wanted = 0
    try {
      const pieces = [...(mark ? [mark] : []), ...parts.map((part) => part.bytes)]
      wanted = pieces.reduce((sum, piece) => sum + piece.length, 0)
      const { bytesWritten } = await file.handle.writev(pieces, file.bytes)
      if (bytesWritten < wanted) throw Object.assign(new Error('the disk took only a part'), { code: 'ENOSPC' })
    } finally {
      for (const part of parts) part.slab.release()
    }
    if (mark) open.offset = file.bytes + mark.length
    file.bytes += wanted
    open.bytes += wanted - (mark?.length ?? 0)
    open.written += parts.length
    for (const part of parts) open.ticks += part.durationTicks
  }

  #markOf({ segment, isDiscontinuous }: OpenSegment) {
    return { cameraId: this.#options.camera.order.id, startedAtMs: segment.startedAtMs, isDiscontinuous }
  }

  async #readyFile(segment: Segment): Promise<void> {
    const file = this.#file
    if (file && (file.init !== segment.init || segment.startedAtMs - file.beganMs >= FILE_SPAN_MS))
      await this.#closeFile()
    this.#file ??= await this.#openFile(segment)
  }

  #beginSegment(segment: Segment): void {
    const isNext = segment.msn === this.#lastMsn + 1
    this.#tellGap(segment.startedAtMs, !this.#isFresh && !isNext)
    this.#isFresh = false
    const isDiscontinuous = segment.isDiscontinuous || !isNext
    this.#open = { segment, written: 0, offset: 0, bytes: 0, ticks: 0, isDiscontinuous }
    this.#lastMsn = segment.msn
    if (this.#options.clock.nowMs() - segment.startedAtMs < HOLE_MIN_MS) this.#lack = null
  }

  async #openFile(segment: Segment): Promise<OpenFile> {
    const { folder, clock } = this.#options
    await mkdir(folder, { recursive: true })
    // Never the camera's name or id: what somebody typed names no file.
    const id = newId(clock.nowMs())
    const path = join(folder, openName(id))
    const handle = await open(path, 'wx')
    try {
      await handle.write(segment.init.bytes, 0, segment.init.bytes.length, 0)
    } catch (error) {
      await handle.close()
      await unlink(path)
      throw error
    }
    const { init, startedAtMs: beganMs } = segment
    return { id, path, init, handle, beganMs, bytes: init.bytes.length, syncedMs: clock.nowMs() }
  }

  #endSegment(): void {
    this.#tellSegment()
    this.#open = null
  }

  #tellSegment(): void {
    const open = this.#open
    if (!open || open.written === 0) return
    const { cameraId, startedAtMs, isDiscontinuous } = this.#markOf(open)
    this.#coveredMs = Math.max(this.#coveredMs, startedAtMs + open.ticks / 90)
    this.#options.onSegment({
      fileId: this.#file!.id,
      cameraId,
      initBytes: this.#file!.init.bytes.length,
      offset: open.offset,
      bytes: open.bytes,
      startedAtMs,
      durationTicks: Math.round(open.ticks),
      isDiscontinuous,
    })
  }

  async #closeFile(): Promise<void> {
    try {
      await this.#file?.handle.datasync()
    } finally {
      await this.#leaveFile()
    }
  }

  /** Without a segment it is nothing that anybody would look for. */
  async #leaveFile(): Promise<void> {
    const file = this.#file
    this.#file = null
    if (!file) return
    await file.handle.close()
    if (file.bytes > file.init.bytes.length) this.#options.onFileClosed(file)
    else await unlink(file.path)
  }

  /** The camera's own words while it shows nothing. */
  #lookWhy(): void {
    const { camera, clock } = this.#options
    const { state, reason } = camera.verdict(clock.monotonicMs())
    // A picture that stands still is kept as well as one that moves.
    if (state === 'online' || state === 'frozen') return
    if (state === 'connecting' || state === 'idle') this.#lack ??= this.#beforeTheFirst()
    else this.#lack = { reason: 'no-picture', detail: reason ?? state }
  }

  /** What was before this program, and before the camera was connected, cannot be had. */
  #beforeTheFirst(): Lack {
    if (!this.#isFresh) return { reason: 'no-picture', detail: null }
    return { reason: this.#coveredMs < this.#options.bornAtMs ? 'streamer-restarted' : 'not-connected', detail: null }
  }

  #tellGap(toMs: number, isLost = false): void {
    const { reason, detail } = this.#lack ?? (isLost ? { reason: 'disk-slow', detail: null } : this.#beforeTheFirst())
    if (toMs - this.#coveredMs <= HOLE_MIN_MS) return
    const cameraId = this.#options.camera.order.id
    this.#options.onGap({ cameraId, fromMs: this.#coveredMs, toMs, reason, detail: detail?.slice(0, 500) ?? null })
    this.#coveredMs = toMs
    this.#lack = null
  }
}

/** While it grows; afterwards, once the core has its rows, without `.open`. */
export function openName(id: string): string {
  return `${id}.open.mp4`
}
export function closedName(id: string): string {
  return `${id}.mp4`
}

import { watch } from 'node:fs'
import { type FileHandle, mkdir, open, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { reasonOf } from '../../../domain/fault.ts'
import type { Log } from '../../../domain/log.ts'
import { decodeRecord, findRecord, type JournalRecord, RECORD_BYTES_MAX } from './format.ts'
import { decodeHeader, HEADER_BYTES, listSegments, type SegmentName } from './segments.ts'

/** How far a reader is: everything before `byteOffset` of `segment` has had its effect. */
export interface JournalCursor {
  segment: number
  byteOffset: number
  /** Number of the last record that had its effect, 0 at first. */
  record: number
}

export const JOURNAL_START: JournalCursor = { segment: 0, byteOffset: 0, record: 0 }

/** Bytes that cannot be read but stand before others that can; a copy of them is kept in `quarantine/`. */
export interface JournalDamage {
  segment: number
  byteOffset: number
  bytes: number
  /** How many records are missing, as far as the numbers tell; 0 when they do not. */
  recordsMissing: number
}

export interface JournalPage {
  records: JournalRecord[]
  /** Where to go on; store it in the transaction that makes the records take effect. */
  next: JournalCursor
  damage: JournalDamage[]
}

/** One read; about 5,000 presses. */
const READ_BYTES = 1024 * 1024
/** fs.watch is silent on some file systems; then this is the delay. */
const POLL_MS = 250
/** Kept behind the cursor, so that an operator can look at what just came. */
const SEGMENTS_KEPT = 2

/** Reads one journal while it is being written. Holds no state between calls but open watches. */
export class JournalReader {
  readonly journal: string
  readonly #folder: string
  readonly #log: Log

  /** @param folder of the journal, `{root}/{journal}` */
  constructor(options: { folder: string; journal: string; log: Log }) {
    this.journal = options.journal
    this.#folder = options.folder
    this.#log = options.log
  }

  /**
   * The next records after `cursor`, at most `max`; none when there is nothing new. A torn end is not damage: it is waited
   * for in the newest segment and ignored in older ones. A record that a failed write put into two segments comes once.
   */
  async readFrom(cursor: JournalCursor, max: number): Promise<JournalPage> {
    const page: JournalPage = { records: [], next: { ...cursor }, damage: [] }
    for (;;) {
      // Listed before reading: when a newer segment is in this list, nothing will be added to the older one any more.
      const segments = await listSegments(this.#folder)
      const at = segments.findIndex((one) => one.segment >= page.next.segment)
      const current = segments[at]
      if (!current) return page
      if (current.segment !== page.next.segment) {
        page.next = { segment: current.segment, byteOffset: 0, record: page.next.record }
      }
      const isNewest = at === segments.length - 1
      const atEnd = await this.#readSegment(current, page, max, isNewest)
      if (!atEnd || isNewest || page.records.length >= max) return page
      page.next = { segment: segments[at + 1]!.segment, byteOffset: 0, record: page.next.record }
    }
  }

  /** @returns true when nothing is left in the segment for now */
  async #readSegment(name: SegmentName, page: JournalPage, max: number, isNewest: boolean): Promise<boolean> {
    const handle = await open(join(this.#folder, name.file), 'r')
    try {
      if (page.next.byteOffset < HEADER_BYTES) {
        const header = await readAt(handle, 0, HEADER_BYTES)
        if (header.length < HEADER_BYTES && isNewest) return true
        noteGap(page, header)
        page.next.byteOffset = HEADER_BYTES
      }
      for (;;) {
        const bytes = await readAt(handle, page.next.byteOffset, READ_BYTES)
        const taken = await this.#take(bytes, name, page, max)
        if (page.records.length >= max) return false
        if (bytes.length < READ_BYTES) return true
        // A full read that yields nothing can only be a damaged stretch longer than the read.
        if (taken === 0) {
          const skip = READ_BYTES - RECORD_BYTES_MAX
          await this.#quarantine(page, name, bytes.subarray(0, skip))
        }
      }
    } finally {
      await handle.close()
    }
  }

  /** Takes records from the front of `bytes`. @returns how many bytes were used */
  async #take(bytes: Buffer, name: SegmentName, page: JournalPage, max: number): Promise<number> {
    let at = 0
    let afterDamage: JournalDamage | undefined
    while (at < bytes.length && page.records.length < max) {
      const decoded = decodeRecord(bytes, at, name.salt)
      if (decoded.state === 'record') {
        at += decoded.bytes
        page.next.byteOffset += decoded.bytes
        if (decoded.record.number <= page.next.record) continue
        if (afterDamage && page.next.record > 0) {
          afterDamage.recordsMissing = decoded.record.number - page.next.record - 1
        }
        afterDamage = undefined
        page.next.record = decoded.record.number
        page.records.push(decoded.record)
        continue
      }
      // A length that damage made too long looks like a short end: it is one only when no good record follows.
      const good = findRecord(bytes, at + 1, name.salt)
      if (good < 0) break
      await this.#quarantine(page, name, bytes.subarray(at, good))
      afterDamage = page.damage.at(-1)
      at = good
    }
    return at
  }

  async #quarantine(page: JournalPage, name: SegmentName, bytes: Buffer): Promise<void> {
    const { byteOffset } = page.next
    page.damage.push({ segment: name.segment, byteOffset, bytes: bytes.length, recordsMissing: 0 })
    page.next.byteOffset += bytes.length
    try {
      const folder = join(this.#folder, 'quarantine')
      await mkdir(folder, { recursive: true })
      await writeFile(join(folder, `${name.segment}-${byteOffset}.bytes`), bytes)
    } catch (error) {
      this.#log.error('damaged bytes of the journal could not be kept', { reason: reasonOf(error) })
    }
  }

  /** Calls back soon after something was appended, at once the first time; it may call without need. @returns the end of it */
  watch(onMore: () => void): () => void {
    let seen = ''
    let busy = false
    const poll = async () => {
      if (busy) return
      busy = true
      try {
        const now = await this.#newest()
        if (now !== seen) onMore()
        seen = now
      } catch (error) {
        this.#log.warn('the journal cannot be looked at', { reason: reasonOf(error) })
      }
      busy = false
    }
    const watcher = watch(this.#folder, { persistent: false }, () => onMore())
    watcher.on('error', (error) =>
      this.#log.warn('the journal is polled, watching failed', { reason: reasonOf(error) }),
    )
    const timer = setInterval(() => void poll(), POLL_MS)
    timer.unref()
    void poll()
    return () => {
      watcher.close()
      clearInterval(timer)
    }
  }

  async #newest(): Promise<string> {
    const last = (await listSegments(this.#folder)).at(-1)
    if (!last) return 'none'
    const handle = await open(join(this.#folder, last.file), 'r')
    try {
      return `${last.segment}:${(await handle.stat()).size}`
    } finally {
      await handle.close()
    }
  }

  /** Removes segments that lie wholly before the cursor; the newest two always stay. @returns how many were removed */
  async retire(cursor: JournalCursor): Promise<number> {
    const segments = await listSegments(this.#folder)
    const old = segments.slice(0, -SEGMENTS_KEPT).filter((one) => one.segment < cursor.segment)
    for (const { file } of old) await unlink(join(this.#folder, file))
    return old.length
  }
}

/** A segment that was begun because the one before was full must go on with its numbers. */
function noteGap(page: JournalPage, bytes: Buffer): void {
  const header = decodeHeader(bytes)
  if (!header || header.begun !== 'full' || page.next.record === 0) return
  const missing = header.firstRecord - 1 - page.next.record
  if (missing <= 0) return
  page.damage.push({ segment: page.next.segment, byteOffset: 0, bytes: 0, recordsMissing: missing })
}

async function readAt(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length)
  let got = 0
  while (got < length) {
    const { bytesRead } = await handle.read(bytes, got, length - got, offset + got)
    if (bytesRead === 0) break
    got += bytesRead
  }
  return bytes.subarray(0, got)
}

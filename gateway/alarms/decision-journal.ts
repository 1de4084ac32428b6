import { reasonOf } from '../../domain/fault.ts'
import { z } from '../../domain/z.ts'
import { topicOf } from '../../domain/wire/mqtt.ts'
import { deviceKindSchema } from '../../domain/device.ts'
import type { JournalRecord } from '../intake/journal/format.ts'
import { JournalReader, JOURNAL_START, type JournalCursor } from '../intake/journal/reader.ts'
import { JournalWriter, type JournalWriterOptions } from '../intake/journal/writer.ts'
import type { Database } from '../store/database.ts'
import type { Decision } from './apply-decision.ts'
import { lockCursor, moveCursor, readCursor } from './journal-cursor.ts'

const PROGRAM = 'core-decisions'
const PAGE = 256

const decisionSchema: z.ZodType<Decision> = z.object({
  id: z.string(),
  alarmId: z.string(),
  deviceId: z.string(),
  deviceKind: deviceKindSchema,
  actor: z.string(),
  at: z.string(),
  seen: z.number().int(),
  do: z.enum(['take-over', 'radio-order']).optional(),
  reason: z.string().optional(),
  sessionId: z.string().nullable().optional(),
  patrolId: z.string().optional(),
})

type JournalDeps = Omit<JournalWriterOptions, 'program'> & { database: Database }

/** The core's own journal of officers' answers: the same files, checksums and `fdatasync` as the intake's, in a folder of its own. */
export class DecisionJournal {
  readonly #deps: JournalDeps
  #writer: JournalWriter | null = null
  #reader: JournalReader | null = null
  #cursor: JournalCursor = JOURNAL_START

  constructor(deps: JournalDeps) {
    this.#deps = deps
  }

  /**
   * Opens it for writing. A disk that refuses now is asked again when there is something to write: a centre without a disk is still
   * better than none.
   * @returns what was written and is not known to have had its effect, oldest first
   */
  async open(): Promise<Decision[]> {
    try {
      await this.#openWriter()
    } catch (error) {
      this.#deps.log.error('the journal of answers cannot be opened', { reason: reasonOf(error) })
      return []
    }
    const reader = this.#reader!
    this.#cursor = (await readCursor(this.#deps.database, reader.journal)) ?? JOURNAL_START
    const found: Decision[] = []
    for (let cursor = this.#cursor; ;) {
      const page = await reader.readFrom(cursor, PAGE)
      found.push(...page.records.flatMap((record) => this.#decoded(record)))
      cursor = page.next
      if (page.records.length === 0) return found
    }
  }

  /** Resolves when it is on the disk. @throws when the disk refuses: then nobody may be told that the alarm is answered */
  async append(decision: Decision): Promise<void> {
    const { deviceId, deviceKind } = decision
    const writer = this.#writer ?? (await this.#openWriter())
    await writer.append({
      receivedAtMs: this.#deps.clock.nowMs(),
      kind: deviceKind,
      deviceId,
      topic: topicOf(deviceKind, deviceId, 'event'),
      payload: Buffer.from(JSON.stringify(decision)),
      truncated: false,
    })
  }

  /** Moves the stored cursor over what is done, in order, and lets whole segments behind it go. */
  async forget(isDone: (id: string) => boolean): Promise<void> {
    if (!this.#reader) return
    const page = await this.#reader.readFrom(this.#cursor, PAGE)
    if (page.records.length === 0) return
    const decisions = page.records.flatMap((record) => this.#decoded(record))
    // Whole pages only: a later round finds the rest done as well, and the table keeps each from taking effect twice.
    if (!decisions.every(({ id }) => isDone(id))) return
    const { journal } = this.#reader
    await this.#deps.database.tx(async (tx) => {
      await lockCursor(tx, journal)
      await moveCursor(tx, journal, page.next)
    })
    this.#cursor = page.next
    await this.#reader.retire(page.next)
  }

  async close(): Promise<void> {
    await this.#writer?.close()
  }

  async #openWriter(): Promise<JournalWriter> {
    const writer = await JournalWriter.open({ ...this.#deps, program: PROGRAM })
    this.#writer = writer
    this.#reader ??= new JournalReader({ folder: writer.folder, journal: writer.journal, log: this.#deps.log })
    return writer
  }

  #decoded(record: JournalRecord): Decision[] {
    try {
      return [decisionSchema.parse(JSON.parse(record.payload.toString('utf8')))]
    } catch (error) {
      const rawBase64 = record.payload.toString('base64')
      this.#deps.log.error('an answer in the journal cannot be read', { rawBase64, reason: reasonOf(error) })
      return []
    }
  }
}

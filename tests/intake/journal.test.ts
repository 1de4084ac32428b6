import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../domain/clock.ts'
import { silentLog } from '../../domain/log.ts'
import { Metrics } from '../../domain/metrics.ts'
import type { JournalRecord, NewRecord } from '../../gateway/intake/journal/format.ts'
import { JOURNAL_START, type JournalCursor, JournalReader } from '../../gateway/intake/journal/reader.ts'
import { JournalWriter, type JournalWriterOptions } from '../../gateway/intake/journal/writer.ts'

let root: string
let writers: JournalWriter[]
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'vigil-journal-'))
  writers = []
})
afterEach(async () => {
  for (const writer of writers) await writer.close()
  rmSync(root, { recursive: true, force: true })
})

async function openWriter(more: Partial<JournalWriterOptions> = {}): Promise<JournalWriter> {
  const base = { root, program: 'intake-1', log: silentLog, metrics: new Metrics(), clock: systemClock }
  const writer = await JournalWriter.open({ ...base, ...more })
  writers.push(writer)
  return writer
}

const readerOf = (writer: JournalWriter, folder = writer.folder) =>
  new JournalReader({ folder, journal: writer.journal, log: silentLog })

const press = (i: number, payload = `{"id":"p${i}","type":"panic"}`): NewRecord => ({
  receivedAtMs: 1_790_000_000_000 + i,
  kind: 'button',
  deviceId: 'school-07-b1',
  topic: 'vigil/1/button/school-07-b1/event',
  payload: Buffer.from(payload),
  truncated: false,
})

async function readAll(reader: JournalReader, from: JournalCursor = JOURNAL_START, max = 100) {
  const records: JournalRecord[] = []
  const damage = []
  let cursor = from
  for (;;) {
    const page = await reader.readFrom(cursor, max)
    records.push(...page.records)
    damage.push(...page.damage)
    cursor = page.next
    if (page.records.length === 0) return { records, damage, cursor }
  }
}
const texts = (records: readonly JournalRecord[]) => records.map((record) => record.payload.toString())

describe('a journal', () => {
  it('gives back what was appended, in order, with running numbers', async () => {
    const writer = await openWriter()
    const sent = Array.from({ length: 700 }, (_, i) => press(i))
    await Promise.all(sent.map((one) => writer.append(one)))
    const { records } = await readAll(readerOf(writer))
    expect(records).toEqual(sent.map((one, i) => ({ number: records[0]!.number + i, ...one })))
  })

  it('goes on from a cursor, over segments, and starts a new segment at each start', async () => {
    let writer = await openWriter({ segmentBytesMax: 500 })
    for (let i = 0; i < 10; i++) await writer.append(press(i))
    const first = await readerOf(writer).readFrom(JOURNAL_START, 7)
    expect(first.records).toHaveLength(7)
    writer = await openWriter({ segmentBytesMax: 500 })
    await writer.append(press(10))
    const rest = await readAll(readerOf(writer), first.next, 2)
    expect(texts(rest.records)).toEqual([7, 8, 9, 10].map((i) => press(i).payload.toString()))
    expect(rest.damage).toEqual([])
    expect(rest.records[3]!.number).toBeGreaterThan(rest.records[2]!.number)
  })

  it('ignores a torn tail, cut at every byte of its last record', async () => {
    const writer = await openWriter()
    for (let i = 0; i < 3; i++) await writer.append(press(i))
    await writer.close()
    const [file] = readdirSync(writer.folder)
    const whole = readFileSync(join(writer.folder, file!))
    const two = await readerOf(writer).readFrom(JOURNAL_START, 2)
    let cuts = 0
    for (let end = two.next.byteOffset; end < whole.length; end++, cuts++) {
      truncateSync(join(writer.folder, file!), end)
      const { records, damage } = await readAll(readerOf(writer))
      expect({ end, texts: texts(records), damage }).toEqual({ end, texts: texts(two.records), damage: [] })
      writeFileSync(join(writer.folder, file!), whole)
    }
    expect(cuts).toBe(whole.length - two.next.byteOffset)
    // After a new start the torn record stays ignored and the new one follows.
    truncateSync(join(writer.folder, file!), whole.length - 5)
    const again = await openWriter()
    await again.append(press(9))
    const { records, damage } = await readAll(readerOf(again))
    expect(texts(records)).toEqual([0, 1, 9].map((i) => press(i).payload.toString()))
    expect(damage).toEqual([])
  })

  it('skips a flipped byte anywhere in the middle, keeps it aside, reports it, and loses only that record', async () => {
    const writer = await openWriter()
    for (let i = 0; i < 3; i++) await writer.append(press(i))
    const [file] = readdirSync(writer.folder)
    const whole = readFileSync(join(writer.folder, file!))
    const first = await readerOf(writer).readFrom(JOURNAL_START, 1)
    const second = await readerOf(writer).readFrom(first.next, 1)
    const [from, to] = [first.next.byteOffset, second.next.byteOffset]
    for (let at = from; at < to; at++) {
      const copy = join(root, `flipped-${at}`)
      cpSync(writer.folder, copy, { recursive: true })
      const bytes = Buffer.from(whole)
      bytes[at]! ^= 0x41
      writeFileSync(join(copy, file!), bytes)
      const { records, damage } = await readAll(readerOf(writer, copy))
      const expected = [0, 2].map((i) => press(i).payload.toString())
      expect({ at, texts: texts(records) }).toEqual({ at, texts: expected })
      expect(damage).toEqual([{ segment: 1, byteOffset: from, bytes: to - from, recordsMissing: 1 }])
      expect(readFileSync(join(copy, 'quarantine', `1-${from}.bytes`))).toEqual(bytes.subarray(from, to))
    }
  })

  it('never takes a record that a device hid in its payload for one of its own', async () => {
    const writer = await openWriter()
    const donor = await openWriter({ program: 'other' })
    await donor.append(press(666))
    const [donorFile] = readdirSync(donor.folder)
    const stolen = readFileSync(join(donor.folder, donorFile!)).subarray(32)
    await writer.append(press(0))
    await writer.append({ ...press(1), payload: stolen })
    await writer.append(press(2))
    const [file] = readdirSync(writer.folder)
    const bytes = readFileSync(join(writer.folder, file!))
    const at = bytes.indexOf(stolen)
    bytes[at - 1]! ^= 1
    writeFileSync(join(writer.folder, file!), bytes)
    const { records, damage } = await readAll(readerOf(writer))
    expect(texts(records)).toEqual([0, 2].map((i) => press(i).payload.toString()))
    expect(damage).toHaveLength(1)
  })

  it('waits for a record that is still being written', async () => {
    const writer = await openWriter()
    await writer.append(press(0))
    await writer.append(press(1))
    const [file] = readdirSync(writer.folder)
    const path = join(writer.folder, file!)
    const whole = readFileSync(path)
    truncateSync(path, whole.length - 10)
    const reader = readerOf(writer)
    const page = await reader.readFrom(JOURNAL_START, 10)
    expect(page.records).toHaveLength(1)
    appendFileSync(path, whole.subarray(whole.length - 10))
    const more = await reader.readFrom(page.next, 10)
    expect(texts(more.records)).toEqual([press(1).payload.toString()])
  })

  it('says soon when something was appended', async () => {
    const writer = await openWriter()
    let calls = 0
    const end = readerOf(writer).watch(() => calls++)
    await expect.poll(() => calls).toBeGreaterThan(0)
    const before = calls
    await writer.append(press(0))
    await expect.poll(() => calls, { timeout: 1_000 }).toBeGreaterThan(before)
    end()
  })

  it('removes segments only behind the cursor and keeps the newest two', async () => {
    const writer = await openWriter({ segmentBytesMax: 1 })
    for (let i = 0; i < 6; i++) await writer.append(press(i))
    const reader = readerOf(writer)
    const third = await reader.readFrom(JOURNAL_START, 3)
    expect(await reader.retire(third.next)).toBe(2)
    const rest = await readAll(reader, third.next)
    expect(rest.records).toHaveLength(3)
    await reader.retire({ ...rest.cursor, segment: 99 })
    expect(readdirSync(writer.folder)).toHaveLength(2)
  })
})

describe('a failing disk', () => {
  /** A real file whose n-th call fails. */
  const failing = (failAt: (what: 'open' | 'write' | 'datasync', nth: number) => string | null) => {
    const counts = { open: 0, write: 0, datasync: 0 }
    const check = (what: 'open' | 'write' | 'datasync') => {
      const code = failAt(what, ++counts[what])
      if (code) throw Object.assign(new Error(`${code}: ${what}`), { code })
    }
    return async (path: string) => {
      check('open')
      const real = await open(path, 'wx')
      return {
        write: async (...args: unknown[]) => {
          check('write')
          return (real.write as (...args: unknown[]) => Promise<never>).apply(real, args)
        },
        datasync: async () => {
          check('datasync')
          return real.datasync()
        },
        close: () => real.close(),
      } as never
    }
  }

  it.each(['write', 'datasync'] as const)('one failed %s costs a segment and no record', async (what) => {
    for (let nth = 2; nth <= 6; nth++) {
      const program = `intake-${what}${nth}`
      const writer = await openWriter({
        program,
        openFile: failing((w, n) => (w === what && n === nth ? 'EIO' : null)),
      })
      for (let i = 0; i < 5; i++) await writer.append(press(i))
      const { records, damage } = await readAll(readerOf(writer))
      expect({ nth, texts: texts(records) }).toEqual({
        nth,
        texts: [0, 1, 2, 3, 4].map((i) => press(i).payload.toString()),
      })
      expect(damage).toEqual([])
    }
  })

  it('a full disk rejects the append, leaves no empty files, and works again when there is room', async () => {
    const disk = { full: false }
    const writer = await openWriter({ openFile: failing((what) => (what === 'write' && disk.full ? 'ENOSPC' : null)) })
    await writer.append(press(0))
    disk.full = true
    for (let i = 1; i < 5; i++) await expect(writer.append(press(i))).rejects.toThrow(/ENOSPC/)
    expect(readdirSync(writer.folder)).toHaveLength(1)
    disk.full = false
    await writer.append(press(5))
    const { records } = await readAll(readerOf(writer))
    expect(texts(records)).toEqual([0, 5].map((i) => press(i).payload.toString()))
  })
})

it('a journal whose folder was removed gets another name, so that no cursor hides its first records', async () => {
  const writer = await openWriter()
  await writer.append(press(0))
  rmSync(writer.folder, { recursive: true })
  const again = await openWriter()
  expect(again.journal).not.toBe(writer.journal)
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { manualClock } from '../../domain/clock.ts'
import { silentLog } from '../../domain/log.ts'
import { Metrics } from '../../domain/metrics.ts'
import { FloodLane } from '../../gateway/intake/flood-lane.ts'
import { JOURNAL_START, JournalReader } from '../../gateway/intake/journal/reader.ts'
import { JournalWriter } from '../../gateway/intake/journal/writer.ts'
import { Pacer } from '../../gateway/intake/pacer.ts'
import { eventRecord } from '../../gateway/intake/take-event.ts'

let root: string
let main: JournalWriter
let floods: JournalWriter
let pacer: Pacer
let lane: FloodLane
const clock = manualClock()
const metrics = new Metrics()
const deps = { clock, metrics, log: silentLog }

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'vigil-lane-'))
  main = await JournalWriter.open({ ...deps, root, program: 'intake-1' })
  floods = await JournalWriter.open({ ...deps, root, program: 'intake-1-floods' })
  pacer = new Pacer(deps)
  lane = laneWith((record) => floods.append(record))
})
afterEach(async () => {
  await main.close()
  await floods.close()
  rmSync(root, { recursive: true, force: true })
})

const laneWith = (takeAside: FloodLane['take']) =>
  new FloodLane({ ...deps, pacer, take: (record) => main.append(record), takeAside })

function say(deviceId: string, text: string): Promise<void> {
  const from = { deviceId, kind: 'button', topic: `vigil/1/button/${deviceId}/event` } as const
  return lane.take(eventRecord(from, Buffer.from(text), clock))
}
async function kept(writer: JournalWriter): Promise<string[]> {
  const reader = new JournalReader({ folder: writer.folder, journal: writer.journal, log: silentLog })
  const { records } = await reader.readFrom(JOURNAL_START, 1_000)
  return records.map(({ deviceId, payload }) => `${deviceId} ${payload.toString()}`)
}
const numbered = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `wild ${from + i}`)

it('what a device sends beyond its share is kept aside, in order and all of it; a press of another stands behind none of it', async () => {
  expect(main.journal).not.toContain('floods')
  for (let i = 0; i < 100; i++) await say('wild', String(i))
  await say('quiet', 'help')
  expect(await kept(main)).toEqual([...numbered(0, 20), 'quiet help'])
  expect(await kept(floods)).toEqual(numbered(20, 100))
})

it('a device that goes on beyond its share is told with the count; what it says is aside until it has kept to it for ten seconds', async () => {
  for (let i = 0; i < 100; i++) await say('wild', String(i))
  expect(pacer.conditions(), 'a buffer’s worth is no flood').toEqual([])
  clock.advance(2_500)
  for (let i = 100; i < 200; i++) await say('wild', String(i))
  expect(pacer.conditions()).toMatchObject([
    { code: 'device-floods', subjectKind: 'device', subjectId: 'wild', facts: { count: 80 + 100 - 12 } },
  ])
  clock.advance(5_000)
  // Within its share, but its order must hold.
  await say('wild', '200')
  expect((await kept(floods)).at(-1)).toBe('wild 200')
  clock.advance(10_001)
  await say('wild', '201')
  expect((await kept(main)).at(-1)).toBe('wild 201')
  expect(pacer.conditions()).toEqual([])
})

it('a journal of floods that refuses loses nothing: the other one takes it', async () => {
  lane = laneWith(() => Promise.reject(new Error('disk full')))
  for (let i = 0; i < 30; i++) await say('wild', String(i))
  expect(await kept(main)).toEqual(numbered(0, 30))
})

it('names that somebody makes up are counted as long as there is room for them, and cost no walk each', async () => {
  for (let i = 0; i < 20_000; i++) pacer.spend(`made-up-${i}`, 1)
  for (let i = 0; i < 30; i++) await say('wild', String(i))
  expect(await kept(floods), 'no room: taken as within its share').toEqual([])
  clock.advance(5_000)
  for (let i = 30; i < 60; i++) await say('wild', String(i))
  expect(await kept(floods), 'the made-up ones are quiet and forgotten').toEqual(numbered(50, 60))
})

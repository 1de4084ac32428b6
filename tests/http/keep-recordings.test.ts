import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { toIso } from '../../domain/clock.ts'
import type { IncidentRecordings } from '../../domain/recording.ts'
import { DISK_RESERVE_BYTES } from '../../gateway/recordings/make-room.ts'
import { startFixture, type Fixture } from './fixture.ts'
import { DAY_MS, HOUR_MS, INIT, recordedAt } from './recorded.ts'

let fixture: Fixture
let recorded: ReturnType<typeof recordedAt>
beforeAll(async () => {
  fixture = await startFixture()
  recorded = recordedAt(fixture)
})
afterAll(() => fixture.close())
beforeEach(() => recorded.empty())

const closed = (atMs: number) => ({ state: 'closed', closedAt: toIso(atMs + HOUR_MS), disposition: 'false' })
const real = (atMs: number) => ({ ...closed(atMs), disposition: 'real' })
const MB = 1_000_000
/** A file of a megabyte for each time, of an incident of its own. */
async function megabytes(times: readonly number[], stateOf: (atMs: number) => object) {
  const ids = []
  for (const atMs of times) ids.push(await recorded.incidentAt(atMs, 'cam-q', stateOf(atMs)))
  const files = times.map((atMs) => recorded.fileOf('cam-q', atMs, 10, 100_000))
  await recorded.tell({ segments: files.flatMap((file) => file.segments) })
  return { ids, there: () => files.map((file) => existsSync(file.path)), paths: files.map((file) => file.path) }
}
const space = (words: string) => [{ code: 'recording-space', detail: expect.stringContaining(words) }]
/** Its free bytes are what the files of the recordings leave of it. */
const diskOf = (bytes: number) => () => {
  const folder = join(fixture.recordDir, 'streamer-1')
  const used = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
  return Promise.resolve(DISK_RESERVE_BYTES + bytes - used)
}
/** The real clock, turned. */
const turnable = () => {
  let byMs = 0
  const { clock } = fixture
  return {
    nowMs: () => clock.nowMs() + byMs,
    monotonicMs: () => clock.monotonicMs() + byMs,
    advance: (ms: number) => (byMs += ms),
  }
}

test('after its days a file is deleted, row before bytes, and its time says so; a locked one stays', async () => {
  const oldMs = Date.now() - 31 * DAY_MS
  const id = await recorded.incidentAt(oldMs, 'cam-a')
  const locked = await recorded.incidentAt(oldMs, 'cam-b')
  const real = await recorded.incidentAt(oldMs, 'cam-c', {
    state: 'closed',
    closedAt: toIso(oldMs + HOUR_MS),
    disposition: 'real',
  })
  const files = ['cam-a', 'cam-b', 'cam-c'].map((camera) => recorded.fileOf(camera, oldMs, 5))
  await recorded.tell({ segments: files.flatMap((file) => file.segments) })
  const officer = await fixture.as('officer')
  const lock = await officer.send<IncidentRecordings>('POST', `incidents/${locked}/lock-recording`, { reason: 'court' })
  expect(lock.body.lock).toMatchObject({ reason: 'court', lockedBy: 'officer' })
  await recorded.keeperOf({}).turn()
  expect(files.map((file) => existsSync(file.path))).toEqual([false, true, true])
  const { body } = await officer.get<IncidentRecordings>(`incidents/${id}/recordings`)
  expect(body.cameras[0]!.kept).toEqual([])
  expect(body.cameras[0]!.gaps).toContainEqual(expect.objectContaining({ reason: 'deleted', detail: 'kept its days' }))
  const auto = await officer.get<IncidentRecordings>(`incidents/${real}/recordings`)
  expect(auto.body.lock).toMatchObject({ lockedBy: 'centre', reason: 'disposition real' })
  // A report that was on its way brings nothing back.
  await recorded.tell({ segments: files[0]!.segments })
  expect((await officer.get<IncidentRecordings>(`incidents/${id}/recordings`)).body.cameras[0]!.kept).toEqual([])
  const release = await officer.send('POST', `incidents/${locked}/release-recording`, { reason: 'done' })
  expect(release.status, 'who may lock may not release').toBe(403)
  const supervisor = await fixture.as('supervisor')
  expect((await supervisor.send('POST', `incidents/${locked}/release-recording`, { reason: 'done' })).status).toBe(200)
  await recorded.keeperOf({}).turn()
  expect(files.map((file) => existsSync(file.path))).toEqual([false, false, true])
  const rowsLeft = async () =>
    (await fixture.database.query<{ id: string }>('select camera_id as id from recording_file order by 1')).map(
      (r) => r.id,
    )
  expect(await rowsLeft()).toEqual(['cam-a', 'cam-b', 'cam-c'])
  const later = { ...fixture.clock, nowMs: () => fixture.clock.nowMs() + 31 * DAY_MS }
  await recorded.keeperOf({ clock: later }).turn()
  expect(await rowsLeft(), 'a file that is gone is forgotten, one that is locked is not').toEqual(['cam-c'])
  expect((await officer.get<IncidentRecordings>(`incidents/${id}/recordings`)).body.cameras[0]!.gaps).toContainEqual(
    expect.objectContaining({ reason: 'deleted', detail: 'kept its days' }),
  )
})

test('a site’s own days hold for what its incidents want, and for its cameras: the longer ones', async () => {
  for (const [id, recordDays] of [
    ['long', 90],
    ['short', 5],
  ])
    await fixture.database.execute('insert into site (id, body) values ($1, $2)', [id, JSON.stringify({ recordDays })])
  for (const [id, siteId] of [
    ['cam-none', null],
    ['cam-long', 'long'],
    ['cam-short', 'short'],
  ])
    await fixture.database.execute('insert into camera (id, body) values ($1, $2)', [id, JSON.stringify({ siteId })])
  const cases: [camera: string, site: string | null, days: number, stays: boolean][] = [
    ['cam-none', null, 31, false],
    ['cam-none', 'long', 34, true],
    ['cam-none', 'long', 91, false],
    ['cam-long', null, 32, true],
    ['cam-short', 'long', 33, true],
    ['cam-short', 'short', 6, false],
    ['cam-short', null, 7, false],
    ['cam-short', null, 4, true],
  ]
  const files = []
  for (const [camera, siteId, days] of cases) {
    const atMs = Date.now() - days * DAY_MS
    await recorded.incidentAt(atMs, camera, { ...closed(atMs), siteId })
    files.push(recorded.fileOf(camera, atMs, 5))
  }
  await recorded.tell({ segments: files.flatMap((file) => file.segments) })
  await recorded.keeperOf().turn()
  const stay = files.map((file) => existsSync(file.path))
  expect(cases.map(([camera, site, days], i) => [camera, site, days, stay[i]])).toEqual(cases)
  await fixture.database.execute('delete from camera')
})

test('over the limit the oldest closed one goes first and the desk is told; a locked one never goes', async () => {
  const fromMs = Date.now() - 5 * DAY_MS
  const { ids, there, paths } = await megabytes(
    [0, 1, 2, 3].map((i) => fromMs + i * HOUR_MS),
    closed,
  )
  const officer = await fixture.as('officer')
  await officer.send('POST', `incidents/${ids[0]}/lock-recording`, { reason: 'evidence' })
  await recorded.keeperOf({ bytesMax: 2.5 * MB }).turn()
  expect(there(), 'two of a megabyte are left of four, the locked one among them').toEqual([true, false, false, true])
  expect(await recorded.troubles()).toEqual(space('is reached, the oldest were deleted'))
  await recorded.keeperOf({ bytesMax: 2.5 * MB }).turn()
  expect(await recorded.troubles()).toEqual([])
  expect(readFileSync(paths[0]!)).toHaveLength(INIT.length + MB)
})

test('when locked ones alone reach the limit, what is new stays, and the desk hears why nothing more goes', async () => {
  const nowMs = Date.now()
  const locked = await megabytes([nowMs - 9 * DAY_MS, nowMs - 8 * DAY_MS], real)
  const falseOnes = await megabytes([nowMs - 7 * DAY_MS], closed)
  const open = await megabytes([nowMs - 3 * DAY_MS], () => ({}))
  const young = await megabytes([nowMs - HOUR_MS], closed)
  const keeper = recorded.keeperOf({ bytesMax: 1.5 * MB })
  await keeper.turn()
  expect([locked, falseOnes, open, young].map(({ there }) => there().every(Boolean))).toEqual([true, false, true, true])
  await keeper.turn()
  await keeper.turn()
  expect([locked, open, young].map(({ there }) => there().every(Boolean))).toEqual([true, true, true])
  expect(await recorded.troubles()).toEqual(space('what is left is locked, of open incidents or not a day old'))
})

test('a full disk lets closed ones go first, then open ones, and never a locked one', async () => {
  const nowMs = Date.now()
  const locked = await megabytes([nowMs - 9 * DAY_MS], real)
  const open = await megabytes([nowMs - 3 * DAY_MS], () => ({}))
  const young = await megabytes([nowMs - HOUR_MS], closed)
  const there = () => [locked, open, young].map((one) => one.there()[0])
  await recorded.keeperOf({ freeBytes: diskOf(2.5 * MB) }).turn()
  expect(there()).toEqual([true, true, false])
  expect(await recorded.troubles()).toEqual(space('the disk is full, the oldest were deleted'))
  await recorded.keeperOf({ freeBytes: diskOf(1.5 * MB) }).turn()
  expect(there()).toEqual([true, false, false])
  expect(await recorded.troubles()).toEqual(space('also of open incidents'))
  await recorded.keeperOf({ freeBytes: diskOf(0.5 * MB) }).turn()
  expect(there()).toEqual([true, false, false])
  expect(await recorded.troubles()).toEqual(space('what is left is locked'))
})

test('what frees nothing is not gone on with: one file is tried now and then', async () => {
  const fromMs = Date.now() - 5 * DAY_MS
  const times = [0, 1, 2, 3, 4, 5].map((i) => fromMs + i * HOUR_MS)
  const { there } = await megabytes(times, closed)
  const left = () => there().filter(Boolean).length
  const clock = turnable()
  // As with a snapshot: what is deleted is kept by it.
  let free = DISK_RESERVE_BYTES - 1.5 * MB
  const keeper = recorded.keeperOf({ clock, freeBytes: () => Promise.resolve(free) })
  for (let i = 0; i < 5; i++) await keeper.turn()
  expect(left()).toBe(4)
  expect(await recorded.troubles()).toEqual(space('deleting frees nothing'))
  clock.advance(61_000)
  for (let i = 0; i < 5; i++) await keeper.turn()
  expect(left()).toBe(3)
  free = DISK_RESERVE_BYTES + 1
  await keeper.turn()
  expect([left(), await recorded.troubles()]).toEqual([3, []])
})

test('a file that the disk keeps holds up no other, and the desk is told until it goes', async () => {
  const fromMs = Date.now() - 40 * DAY_MS
  const { there, paths } = await megabytes(
    [0, 1, 2].map((i) => fromMs + i * HOUR_MS),
    closed,
  )
  // A folder cannot be unlinked, whoever asks.
  rmSync(paths[0]!)
  mkdirSync(paths[0]!)
  const keeper = recorded.keeperOf()
  await keeper.turn()
  expect(there()).toEqual([true, false, false])
  expect(await recorded.troubles()).toEqual([{ code: 'recording-stays', detail: expect.stringContaining('stay on') }])
  expect(fixture.metrics.text()).toMatch(/vigil_recordings_unlink_failed_total\{[^}]*\} [1-9]/)
  rmSync(paths[0]!, { recursive: true })
  await keeper.turn()
  expect(await recorded.troubles()).toEqual([])
})

test('room is made although the days of recordings cannot be looked at', async () => {
  const { there } = await megabytes([Date.now() - 5 * DAY_MS], closed)
  await fixture.database.execute(`insert into site (id, body) values ('odd', '{"recordDays": "many"}')`)
  await recorded.keeperOf({ bytesMax: 0 }).turn()
  expect(there()).toEqual([false])
  expect(fixture.metrics.text()).toMatch(/vigil_recordings_sweeps_failed_total\{step="days"\} 1/)
})

test('a worker whose disk refuses to write is a trouble until it writes again', async () => {
  await recorded.tell({ diskFault: 'ENOSPC: no space left on device' })
  expect(await recorded.troubles()).toEqual([{ code: 'recording-fails', detail: expect.stringContaining('ENOSPC') }])
  await recorded.tell({})
  expect(await recorded.troubles()).toEqual([])
})

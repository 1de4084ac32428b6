import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { toIso } from '../../domain/clock.ts'
import { newId } from '../../domain/ids.ts'
import type { IncidentRecordings } from '../../domain/recording.ts'
import type { RecordedSegment } from '../../domain/wire/streamers.ts'
import { KeepRecordings } from '../../gateway/recordings/keep-recordings.ts'
import { saveSpans } from '../../gateway/recordings/recording-rows.ts'
import { startFixture, type Fixture } from './fixture.ts'

let fixture: Fixture
beforeAll(async () => {
  fixture = await startFixture()
})
afterAll(() => fixture.close())
beforeEach(async () => {
  await fixture.database.execute('truncate recording, recording_lock, recording_segment, recording_gap, trouble')
  await fixture.database.execute('delete from recording_file')
  await fixture.database.execute('delete from audit')
})

const INIT = Buffer.from('the init section')
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** An incident with one camera, wanted from 30 s before until 120 s after. */
async function incidentAt(atMs: number, cameraId: string, more: object = {}): Promise<string> {
  const id = newId(atMs)
  const body = { id, number: id, state: 'open', openedAt: toIso(atMs), closedAt: null, cameraIds: [cameraId], ...more }
  await fixture.database.execute(
    'insert into incident (id, number, state, body, opened_at, closed_at) values ($1, $1, $2, $3, $4, $5)',
    [id, body.state, JSON.stringify(body), body.openedAt, body.closedAt],
  )
  await saveSpans(fixture.database, [{ incidentId: id, cameraId, fromMs: atMs - 30_000, toMs: atMs + 120_000 }])
  return id
}

/** A worker's file on the disk with `seconds` segments of one second, and its rows. */
function fileOf(cameraId: string, fromMs: number, seconds: number, bytesEach = 1_000) {
  const fileId = newId(fromMs)
  const folder = join(fixture.recordDir, 'streamer-1')
  mkdirSync(folder, { recursive: true })
  const pieces = Array.from({ length: seconds }, (_, i) => Buffer.alloc(bytesEach, i + 1))
  const path = join(folder, `${fileId}.mp4`)
  writeFileSync(path, Buffer.concat([INIT, ...pieces]))
  const segments: RecordedSegment[] = pieces.map((piece, i) => ({
    fileId,
    cameraId,
    initBytes: INIT.length,
    offset: INIT.length + i * bytesEach,
    bytes: piece.length,
    startedAtMs: fromMs + i * 1000,
    durationTicks: 90_000,
    isDiscontinuous: false,
  }))
  return { path, segments, pieces }
}
const tell = (body: object) =>
  fixture.program.send('POST', 'internal/streamers/streamer-1/recorded', {
    segments: [],
    gaps: [],
    diskFault: null,
    ...body,
  })
const keeperOf = (more: { bytesMax?: number; freeBytes?: () => Promise<number> }) =>
  new KeepRecordings({ ...fixture, daysDefault: 30, bytesMax: null, ...more })
const bytesAt = async (path: string, token: string) => {
  const answer = await fetch(fixture.url + path, { headers: { authorization: `Bearer ${token}` } })
  return { status: answer.status, bytes: Buffer.from(await answer.arrayBuffer()) }
}

test('what was kept, what is missing and why, and every byte as the worker wrote it', async () => {
  const pressMs = Date.now() - 10 * 60_000
  const id = await incidentAt(pressMs, 'cam-play')
  const first = fileOf('cam-play', pressMs - 20_000, 40)
  const second = fileOf('cam-play', pressMs + 60_000, 30)
  const gap = {
    cameraId: 'cam-play',
    fromMs: pressMs - 30_000,
    toMs: pressMs - 20_000,
    reason: 'not-connected',
    detail: null,
  }
  const report = { segments: [...first.segments, ...second.segments], gaps: [gap] }
  // The answer to the first was lost: said again, nothing doubles.
  for (let i = 0; i < 2; i++) expect((await tell(report)).status).toBe(204)
  const officer = await fixture.as('officer')
  const { body } = await officer.get<IncidentRecordings>(`incidents/${id}/recordings`)
  const at = (offsetS: number) => toIso(pressMs + offsetS * 1000)
  expect(body.cameras).toEqual([
    {
      cameraId: 'cam-play',
      fromAt: at(-30),
      untilAt: at(120),
      isRunning: false,
      kept: [
        { fromAt: at(-20), toAt: at(20) },
        { fromAt: at(60), toAt: at(90) },
      ],
      gaps: [
        { fromAt: at(-30), toAt: at(-20), reason: 'not-connected', detail: null },
        { fromAt: at(20), toAt: at(60), reason: 'not-recorded', detail: null },
        { fromAt: at(90), toAt: at(120), reason: 'not-recorded', detail: null },
      ],
      bytes: 70_000,
      playlist: `/recordings/${id}/cam-play/index.m3u8`,
    },
  ])
  const playlist = (await bytesAt(body.cameras[0]!.playlist!, officer.token)).bytes.toString()
  expect(playlist.match(/#EXT-X-DISCONTINUITY/g)).toHaveLength(1)
  expect(playlist).toContain(`#EXT-X-PROGRAM-DATE-TIME:${at(-20)}`)
  expect(playlist.trim().endsWith('#EXT-X-ENDLIST')).toBe(true)
  const names = playlist.split('\n').filter((line) => line.endsWith('.m4s'))
  expect(names).toHaveLength(70)
  const folder = `/recordings/${id}/cam-play`
  expect((await bytesAt(`${folder}/${names[41]}`, officer.token)).bytes.equals(second.pieces[1]!)).toBe(true)
  const [, init] = /URI="([^"]+)"/.exec(playlist)!
  expect((await bytesAt(`${folder}/${init}`, officer.token)).bytes.equals(INIT)).toBe(true)
  const looks = await fixture.database.query("select actor, facts from audit where action = 'recording.watch'")
  expect(looks, 'one look, however many parts').toEqual([{ actor: 'officer', facts: { incidentId: id } }])
})

test('a camera’s words that no column holds keep neither its gap nor the rows beside it from being stored', async () => {
  const pressMs = Date.now() - 10 * 60_000
  const id = await incidentAt(pressMs, 'cam-odd')
  const { segments } = fileOf('cam-odd', pressMs, 5)
  const gap = { cameraId: 'cam-odd', fromMs: pressMs - 20_000, toMs: pressMs, reason: 'no-picture' }
  const odd = 'the camera does not play (500 Internal\0Error \ud800)'
  expect((await tell({ segments, gaps: [{ ...gap, detail: odd }] })).status).toBe(204)
  const { body } = await (await fixture.as('officer')).get<IncidentRecordings>(`incidents/${id}/recordings`)
  const [camera] = body.cameras
  expect(camera!.kept).toHaveLength(1)
  expect(camera!.gaps.find(({ reason }) => reason === 'no-picture')?.detail).toBe(
    'the camera does not play (500 Internal\ufffdError \ufffd)',
  )
})

test('a part opens only through an incident that wanted it, and only to who may look back', async () => {
  const pressMs = Date.now() - 10 * 60_000
  const id = await incidentAt(pressMs, 'cam-own')
  const other = await incidentAt(pressMs - HOUR_MS, 'cam-own')
  const { segments } = fileOf('cam-own', pressMs, 3)
  await tell({ segments })
  const officer = await fixture.as('officer')
  const name = `${segments[0]!.fileId}.${segments[0]!.offset}.m4s`
  const opened = await fetch(`${fixture.url}/recordings/${id}/cam-own/${name}`, {
    headers: { authorization: `Bearer ${officer.token}` },
  })
  expect(opened.status).toBe(200)
  expect(opened.headers.get('cache-control'), 'nothing stays in a shared desk’s browser').toBe('no-store')
  expect((await bytesAt(`/recordings/${other}/cam-own/${name}`, officer.token)).status).toBe(410)
  expect((await bytesAt(`/recordings/${id}/cam-play/${name}`, officer.token)).status).toBe(404)
  for (const bad of ['..%2f..%2fsecret.m4s', 'x.m4s', `${segments[0]!.fileId}.mp4`, 'index.m3u8%00']) {
    expect((await bytesAt(`/recordings/${id}/cam-own/${bad}`, officer.token)).status, bad).toBe(404)
  }
  const installer = await fixture.as('installer')
  expect((await bytesAt(`/recordings/${id}/cam-own/${name}`, installer.token)).status).toBe(403)
  expect((await bytesAt(`/recordings/${id}/cam-own/${name}`, '')).status).toBe(401)
  const { body } = await officer.send<{ ticket: string }>('POST', 'cameras/cam-own/ticket')
  expect(body.ticket, 'the camera itself is not registered here').toBeUndefined()
})

test('pictures older than a day need a reason, which is on record before the first byte', async () => {
  const pressMs = Date.now() - 2 * DAY_MS
  const id = await incidentAt(pressMs, 'cam-old')
  const { segments } = fileOf('cam-old', pressMs, 3)
  await tell({ segments })
  const officer = await fixture.as('officer')
  const folder = `/recordings/${id}/cam-old`
  const name = `${segments[0]!.fileId}.${segments[0]!.offset}.m4s`
  expect((await bytesAt(`${folder}/index.m3u8`, officer.token)).status).toBe(422)
  expect((await bytesAt(`${folder}/${name}`, officer.token)).status).toBe(422)
  expect((await bytesAt(`${folder}/index.m3u8?reason=case%2017`, officer.token)).status).toBe(200)
  expect((await bytesAt(`${folder}/${name}`, officer.token)).status).toBe(200)
  expect(await fixture.database.query("select reason from audit where action = 'recording.watch'")).toEqual([
    { reason: 'case 17' },
  ])
})

test('after its days a file is deleted, row before bytes, and its time says so; a locked one stays', async () => {
  const oldMs = Date.now() - 31 * DAY_MS
  const id = await incidentAt(oldMs, 'cam-a')
  const locked = await incidentAt(oldMs, 'cam-b')
  const real = await incidentAt(oldMs, 'cam-c', {
    state: 'closed',
    closedAt: toIso(oldMs + HOUR_MS),
    disposition: 'real',
  })
  const files = ['cam-a', 'cam-b', 'cam-c'].map((camera) => fileOf(camera, oldMs, 5))
  await tell({ segments: files.flatMap((file) => file.segments) })
  const officer = await fixture.as('officer')
  const lock = await officer.send<IncidentRecordings>('POST', `incidents/${locked}/lock-recording`, { reason: 'court' })
  expect(lock.body.lock).toMatchObject({ reason: 'court', lockedBy: 'officer' })
  await keeperOf({}).turn()
  expect(files.map((file) => existsSync(file.path))).toEqual([false, true, true])
  const { body } = await officer.get<IncidentRecordings>(`incidents/${id}/recordings`)
  expect(body.cameras[0]!.kept).toEqual([])
  expect(body.cameras[0]!.gaps).toContainEqual(expect.objectContaining({ reason: 'deleted', detail: 'kept its days' }))
  const auto = await officer.get<IncidentRecordings>(`incidents/${real}/recordings`)
  expect(auto.body.lock).toMatchObject({ lockedBy: 'centre', reason: 'disposition real' })
  // A report that was on its way brings nothing back.
  await tell({ segments: files[0]!.segments })
  expect((await officer.get<IncidentRecordings>(`incidents/${id}/recordings`)).body.cameras[0]!.kept).toEqual([])
  const release = await officer.send('POST', `incidents/${locked}/release-recording`, { reason: 'done' })
  expect(release.status, 'who may lock may not release').toBe(403)
  const supervisor = await fixture.as('supervisor')
  expect((await supervisor.send('POST', `incidents/${locked}/release-recording`, { reason: 'done' })).status).toBe(200)
  await keeperOf({}).turn()
  expect(files.map((file) => existsSync(file.path))).toEqual([false, false, true])
  const rowsLeft = async () =>
    (await fixture.database.query<{ id: string }>('select camera_id as id from recording_file order by 1')).map(
      (r) => r.id,
    )
  expect(await rowsLeft()).toEqual(['cam-a', 'cam-b', 'cam-c'])
  const later = { ...fixture.clock, nowMs: () => fixture.clock.nowMs() + 31 * DAY_MS }
  await new KeepRecordings({ ...fixture, clock: later, daysDefault: 30, bytesMax: null }).turn()
  expect(await rowsLeft(), 'a file that is gone is forgotten, one that is locked is not').toEqual(['cam-c'])
  expect((await officer.get<IncidentRecordings>(`incidents/${id}/recordings`)).body.cameras[0]!.gaps).toContainEqual(
    expect.objectContaining({ reason: 'deleted', detail: 'kept its days' }),
  )
})

test('without room the oldest unlocked goes first and the desk is told; a locked one never goes', async () => {
  const fromMs = Date.now() - 5 * HOUR_MS
  const times = [0, 1, 2, 3].map((i) => fromMs + i * HOUR_MS)
  const ids = []
  for (const atMs of times) ids.push(await incidentAt(atMs, 'cam-q'))
  const files = times.map((atMs) => fileOf('cam-q', atMs, 10, 100_000))
  await tell({ segments: files.flatMap((file) => file.segments) })
  const officer = await fixture.as('officer')
  await officer.send('POST', `incidents/${ids[0]}/lock-recording`, { reason: 'evidence' })
  const there = () => files.map((file) => existsSync(file.path))
  await keeperOf({ bytesMax: 2_500_000 }).turn()
  expect(there(), 'two of a megabyte are left of four, the locked one among them').toEqual([true, false, false, true])
  const troubles = () => fixture.database.query('select detail from trouble where restored_at is null')
  expect(await troubles()).toEqual([{ detail: expect.stringContaining('the oldest were deleted') }])
  await keeperOf({ bytesMax: 2_500_000 }).turn()
  expect(await troubles()).toEqual([])
  await keeperOf({ freeBytes: () => Promise.resolve(0) }).turn()
  expect(there()).toEqual([true, false, false, false])
  expect(await troubles()).toEqual([{ detail: expect.stringContaining('the disk is full') }])
  expect(readFileSync(files[0]!.path)).toHaveLength(INIT.length + 1_000_000)
})

test('a worker whose disk refuses to write is a trouble until it writes again', async () => {
  await tell({ diskFault: 'ENOSPC: no space left on device' })
  const troubles = () => fixture.database.query('select code, detail from trouble where restored_at is null')
  expect(await troubles()).toEqual([{ code: 'recording-fails', detail: expect.stringContaining('ENOSPC') }])
  await tell({})
  expect(await troubles()).toEqual([])
})

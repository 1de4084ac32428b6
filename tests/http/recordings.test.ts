import { truncateSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { toIso } from '../../domain/clock.ts'
import { newId } from '../../domain/ids.ts'
import type { IncidentRecordings } from '../../domain/recording.ts'
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

test('what was kept, what is missing and why, and every byte as the worker wrote it', async () => {
  const pressMs = Date.now() - 10 * 60_000
  const id = await recorded.incidentAt(pressMs, 'cam-play')
  const first = recorded.fileOf('cam-play', pressMs - 20_000, 40)
  const second = recorded.fileOf('cam-play', pressMs + 60_000, 30)
  const gap = {
    cameraId: 'cam-play',
    fromMs: pressMs - 30_000,
    toMs: pressMs - 20_000,
    reason: 'not-connected',
    detail: null,
  }
  const report = { segments: [...first.segments, ...second.segments], gaps: [gap] }
  // The answer to the first was lost: said again, nothing doubles.
  for (let i = 0; i < 2; i++) expect((await recorded.tell(report)).status).toBe(204)
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
  const playlist = (await recorded.bytesAt(body.cameras[0]!.playlist!, officer.token)).bytes.toString()
  expect(playlist.match(/#EXT-X-DISCONTINUITY/g)).toHaveLength(1)
  expect(playlist).toContain(`#EXT-X-PROGRAM-DATE-TIME:${at(-20)}`)
  expect(playlist.trim().endsWith('#EXT-X-ENDLIST')).toBe(true)
  const names = playlist.split('\n').filter((line) => line.endsWith('.m4s'))
  expect(names).toHaveLength(70)
  const folder = `/recordings/${id}/cam-play`
  expect((await recorded.bytesAt(`${folder}/${names[41]}`, officer.token)).bytes.equals(second.pieces[1]!)).toBe(true)
  const [, init] = /URI="([^"]+)"/.exec(playlist)!
  expect((await recorded.bytesAt(`${folder}/${init}`, officer.token)).bytes.equals(INIT)).toBe(true)
  const looks = await fixture.database.query("select actor, facts from audit where action = 'recording.watch'")
  expect(looks, 'one look, however many parts').toEqual([{ actor: 'officer', facts: { incidentId: id } }])
})

test('a camera’s words that no column holds keep neither its gap nor the rows beside it from being stored', async () => {
  const pressMs = Date.now() - 10 * 60_000
  const id = await recorded.incidentAt(pressMs, 'cam-odd')
  const { segments } = recorded.fileOf('cam-odd', pressMs, 5)
  const gap = { cameraId: 'cam-odd', fromMs: pressMs - 20_000, toMs: pressMs, reason: 'no-picture' }
  const odd = 'the camera does not play (500 Internal\0Error \ud800)'
  expect((await recorded.tell({ segments, gaps: [{ ...gap, detail: odd }] })).status).toBe(204)
  const { body } = await (await fixture.as('officer')).get<IncidentRecordings>(`incidents/${id}/recordings`)
  const [camera] = body.cameras
  expect(camera!.kept).toHaveLength(1)
  expect(camera!.gaps.find(({ reason }) => reason === 'no-picture')?.detail).toBe(
    'the camera does not play (500 Internal\ufffdError \ufffd)',
  )
})

test('a part opens only through an incident that wanted it, and only to who may look back', async () => {
  const pressMs = Date.now() - 10 * 60_000
  const id = await recorded.incidentAt(pressMs, 'cam-own')
  const other = await recorded.incidentAt(pressMs - HOUR_MS, 'cam-own')
  const { segments } = recorded.fileOf('cam-own', pressMs, 3)
  await recorded.tell({ segments })
  const officer = await fixture.as('officer')
  const name = `${segments[0]!.fileId}.${segments[0]!.offset}.m4s`
  const opened = await fetch(`${fixture.url}/recordings/${id}/cam-own/${name}`, {
    headers: { authorization: `Bearer ${officer.token}` },
  })
  expect(opened.status).toBe(200)
  expect(opened.headers.get('cache-control'), 'nothing stays in a shared desk’s browser').toBe('no-store')
  expect((await recorded.bytesAt(`/recordings/${other}/cam-own/${name}`, officer.token)).status).toBe(410)
  expect((await recorded.bytesAt(`/recordings/${id}/cam-play/${name}`, officer.token)).status).toBe(404)
  for (const bad of ['..%2f..%2fsecret.m4s', 'x.m4s', `${segments[0]!.fileId}.mp4`, 'index.m3u8%00']) {
    expect((await recorded.bytesAt(`/recordings/${id}/cam-own/${bad}`, officer.token)).status, bad).toBe(404)
  }
  const installer = await fixture.as('installer')
  expect((await recorded.bytesAt(`/recordings/${id}/cam-own/${name}`, installer.token)).status).toBe(403)
  expect((await recorded.bytesAt(`/recordings/${id}/cam-own/${name}`, '')).status).toBe(401)
  const { body } = await officer.send<{ ticket: string }>('POST', 'cameras/cam-own/ticket')
  expect(body.ticket, 'the camera itself is not registered here').toBeUndefined()
})

test('pictures older than a day need a reason, which is on record before the first byte', async () => {
  const pressMs = Date.now() - 2 * DAY_MS
  const id = await recorded.incidentAt(pressMs, 'cam-old')
  const { segments } = recorded.fileOf('cam-old', pressMs, 3)
  await recorded.tell({ segments })
  const officer = await fixture.as('officer')
  const folder = `/recordings/${id}/cam-old`
  const name = `${segments[0]!.fileId}.${segments[0]!.offset}.m4s`
  expect((await recorded.bytesAt(`${folder}/index.m3u8`, officer.token)).status).toBe(422)
  expect((await recorded.bytesAt(`${folder}/${name}`, officer.token)).status).toBe(422)
  expect((await recorded.bytesAt(`${folder}/index.m3u8?reason=case%2017`, officer.token)).status).toBe(200)
  expect((await recorded.bytesAt(`${folder}/${name}`, officer.token)).status).toBe(200)
  expect(await fixture.database.query("select reason from audit where action = 'recording.watch'")).toEqual([
    { reason: 'case 17' },
  ])
})

test('what a loss of power has taken from a file is not promised any more, and is a hole', async () => {
  const pressMs = Date.now() - 10 * 60_000
  const id = await recorded.incidentAt(pressMs, 'cam-cut')
  const { path, segments } = recorded.fileOf('cam-cut', pressMs, 10)
  const gone = recorded.fileOf('cam-cut', pressMs + 30_000, 10)
  await recorded.tell({ segments: [...segments, ...gone.segments] })
  const officer = await fixture.as('officer')
  const { fileId } = segments[0]!
  const kept = async () => (await officer.get<IncidentRecordings>(`incidents/${id}/recordings`)).body.cameras[0]!
  // Six segments and a half are left; before anybody has said so, no length is announced that cannot be filled.
  const bytes = INIT.length + 6_500
  truncateSync(path, bytes)
  const piece = (i: number) => `/recordings/${id}/cam-cut/${fileId}.${segments[i]!.offset}.m4s`
  expect((await recorded.bytesAt(piece(6), officer.token)).status).toBe(410)
  const half = { ...segments[6]!, bytes: 500, durationTicks: 45_000 }
  const goneId = gone.segments[0]!.fileId
  const whole = [
    { fileId, bytes },
    { fileId: goneId, bytes: 0 },
  ]
  const report = { whole, segments: [...segments.slice(0, 6), half], gaps: [], diskFault: null }
  // Of a worker that does not own the file it changes nothing.
  await fixture.program.send('POST', 'internal/streamers/streamer-2/recorded', { ...report, segments: [] })
  expect((await kept()).bytes).toBe(20_000)
  for (let i = 0; i < 2; i++) expect((await recorded.tell(report)).status).toBe(204)
  expect(await kept()).toMatchObject({
    bytes: 6_500,
    kept: [{ fromAt: toIso(pressMs), toAt: toIso(pressMs + 6_500) }],
    gaps: [
      { toAt: toIso(pressMs), reason: 'not-recorded' },
      { fromAt: toIso(pressMs + 6_500), reason: 'not-recorded' },
    ],
  })
  expect((await recorded.bytesAt(piece(6), officer.token)).bytes).toHaveLength(500)
  const files = await fixture.database.query('select id, bytes from recording_file')
  expect(files).toEqual([{ id: fileId, bytes }])
})

test('of a recording of many hours all is said to be there, and the playlist says where it goes on', async () => {
  const seconds = 20_400
  const fromMs = Math.floor(Date.now() / 1000) * 1000 - 8 * HOUR_MS
  const id = await recorded.incidentAt(fromMs + 30_000, 'cam-many')
  const { database } = fixture
  await database.execute(`update recording set until_at = from_at + $2 * interval '1 s' where incident_id = $1`, [
    id,
    seconds + 10,
  ])
  const fileId = newId(fromMs)
  const at = `$2::timestamptz + g * interval '1 s'`
  await database.execute(
    `insert into recording_file select $1, 'streamer-1', 'cam-many', 10, $2, ${at}, 10 + g * 1000 from (select $3::int) n (g)`,
    [fileId, toIso(fromMs), seconds],
  )
  // Ten seconds after an hour are missing.
  await database.execute(
    `insert into recording_segment select $1, 10 + g * 1000, 1000, 'cam-many', ${at}, 90000, false
       from generate_series(0, $3::int - 1) g where g not between 3600 and 3609`,
    [fileId, toIso(fromMs), seconds],
  )
  const officer = await fixture.as('officer')
  const [camera] = (await officer.get<IncidentRecordings>(`incidents/${id}/recordings`)).body.cameras
  const second = (n: number) => toIso(fromMs + n * 1000)
  expect(camera).toMatchObject({
    bytes: (seconds - 10) * 1000,
    kept: [
      { fromAt: second(0), toAt: second(3600) },
      { fromAt: second(3610), toAt: second(seconds) },
    ],
    gaps: [
      { fromAt: second(3600), toAt: second(3610) },
      { fromAt: second(seconds), toAt: second(seconds + 10) },
    ],
    playlistUntilAt: second(20_010),
  })
  const textOf = async (query: string) =>
    (await recorded.bytesAt(camera!.playlist! + query, officer.token)).bytes.toString()
  const first = await textOf('')
  expect(first.match(/m4s$/gm)).toHaveLength(20_000)
  expect(first.trim().split('\n').slice(-2)).toEqual([`# goes on in ?from=${second(20_010)}`, '#EXT-X-ENDLIST'])
  const rest = await textOf(`?from=${second(20_010)}`)
  expect([rest.match(/m4s$/gm)!.length, /PROGRAM-DATE-TIME:(.*)/.exec(rest)![1]]).toEqual([390, second(20_010)])
  expect(rest).not.toContain('goes on')
})

import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../domain/clock.ts'
import { silentLog } from '../../domain/log.ts'
import { Metrics } from '../../domain/metrics.ts'
import { holesOf, joinSpans } from '../../domain/recording.ts'
import type { RecordedSegment } from '../../domain/wire/streamers.ts'
import { Recorder } from '../../streamer/record/recorder.ts'
import { RecordedRows } from '../../streamer/record/recorded-rows.ts'
import { isRequired } from '../support/required.ts'
import { readPictures } from './support/annex-b.ts'
import { sleep, startWorker, until, type Worker } from './support/harness.ts'
import { samplesOf } from './support/mp4.ts'
import { TestCamera, type TestCameraOptions } from './support/test-camera.ts'

const hasFfmpeg = spawnSync('ffprobe', ['-version']).status === 0
if (!hasFfmpeg && isRequired('ffmpeg')) throw new Error('this run needs ffmpeg, and there is none')
const pictures = readPictures('four-slices-320x180.h264')
const baseline = readPictures('baseline-256x144.h264')
const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

async function bringUp(options: Partial<TestCameraOptions> = {}, order: object = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-record-'))
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }))
  const camera = await TestCamera.start({ pictures, ...options })
  cleanUps.push(() => camera.stop())
  const worker = await startWorker([{ id: 'c1', url: camera.url, warm: true, ...order }])
  cleanUps.push(() => worker.stop())
  const { recorder, rows } = recorderOf(worker, folder)
  return { camera, worker, folder, recorder, rows }
}

function recorderOf(worker: Worker, folder: string) {
  const common = { log: silentLog, metrics: worker.metrics }
  const rows = new RecordedRows(common)
  const recorder = new Recorder({ fleet: worker.fleet, folder, clock: systemClock, rows, ...common })
  recorder.start()
  cleanUps.push(() => recorder.stop())
  return { recorder, rows }
}

const want = (worker: Worker, url: string, fromMs: number, untilMs: number) =>
  worker.fleet.assign([
    { id: 'c1', name: 'c1', url, username: null, password: null, warm: true, record: { fromMs, untilMs } },
  ])
const segmentsIn = (worker: Worker) => worker.fleet.cameras.get('c1')!.stream.counts.segments
const fileBytes = (folder: string, { fileId, offset, bytes }: RecordedSegment) => {
  const name = [`${fileId}.mp4`, `${fileId}.open.mp4`].find((one) => existsSync(join(folder, one)))!
  return readFileSync(join(folder, name)).subarray(offset, offset + bytes)
}

describe('an alarm at a warm camera', () => {
  it('keeps the seconds before it and after it, byte for byte as they were live, without a hole', async () => {
    const { camera, worker, folder, rows } = await bringUp()
    await until('four segments', () => segmentsIn(worker) >= 4, 15_000)
    const pressMs = Date.now()
    want(worker, camera.url, pressMs - 3_000, pressMs + 3_000)
    await until('the time after it is over', () => Date.now() > pressMs + 3_500)
    await until('rows', () => rows.next().segments.some((row) => row.startedAtMs > pressMs + 1_500))
    const { segments } = rows.next()
    for (const row of segments) {
      const name = worker.fleet.cameras
        .get('c1')!
        .stream.ring.segments.find((segment) => segment.startedAtMs === row.startedAtMs)!.name
      const live = Buffer.from(await (await worker.get(`/live/c1/${name}`)).arrayBuffer())
      expect(fileBytes(folder, row).equals(live), name).toBe(true)
    }
    const kept = joinSpans(
      segments.map((row) => ({ fromMs: row.startedAtMs, toMs: row.startedAtMs + row.durationTicks / 90 })),
    )
    expect(holesOf({ fromMs: pressMs - 3_000, toMs: pressMs + 2_000 }, kept)).toEqual([])
    expect(rows.next().gaps).toEqual([])
    expect(readdirSync(folder).join(), 'no name of a camera names a file').toMatch(/^[0-9A-Z]{26}\.open\.mp4$/)
  })

  it('goes on with a second press in the same file, and keeps nothing twice', async () => {
    const { camera, worker, rows } = await bringUp()
    await until('two segments', () => segmentsIn(worker) >= 2)
    const pressMs = Date.now()
    want(worker, camera.url, pressMs - 1_000, pressMs + 1_000)
    await sleep(1_200)
    want(worker, camera.url, pressMs - 1_000, pressMs + 4_000)
    await until(
      'the longer time is kept',
      () => rows.next().segments.some((r) => r.startedAtMs > pressMs + 3_000),
      15_000,
    )
    const { segments } = rows.next()
    expect(new Set(segments.map((row) => row.fileId)).size).toBe(1)
    const starts = segments.map((row) => row.startedAtMs)
    expect(new Set(starts).size).toBe(starts.length)
  })
})

describe('the ring', () => {
  it('is kept from its very beginning, where the first group of pictures lies in two segments', async () => {
    const { camera, worker, rows } = await bringUp()
    await until('three segments', () => segmentsIn(worker) >= 3)
    const { ring } = worker.fleet.cameras.get('c1')!.stream
    const began = ring.segments.map(({ startedAtMs }) => startedAtMs)
    expect(ring.segments.slice(0, 2).map(({ parts }) => parts[0]!.isIndependent)).toEqual([true, false])
    want(worker, camera.url, began[0]! - 5_000, Date.now() + 2_000)
    await until('rows', () => rows.next().segments.length >= 3)
    const { segments, gaps } = rows.next()
    expect(segments.slice(0, 3).map(({ startedAtMs }) => startedAtMs)).toEqual(began.slice(0, 3))
    expect(gaps.map(({ toMs }) => toMs)).toEqual([began[0]])
  })

  it('that is cleared while it is being written loses what was not written yet, and nobody else’s pictures get in', async () => {
    const { camera, worker, folder, rows, recorder } = await bringUp()
    const other = await TestCamera.start({ pictures: baseline })
    cleanUps.push(() => other.stop())
    const second = { id: 'c2', name: 'c2', url: other.url, username: null, password: null, warm: true, record: null }
    const first = { ...second, id: 'c1', name: 'c1', url: camera.url }
    worker.fleet.assign([first, second])
    const segmentsOf = (id: string) => worker.fleet.cameras.get(id)!.stream.ring.segments
    await until('segments', () => segmentsOf('c1').length >= 4 && segmentsOf('c2').length >= 2, 15_000)
    const bytesOf = (id: string) =>
      new Map(
        segmentsOf(id)
          .filter(({ isComplete }) => isComplete)
          .map(({ startedAtMs, parts }) => [startedAtMs, Buffer.concat(parts.map(({ bytes }) => bytes))]),
      )
    const live = bytesOf('c1')
    const untilMs = Date.now() + 60_000
    worker.fleet.assign([{ ...first, record: { fromMs: Date.now() - 30_000, untilMs } }, second])
    const turned = recorder.turn()
    worker.fleet.assign([second])
    await turned
    await until('other pictures use the memory', () => segmentsOf('c2').length >= 5, 15_000)
    await recorder.turn()
    for (const row of rows.next().segments) {
      const was = live.get(row.startedAtMs)
      expect(was && fileBytes(folder, row).equals(was), 'as it was live').toBe(true)
    }
    for (const bytes of bytesOf('c2').values()) expect(samplesOf(bytes).length).toBeGreaterThan(0)
    const { gaps } = rows.next()
    expect(gaps.length, 'what is lost is told').toBeGreaterThan(0)
    expect(gaps.every(({ cameraId }) => cameraId === 'c1')).toBe(true)
    expect(worker.metrics.counter('vigil_record_failed_total', '').total()).toBe(0)
  })
})

describe('what is missing', () => {
  it('of a camera that was not connected is a gap that says so', async () => {
    const { camera, worker, rows } = await bringUp({}, { warm: false })
    await sleep(3_000)
    const pressMs = Date.now()
    want(worker, camera.url, pressMs - 2_000, pressMs + 4_000)
    await until('a segment', () => rows.next().segments.length > 0, 15_000)
    const { gaps, segments } = rows.next()
    expect(gaps).toEqual([
      {
        cameraId: 'c1',
        fromMs: pressMs - 2_000,
        toMs: segments[0]!.startedAtMs,
        reason: 'not-connected',
        detail: null,
      },
    ])
  })

  it('while the camera was silent is a gap with the camera’s own state', async () => {
    const { camera, worker, rows } = await bringUp()
    await until('two segments', () => segmentsIn(worker) >= 2)
    const pressMs = Date.now()
    want(worker, camera.url, pressMs - 1_000, pressMs + 6_000)
    await sleep(1_000)
    await camera.stop()
    await until('the gap at the end', () => rows.next().gaps.length > 0, 15_000)
    expect(rows.next().gaps[0]).toMatchObject({ reason: 'no-picture', toMs: pressMs + 6_000 })
    expect(rows.next().gaps[0]!.detail).toBeTruthy()
  })

  it('a change of resolution begins a new file with its own init section', async () => {
    const { camera, worker, folder, rows } = await bringUp({ thenPictures: { after: 60, pictures: baseline } })
    const pressMs = Date.now()
    want(worker, camera.url, pressMs - 1_000, pressMs + 8_000)
    await until(
      'both',
      () => new Set(rows.next().segments.map((row) => row.initBytes)).size > 0 && readdirSync(folder).length > 1,
      15_000,
    )
    await until('a row of the second', () => new Set(rows.next().segments.map((row) => row.fileId)).size > 1)
    for (const row of rows.next().segments) expect(samplesOf(fileBytes(folder, row)).length).toBeGreaterThan(0)
  })
})

describe('the files alone', () => {
  it('give the index again, and a torn end costs only what was torn', async () => {
    const { camera, worker, folder, rows, recorder } = await bringUp()
    await until('two segments', () => segmentsIn(worker) >= 2)
    const pressMs = Date.now()
    want(worker, camera.url, pressMs - 1_000, pressMs + 60_000)
    await until('three rows', () => rows.next().segments.length >= 3, 15_000)
    await recorder.stop()
    const [name] = readdirSync(folder)
    const path = join(folder, name!)
    const before = statSync(path).size
    // A moof that promises more than there is, as a kill in the middle of a write leaves it.
    appendFileSync(path, Buffer.from([0, 0, 1, 0, ...Buffer.from('moof'), 1, 2, 3]))
    const again = new RecordedRows({ log: silentLog, metrics: new Metrics() })
    expect(await again.rebuild(folder)).toBe(1)
    expect(again.next().segments).toEqual(rows.next().segments)
    expect(statSync(path).size).toBe(before)
    const fileId = name!.split('.')[0]!
    expect(again.next().whole).toEqual([{ fileId, bytes: before }])
    // A loss of power takes what was not synced: here the last segment, then all of them.
    const last = rows.next().segments.at(-1)!
    truncateSync(path, last.offset + last.bytes - 1)
    const shorter = new RecordedRows({ log: silentLog, metrics: new Metrics() })
    await shorter.rebuild(folder)
    const [whole] = shorter.next().whole
    expect(whole!.bytes).toBeLessThan(last.offset + last.bytes)
    for (const { offset, bytes } of shorter.next().segments) expect(offset + bytes).toBeLessThanOrEqual(whole!.bytes)
    truncateSync(path, last.initBytes + 5)
    const none = new RecordedRows({ log: silentLog, metrics: new Metrics() })
    await none.rebuild(folder)
    expect(none.next()).toMatchObject({ whole: [{ fileId, bytes: 0 }], segments: [] })
    expect(none.isEmpty, 'the core is to hear of it').toBe(false)
    await none.accepted(none.next())
    expect([none.isEmpty, readdirSync(folder)]).toEqual([true, []])
  })

  it.skipIf(!hasFfmpeg)('play in any player: the marks between the segments disturb nobody', async () => {
    const { camera, worker, folder, rows, recorder } = await bringUp()
    await until('two segments', () => segmentsIn(worker) >= 2)
    want(worker, camera.url, Date.now() - 1_000, Date.now() + 60_000)
    await until('three rows', () => rows.next().segments.length >= 3, 15_000)
    await recorder.stop()
    const path = join(folder, readdirSync(folder)[0]!)
    const what = '-v warning -count_frames -select_streams v:0 -show_entries stream=nb_read_frames -of csv=p=0'
    const { stderr, stdout } = spawnSync('ffprobe', what.split(' ').concat(path))
    expect(stderr.toString()).toBe('')
    const seconds = rows.next().segments.reduce((sum, row) => sum + row.durationTicks / 90_000, 0)
    expect(Number.parseInt(stdout.toString(), 10) / seconds).toBeCloseTo(25, 0)
  })

  it('keep their open name until the core has every row, and then a final one', async () => {
    const { camera, worker, folder, rows } = await bringUp()
    await until('two segments', () => segmentsIn(worker) >= 2)
    const pressMs = Date.now()
    want(worker, camera.url, pressMs - 1_000, pressMs + 500)
    await until('it is over', () => rows.next().segments.length > 0 && Date.now() > pressMs + 5_000, 15_000)
    expect(readdirSync(folder)[0]).toMatch(/\.open\.mp4$/)
    await rows.accepted(rows.next())
    expect(readdirSync(folder)[0]).toMatch(/^[0-9A-Z]{26}\.mp4$/)
    expect(rows.isEmpty).toBe(true)
  })

  it('are read again when memory had no room for their rows, and keep their open name until those are told', async () => {
    const { camera, worker, folder, rows, recorder } = await bringUp()
    await until('two segments', () => segmentsIn(worker) >= 2)
    want(worker, camera.url, Date.now() - 1_000, Date.now() + 60_000)
    await until('two rows', () => rows.next().segments.length >= 2, 15_000)
    await recorder.stop()
    const { segments } = rows.next()
    for (let i = 0; i < 20_000; i++) rows.addSegment({ ...segments[0]!, fileId: 'other', offset: i + 1 })
    while (rows.next().segments.some(({ fileId }) => fileId === 'other')) await rows.accepted(rows.next())
    expect(readdirSync(folder)[0]).toMatch(/\.open\.mp4$/)
    expect(rows.next().segments).toEqual(segments)
    await rows.accepted(rows.next())
    expect(readdirSync(folder)[0]).toMatch(/^[0-9A-Z]{26}\.mp4$/)
    expect(rows.isEmpty).toBe(true)
  })
})

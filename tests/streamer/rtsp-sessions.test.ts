import { afterEach, describe, expect, it } from 'vitest'
import { controlTarget } from '../../streamer/rtsp/session-description.ts'
import { readPictures } from './support/annex-b.ts'
import { selfSigned } from './support/certificate.ts'
import type { Worker } from './support/harness.ts'
import { sleep, startWorker, until } from './support/harness.ts'
import { boxesOf, soundOf } from './support/mp4.ts'
import { aacPayload, readAdts } from './support/sound.ts'
import type { TestCameraOptions } from './support/test-camera.ts'
import { TestCamera } from './support/test-camera.ts'

const pictures = readPictures('baseline-256x144.h264')
const tone = readAdts('tone-16000.adts.aac')
const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

async function bringUp(
  options: Partial<TestCameraOptions>,
  order: object = {},
): Promise<{ camera: TestCamera; worker: Worker }> {
  const camera = await TestCamera.start({ pictures, ...options })
  cleanUps.push(() => camera.stop())
  const worker = await startWorker([{ id: 'c1', url: camera.url, warm: true, ...order }])
  cleanUps.push(() => worker.stop())
  return { camera, worker }
}
const state = (worker: Worker) => worker.fleet.status()[0]!
const online = (worker: Worker) => until('online', () => state(worker).state === 'online')

describe('RTSP over TLS', () => {
  const mine = selfSigned()
  it('trusts the one certificate whose fingerprint is given, and asks nothing before', async () => {
    const { worker, camera } = await bringUp({ tls: mine }, { certificateSha256: mine.sha256 })
    await online(worker)
    expect(camera.requests[0]!.method).toBe('OPTIONS')
  })

  it('refuses a certificate that nobody vouches for, and shows its fingerprint', async () => {
    const { worker, camera } = await bringUp({ tls: mine })
    await until('refused', () => state(worker).state === 'offline')
    expect(state(worker).reason).toContain(mine.sha256)
    expect(camera.requests).toHaveLength(0)
    const response = await worker.post('/probe', { url: camera.url })
    expect(await response.json()).toMatchObject({ ok: false, code: 'camera-certificate-unknown' })
  })

  it('refuses another certificate than the trusted one', async () => {
    const { worker, camera } = await bringUp({ tls: selfSigned() }, { certificateSha256: mine.sha256 })
    await until('refused', () => state(worker).state === 'offline')
    expect(state(worker).reason).toMatch(/another certificate/)
    expect(camera.requests).toHaveLength(0)
  })
})

describe('the session', () => {
  it('is kept alive by what the camera offers', async () => {
    const offers: [string, string][] = [
      ['OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER', 'GET_PARAMETER'],
      ['OPTIONS, DESCRIBE, SETUP, PLAY', 'OPTIONS'],
      ['DESCRIBE, SETUP, PLAY, SET_PARAMETER', 'SET_PARAMETER'],
    ]
    await Promise.all(
      offers.map(async ([offered, method]) => {
        // The shortest time-out that is believed: 5 s, asked after 2.25 s.
        const { worker, camera } = await bringUp({ public: offered, sessionTimeoutS: 5 })
        await online(worker)
        await until(`keep-alive by ${method}`, () => camera.requests.slice(4).some((r) => r.method === method))
        expect(camera.requests.slice(4).every((r) => r.method === method && r.headers['session'] === '777')).toBe(true)
      }),
    )
  })

  it('goes on with the next method when the one offered is refused or never answered', async () => {
    const status = (words: string) => `RTSP/1.0 ${words}\r\nCSeq: {cseq}\r\n\r\n`
    const odd: [string, Partial<TestCameraOptions>, string[]][] = [
      ['never answered', { silentAt: 'GET_PARAMETER' }, ['GET_PARAMETER', 'OPTIONS', 'OPTIONS']],
      ['400', { answers: { GET_PARAMETER: status('400 Bad Request') } }, ['GET_PARAMETER', 'OPTIONS', 'OPTIONS']],
      ['454', { answers: { GET_PARAMETER: status('454 No Session') } }, ['GET_PARAMETER', 'OPTIONS', 'OPTIONS']],
      ['OPTIONS was refused', { answers: { OPTIONS: status('501 Not Implemented') } }, ['GET_PARAMETER']],
      [
        'all are refused',
        { answers: { OPTIONS: status('501 No'), GET_PARAMETER: status('501 No') } },
        ['GET_PARAMETER', 'OPTIONS', 'OPTIONS'],
      ],
      [
        'neither is answered',
        { silentAt: 'SET_PARAMETER', answers: { GET_PARAMETER: '' }, public: 'SET_PARAMETER, GET_PARAMETER' },
        ['GET_PARAMETER', 'SET_PARAMETER', 'OPTIONS'],
      ],
    ]
    await Promise.all(
      odd.map(async ([name, options, methods]) => {
        const { worker, camera } = await bringUp({ ...options, sessionTimeoutS: 5 })
        const asked = () => camera.requests.slice(4, 4 + methods.length).map((request) => request.method)
        await until(`${name}: ${methods.join()}`, () => asked().length === methods.length, 15_000)
        expect(asked(), name).toEqual(methods)
        expect(worker.fleet.cameras.get('c1')!.counts, name).toEqual({ connects: 1, failures: 0 })
      }),
    )
  }, 20_000)

  it('goes on after an RTCP BYE, which is counted', async () => {
    const bye = Buffer.from('81cb000100001234', 'hex')
    const { worker } = await bringUp({ rtcp: { every: 5, bytes: () => bye } })
    await online(worker)
    const { stream, pipeline } = worker.fleet.cameras.get('c1')!
    const before = stream.counts.parts
    await until('more parts', () => stream.counts.parts > before + 5)
    expect(pipeline!.report.counts.byes).toBeGreaterThan(1)
    expect(worker.fleet.cameras.get('c1')!.counts.failures).toBe(0)
  })

  it('survives a wrong Content-Base', async () => {
    const { worker, camera } = await bringUp({ contentBase: 'rtsp://10.1.1.1/wrong/' })
    await online(worker)
    expect(camera.requests.map((r) => r.method)).toContain('PLAY')
  })

  it('sets up and plays by UDP, RTCP included, when the camera refuses TCP', async () => {
    const { worker, camera } = await bringUp({ refusesTcp: true })
    await online(worker)
    expect(camera.requests.filter((r) => r.method === 'SETUP').map((r) => r.headers['transport'])).toEqual([
      'RTP/AVP/TCP;unicast;interleaved=0-1',
      expect.stringMatching(/^RTP\/AVP;unicast;client_port=\d+-\d+$/),
    ])
  })

  it('asks where it is told to: relative, absolute and empty controls', () => {
    const base = 'rtsp://h/s'
    expect(controlTarget(base, 'trackID=1')).toBe('rtsp://h/s/trackID=1')
    expect(controlTarget('rtsp://h/s/', 'trackID=1')).toBe('rtsp://h/s/trackID=1')
    expect(controlTarget(base, 'rtsp://x/y')).toBe('rtsp://x/y')
    expect(controlTarget(base, '*')).toBe(base)
    expect(controlTarget(base, null)).toBe(base)
    expect(controlTarget(base, '?trackID=1')).toBe('rtsp://h/s?trackID=1')
  })
})

describe('sound', () => {
  const sound = {
    lines: [
      'm=audio 0 RTP/AVP 97',
      'a=rtpmap:97 mpeg4-generic/16000/1',
      'a=fmtp:97 mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=1408',
    ],
    payloadType: 97,
    payloads: tone.map((frame) => aacPayload([frame])),
    stepTicks: 1024,
    payloadMs: 64,
  }
  const setUps = (camera: TestCamera) => camera.requests.filter((r) => r.method === 'SETUP').length

  it('is not even asked for unless the camera is set so', async () => {
    const { worker, camera } = await bringUp({ sound })
    await online(worker)
    expect(setUps(camera)).toBe(1)
    const camera1 = worker.fleet.cameras.get('c1')!
    expect(camera1.pipeline!.audio).toBeNull()
    expect(camera1.pipeline!.init!.audio).toBeNull()
  })

  it('comes in the same playlist, as a second track of the same parts', async () => {
    const { worker, camera } = await bringUp({ sound }, { audio: true })
    await online(worker)
    expect(setUps(camera)).toBe(2)
    const { stream } = worker.fleet.cameras.get('c1')!
    await until('two segments', () => stream.counts.segments >= 2)
    const playlist = await (await worker.get('/live/c1/index.m3u8')).text()
    const get = async (file: string) => Buffer.from(await (await worker.get(`/live/c1/${file}`)).arrayBuffer())
    const init = await get(/MAP:URI="([^"]+)"/.exec(playlist)![1]!)
    const moov = boxesOf(init).find((box) => box.type === 'moov')!
    expect(boxesOf(moov.body).filter((box) => box.type === 'trak')).toHaveLength(2)
    const segment = await get(/^s\d+\.m4s$/m.exec(playlist)![0])
    expect(soundOf(segment).length).toBeGreaterThan(5)
  })

  it('that the camera refuses to set up is done without', async () => {
    const { worker, camera } = await bringUp({ sound, refusesSound: true }, { audio: true })
    await online(worker)
    expect(setUps(camera)).toBe(2)
    expect(worker.fleet.cameras.get('c1')!.session).toMatchObject({ soundRefused: 1 })
    expect(worker.fleet.cameras.get('c1')!.counts.failures).toBe(0)
  })

  it('of a kind that cannot be passed on is not set up', async () => {
    const refused = { ...sound, lines: [...sound.lines.slice(0, 2), 'a=fmtp:97 mode=generic'] }
    const { worker, camera } = await bringUp({ sound: refused }, { audio: true })
    await online(worker)
    expect(setUps(camera)).toBe(1)
    await sleep(100)
    expect(worker.fleet.cameras.get('c1')!.counts.failures).toBe(0)
  })

  it('is set up when the setting changes, by another session', async () => {
    const { worker, camera } = await bringUp({ sound })
    await online(worker)
    worker.fleet.assign([
      { id: 'c1', name: '', url: camera.url, username: null, password: null, warm: true, audio: true },
    ])
    await until('a second session with sound', () => setUps(camera) === 3)
  })
})

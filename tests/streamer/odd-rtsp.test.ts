import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../domain/clock.ts'
import { parseRtspAddress } from '../../streamer/rtsp/address.ts'
import { Dialogue } from '../../streamer/rtsp/dialogue.ts'
import { parseAnswer } from '../../streamer/rtsp/message.ts'
import type { SessionListener } from '../../streamer/rtsp/rtsp-session.ts'
import { RtspSession } from '../../streamer/rtsp/rtsp-session.ts'
import { readPictures } from './support/annex-b.ts'
import { until } from './support/harness.ts'
import type { TestCameraOptions } from './support/test-camera.ts'
import { TestCamera } from './support/test-camera.ts'

const pictures = readPictures('baseline-256x144.h264')
const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

async function startCamera(options: Partial<TestCameraOptions> = {}): Promise<TestCamera> {
  const camera = await TestCamera.start({ pictures, ...options })
  cleanUps.push(() => camera.stop())
  return camera
}

/** One session with the camera, without a worker around it. */
function open(camera: TestCamera, listener: Partial<SessionListener> = {}): { ended: string[] } {
  const ended: string[] = []
  const session = new RtspSession({
    ...parseRtspAddress(camera.url),
    clock: systemClock,
    listener: {
      onVideo: () => {},
      onPlaying: () => {},
      onRtp: () => {},
      onEnded: (failure) => ended.push(`${failure.code}: ${failure.reason}`),
      ...listener,
    },
  })
  const timer = setInterval(() => session.tick(systemClock.monotonicMs()), 50)
  cleanUps.push(() => {
    clearInterval(timer)
    session.stop()
  })
  return { ended }
}

describe('something of ours that breaks at a packet', () => {
  for (const refusesTcp of [false, true]) {
    it(`ends this session and nothing else, the packets coming by ${refusesTcp ? 'UDP' : 'TCP'}`, async () => {
      const broken = await startCamera({ refusesTcp })
      const good = await startCamera({ refusesTcp })
      let packets = 0
      const other = open(good, { onRtp: () => packets++ })
      const { ended } = open(broken, {
        onRtp: () => {
          throw new Error('an assertion failed')
        },
      })
      await until('the end', () => ended.length > 0)
      expect(ended).toEqual(['camera-silent: internal error: an assertion failed'])
      const before = packets
      await until('more packets of the other', () => packets > before + 10)
      expect(other.ended).toEqual([])
    })
  }
})

describe('an answer', () => {
  const answer = (sequence: number) => parseAnswer(`RTSP/1.0 200 OK\r\nCSeq: ${sequence}\r\n\r\n`, '')!

  it('that comes late, to a question that was given up, is not taken for that of the next one', () => {
    const dialogue = new Dialogue(null)
    for (const method of ['GET_PARAMETER', 'GET_PARAMETER', 'OPTIONS'] as const)
      dialogue.ask(method, 'rtsp://h/', [], 0)
    expect([1, 2, 3].map((sequence) => dialogue.hear(answer(sequence), 0).kind)).toEqual(['stray', 'stray', 'answer'])
    dialogue.ask('GET_PARAMETER', 'rtsp://h/', [], 0)
    expect(dialogue.hear(answer(3), 0).kind, 'the number before').toBe('answer')
    expect(dialogue.hear(answer(4), 0).kind, 'nobody asked').toBe('stray')
  })
})

describe('what a camera asks while it plays', () => {
  const answersOf = (camera: TestCamera) => camera.requests.filter((request) => request.method === 'RTSP/1.0')
  async function playing(): Promise<{ camera: TestCamera; ended: string[] }> {
    const camera = await startCamera()
    let isPlaying = false
    const { ended } = open(camera, { onPlaying: () => (isPlaying = true) })
    await until('playing', () => isPlaying)
    return { camera, ended }
  }

  it('is answered, by its number and with the session; what we do not know with 501', async () => {
    const { camera, ended } = await playing()
    const asked = [
      'OPTIONS *',
      'OPTIONS*',
      'GET_PARAMETER rtsp://h/',
      'SET_PARAMETER rtsp://h/',
      'PLAY_NOTIFY rtsp://h/',
    ]
    camera.say('ANNOUNCE rtsp://h/ RTSP/1.0\r\nCSeq: 7\r\nContent-Length: 3\r\n\r\nv=0')
    asked.forEach((line, i) => camera.say(`${line}${line.endsWith(' *') ? ' ' : ''}RTSP/1.0\r\nCSeq: ${i + 8}\r\n\r\n`))
    await until('six answers', () => answersOf(camera).length === 6)
    const said = answersOf(camera).map(({ target, headers }) => [target, headers['cseq'], headers['session']])
    expect(said).toEqual([...[7, 8, 9, 10, 11].map((n) => ['200', String(n), '777']), ['501', '12', '777']])
    expect(ended).toEqual([])
  })

  it('is not answered without end', async () => {
    const { camera, ended } = await playing()
    camera.say('OPTIONS * RTSP/1.0\r\n\r\n'.repeat(5_000))
    camera.say('REDIRECT rtsp://h/ RTSP/1.0\r\n\r\n')
    await until('the end', () => ended.length > 0)
    await until('what was said', () => camera.requests.at(-1)?.method === 'TEARDOWN')
    const { length } = answersOf(camera)
    expect(length).toBeGreaterThan(0)
    expect(length).toBeLessThan(1_000)
  })
})

describe('leaving', () => {
  const play = (status: string) => ({ answers: { PLAY: `RTSP/1.0 ${status}\r\nCSeq: {cseq}\r\n\r\n` } })
  const wrong: [string, Partial<TestCameraOptions>][] = [
    ['PLAY is refused', play('500 Internal Server Error')],
    ['PLAY is refused, by UDP', { ...play('500 Internal Server Error'), refusesTcp: true }],
    ['PLAY is never answered', { silentAt: 'PLAY' }],
  ]
  for (const [name, options] of wrong) {
    it(`gives the session back when ${name}`, async () => {
      const camera = await startCamera(options)
      const { ended } = open(camera)
      await until('the end', () => ended.length > 0)
      await until('TEARDOWN', () => camera.requests.at(-1)?.method === 'TEARDOWN')
      expect(camera.requests.at(-1)!.headers['session']).toBe('777')
    })
  }

  it('sends a login that was refused no more', async () => {
    const camera = await startCamera(play('401 Unauthorized'))
    const { ended } = open(camera)
    await until('the end', () => ended.length > 0)
    await until('the connection is closed', () => camera.openConnections === 0)
    expect(camera.requests.at(-1)!.method).toBe('PLAY')
  })
})

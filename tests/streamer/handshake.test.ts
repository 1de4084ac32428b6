import net from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { readPictures } from './support/annex-b.ts'
import type { Worker } from './support/harness.ts'
import { startWorker, until } from './support/harness.ts'
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

async function worker(): Promise<Worker> {
  const started = await startWorker()
  cleanUps.push(() => started.stop())
  return started
}

async function probe(
  url: string,
  username?: string,
  password?: string,
): Promise<{ verdict: Record<string, unknown>; tookMs: number }> {
  const { post } = await worker()
  const beganMs = performance.now()
  const response = await post('/probe', { url, username, password })
  return { verdict: (await response.json()) as Record<string, unknown>, tookMs: performance.now() - beganMs }
}

/** A server that is no camera. */
async function startServer(onConnection: (socket: net.Socket) => void): Promise<number> {
  const sockets = new Set<net.Socket>()
  const server = net.createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    onConnection(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanUps.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

const seen = { ok: true, codec: expect.stringMatching(/^avc1\.42/), widthPx: 256, heightPx: 144 }

describe('a camera that works', () => {
  it('is described after its first key frame', async () => {
    const camera = await startCamera()
    expect((await probe(camera.url)).verdict).toEqual(seen)
    await until('TEARDOWN', () => camera.requests.at(-1)?.method === 'TEARDOWN')
    expect(camera.requests.map((r) => r.method)).toEqual(['OPTIONS', 'DESCRIBE', 'SETUP', 'PLAY', 'TEARDOWN'])
  })

  const odd: [string, Partial<TestCameraOptions>][] = [
    ['without sprop-parameter-sets', { sprop: false }],
    ['with an absolute control of another host', { control: 'rtsp://10.9.8.7/stream1/trackID=1' }],
    ['without Content-Base', { contentBase: null }],
    ['that reassigns the interleaved channels', { channels: [4, 5] }],
    ['that answers OPTIONS with 501', { answers: { OPTIONS: 'RTSP/1.0 501 Not Implemented\r\nCSeq: {cseq}\r\n\r\n' } }],
    ['that leaves CSeq out', { answers: { OPTIONS: 'RTSP/1.0 200 OK\r\nPublic: OPTIONS\r\n\r\n' } }],
    ['that answers everything with CSeq 0', { cseq: '0' }],
    ['with garbage between its frames', { garbageEvery: 3 }],
    ['that refuses TCP and sends by UDP', { refusesTcp: true }],
    ['that sends by UDP, from no port', { refusesTcp: true, serverPorts: '0-1' }],
  ]
  for (const [name, options] of odd) {
    it(`is understood: one ${name}`, async () => {
      const camera = await startCamera(options)
      expect((await probe(camera.url)).verdict).toEqual(seen)
    })
  }
})

describe('the login', () => {
  const right = { username: 'vigil', password: 'p:a"ß %7' }
  const variants: [string, NonNullable<TestCameraOptions['login']>][] = [
    ['digest MD5', right],
    ['digest MD5 with qop', { ...right, qop: true }],
    ['digest SHA-256 with qop', { ...right, qop: true, algorithm: 'SHA-256' }],
    ['digest with a quoted realm', { ...right, realm: 'IP "Cam", \\ 7' }],
    ['digest with a realm in UTF-8', { ...right, realm: Buffer.from('摄像机').toString('latin1') }],
    ['digest with a realm in GBK', { ...right, realm: Buffer.from('c9e3cff1bbfa', 'hex').toString('latin1') }],
    ['digest whose nonce grows stale', { ...right, staleAfter: 2 }],
    ['basic', { ...right, algorithm: 'Basic' }],
  ]
  for (const [name, login] of variants) {
    it(`is accepted: ${name}`, async () => {
      const camera = await startCamera({ login })
      expect((await probe(camera.url, right.username, right.password)).verdict).toEqual(seen)
    })
    it(`is refused once per connection with a wrong password: ${name}`, async () => {
      const camera = await startCamera({ login: { ...login, staleAfter: undefined } })
      const { verdict } = await probe(camera.url, right.username, 'wrong')
      expect(verdict).toMatchObject({ ok: false, code: 'camera-refused-login' })
      expect(camera.requests.filter((r) => r.headers['authorization'] !== undefined)).toHaveLength(1)
    })
  }

  it('may stand in the address, and never appears in the request line', async () => {
    const camera = await startCamera({ login: right })
    const url = camera.url.replace('rtsp://', `rtsp://vigil:${encodeURIComponent(right.password)}@`)
    expect((await probe(url)).verdict).toEqual(seen)
    for (const request of camera.requests) expect(request.target).not.toContain('vigil')
  })

  it('goes with an address in UTF-8', async () => {
    const camera = await startCamera({ login: right, contentBase: null })
    const url = `${camera.url}/大门`
    expect((await probe(url, right.username, right.password)).verdict).toEqual(seen)
    const targets = camera.requests.map(({ target }) => Buffer.from(target, 'latin1').toString())
    expect([...new Set(targets)]).toEqual([url, `${url}/trackID=0`])
  })

  it('that is missing is said so', async () => {
    const camera = await startCamera({ login: right })
    expect((await probe(camera.url)).verdict).toMatchObject({
      code: 'camera-refused-login',
      detail: 'the camera asks for a user name and password',
    })
  })
})

describe('what is no picture', () => {
  const cases: [string, string, () => Promise<string>][] = [
    [
      'a port where nothing listens',
      'camera-unreachable',
      async () => {
        const server = net.createServer()
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
        const { port } = server.address() as AddressInfo
        await new Promise((resolve) => server.close(resolve))
        return `rtsp://127.0.0.1:${port}/`
      },
    ],
    [
      'a web server',
      'camera-not-a-camera',
      async () => {
        const port = await startServer((s) => s.once('data', () => s.end('HTTP/1.1 400 Bad Request\r\n\r\n<html>')))
        return `rtsp://127.0.0.1:${port}/`
      },
    ],
    [
      'a server that closes without a word',
      'camera-not-a-camera',
      async () => `rtsp://127.0.0.1:${await startServer((s) => s.end())}/`,
    ],
    ['a server that says nothing', 'camera-silent', async () => `rtsp://127.0.0.1:${await startServer(() => {})}/`],
    [
      'a camera that hangs after DESCRIBE',
      'camera-silent',
      async () => (await startCamera({ silentAt: 'DESCRIBE' })).url,
    ],
    ['a camera that hangs after SETUP', 'camera-silent', async () => (await startCamera({ silentAt: 'SETUP' })).url],
    ['a camera that plays nothing', 'camera-silent', async () => (await startCamera({ sendsOnly: 0 })).url],
    [
      'a path the camera does not know',
      'camera-has-no-video',
      async () => (await startCamera({ answers: { DESCRIBE: 'RTSP/1.0 404 Not Found\r\nCSeq: {cseq}\r\n\r\n' } })).url,
    ],
    ['a camera that sends MJPEG', 'camera-has-no-video', async () => (await startCamera({ codec: 'JPEG' })).url],
    [
      'a camera that redirects',
      'camera-not-a-camera',
      async () =>
        (
          await startCamera({
            answers: { DESCRIBE: 'RTSP/1.0 302 Moved\r\nCSeq: {cseq}\r\nLocation: rtsp://10.0.0.1/\r\n\r\n' },
          })
        ).url,
    ],
    [
      'a camera that forbids',
      'camera-refused-login',
      async () => (await startCamera({ answers: { DESCRIBE: 'RTSP/1.0 403 Forbidden\r\nCSeq: {cseq}\r\n\r\n' } })).url,
    ],
  ]
  it('is named within six seconds, each by its own code', async () => {
    const visited = await Promise.all(
      cases.map(async ([name, code, urlOf]) => {
        const { verdict, tookMs } = await probe(await urlOf())
        expect(verdict, name).toMatchObject({ ok: false, code })
        expect(String(verdict['detail']).length, name).toBeGreaterThan(10)
        expect(tookMs, name).toBeLessThan(6_500)
        return name
      }),
    )
    expect(visited).toHaveLength(11)
  })

  it('is told in words that can be shown and stored, whatever the camera says', async () => {
    const answers = { DESCRIBE: 'RTSP/1.0 500 Internal\0Error\x1b[2J\r\nCSeq: {cseq}\r\n\r\n' }
    const [refusing, odd] = await Promise.all([startCamera({ answers }), startCamera({ codec: 'JP\0EG' })])
    expect((await probe(refusing.url)).verdict['detail']).toContain('(500 Internal\ufffdError\ufffd[2J)')
    expect((await probe(odd.url)).verdict['detail']).toContain('the camera sends JP\ufffdEG;')
  })

  it('is no RTSP address at all: bad request', async () => {
    for (const url of ['http://127.0.0.1/', 'rtsp://', 'rtsp://a b/', 'rtsp://host:99999/', 'rtsp://h/\r\nX: y']) {
      const { post } = await worker()
      expect((await post('/probe', { url })).status, url).toBe(400)
    }
  })
})

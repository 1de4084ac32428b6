import { Agent, createServer, get, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../domain/clock.ts'
import { silentLog } from '../../domain/log.ts'
import { Metrics } from '../../domain/metrics.ts'
import { faultOf, sendFault } from '../../gateway/http/problem.ts'
import { createLiveProxy } from '../../gateway/media/live-proxy.ts'
import { BYTES_OF_ONE_MAX, REQUESTS_OF_ONE_MAX } from '../../gateway/media/media-room.ts'
import { until } from '../streamer/support/harness.ts'

const cleanUps: (() => Promise<unknown> | void)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

async function listen(onRequest: RequestListener): Promise<{ url: string; server: Server }> {
  const server = createServer(onRequest)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanUps.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server }
}

/** A worker that answers as told, and the proxy before it. */
async function bringUp(
  worker: RequestListener,
  isLive = () => true,
  stalledMs = 20_000,
): Promise<{ url: string; workerServer: Server; metrics: Metrics }> {
  const upstream = await listen(worker)
  const metrics = new Metrics()
  const proxy = createLiveProxy({
    internalToken: 'inside',
    isLive,
    clock: systemClock,
    log: silentLog,
    metrics,
    stalledMs,
  })
  cleanUps.push(() => proxy.close())
  const front = await listen((req, res) => {
    const query = /\?.*/.exec(req.url ?? '')?.[0] ?? ''
    const viewer = String(req.headers['x-viewer'] ?? 'one')
    const live = { baseUrl: upstream.url, cameraId: 'c1', file: 'p1.0.m4s', query, viewer, ticket: null }
    proxy.serve(live, res).catch((error: unknown) => sendFault(res, faultOf(error, 'test', silentLog, systemClock)))
  })
  return { url: front.url, workerServer: upstream.server, metrics }
}

test('the worker sees the internal token, never what the officer has shown', async () => {
  let seen: IncomingMessage | null = null
  const { url } = await bringUp((req, res) => {
    seen = req
    res
      .writeHead(200, { 'content-type': 'video/mp4', 'cache-control': 'private', 'set-cookie': 'a=b', server: 'x' })
      .end('part')
  })
  const answer = await fetch(`${url}/?_HLS_msn=4`, {
    headers: { authorization: 'Bearer officer', cookie: 'vigil_session=officer' },
  })
  expect(await answer.text()).toBe('part')
  expect(seen!.url).toBe('/live/c1/p1.0.m4s?_HLS_msn=4')
  expect(seen!.headers).toMatchObject({ authorization: 'Bearer inside' })
  expect(JSON.stringify(seen!.headers)).not.toContain('officer')
  expect(answer.headers.get('content-type')).toBe('video/mp4')
  expect(answer.headers.get('cache-control'), 'nothing stays in a shared desk’s browser').toBe('no-store')
  expect(answer.headers.get('set-cookie')).toBeNull()
  expect(answer.headers.get('server')).toBeNull()
})

test('one connection to the worker carries many answers', async () => {
  let connections = 0
  const { url, workerServer } = await bringUp((_req, res) => res.end('x'))
  workerServer.on('connection', () => connections++)
  for (let i = 0; i < 20; i++) await (await fetch(url)).text()
  expect(connections).toBe(1)
})

test('a player that leaves ends what the worker was sending or waiting for', async () => {
  let closed = 0
  const { url } = await bringUp((req, res) => {
    res.on('close', () => closed++)
    if (req.url!.includes('endless')) {
      res.writeHead(200)
      const timer = setInterval(() => res.write('x'), 5)
      res.on('close', () => clearInterval(timer))
    }
  })
  for (const path of ['/?endless', '/?waiting']) {
    const leave = new AbortController()
    const answer = fetch(url + path, { signal: leave.signal }).then((got) => got.text())
    setTimeout(() => leave.abort(), 100)
    await expect(answer).rejects.toThrow()
  }
  await until('both have ended at the worker', () => closed === 2, 2_000)
})

test('a player that reads slowly slows the worker and does not fill our memory', async () => {
  let written = 0
  const { url } = await bringUp((_req, res) => {
    res.writeHead(200)
    const more = () => {
      while (!res.destroyed && written < 200_000_000) {
        written += 65_536
        if (!res.write(Buffer.alloc(65_536))) {
          res.once('drain', more)
          return
        }
      }
    }
    more()
  })
  const leave = new AbortController()
  await fetch(url, { signal: leave.signal })
  await new Promise((resolve) => setTimeout(resolve, 500))
  leave.abort()
  expect(written, 'what the kernel and two sockets hold').toBeLessThan(30_000_000)
})

test('a worker that is away, or breaks off, is a problem with a name', async () => {
  const { url, workerServer } = await bringUp((_req, res) => {
    res.writeHead(200, { 'content-length': 1_000 })
    res.write('half')
    setTimeout(() => res.destroy(), 50)
  })
  expect(await (await fetch(url)).json()).toMatchObject({ code: 'streamer-away' })
  workerServer.closeAllConnections()
  await new Promise((resolve) => workerServer.close(resolve))
  const answer = await fetch(url)
  expect(answer.status).toBe(503)
  expect(await answer.json()).toMatchObject({ code: 'streamer-away' })
  await new Promise<void>((resolve) => workerServer.listen(0, resolve))
})

test('players of one stream ask the worker once for a playlist that is waited for, and get the very same bytes', async () => {
  const asked: string[] = []
  const { url } = await bringUp((req, res) => {
    asked.push(req.url!)
    const body = Buffer.alloc(30_000, asked.length)
    setTimeout(() => res.writeHead(200, { 'content-length': body.length, 'cache-control': 'no-store' }).end(body), 100)
  })
  const many = (query: string) =>
    Promise.all(Array.from({ length: 20 }, async () => Buffer.from(await (await fetch(url + query)).arrayBuffer())))
  const answers = [...(await many('/?_HLS_msn=4&_HLS_part=1')), ...(await many('/?_HLS_msn=4&_HLS_part=2'))]
  expect(asked).toHaveLength(2)
  expect(answers.slice(0, 20).every((body) => body.equals(answers[0]!))).toBe(true)
  expect(answers[20]!.equals(answers[0]!)).toBe(false)
  await many('/?_HLS_msn=4&_HLS_part=2')
  expect(asked, 'a playlist is of its moment and not kept').toHaveLength(3)
})

test('a part is kept for a moment for players that come a little later; a refusal is not', async () => {
  let asked = 0
  const { url } = await bringUp((req, res) => {
    asked++
    const isThere = !req.url!.includes('gone')
    const headers = { 'content-length': 4, 'cache-control': isThere ? 'private, max-age=60, immutable' : 'no-store' }
    res.writeHead(isThere ? 200 : 404, headers).end('part')
  })
  for (let i = 0; i < 3; i++) expect(await (await fetch(`${url}/?a`)).text()).toBe('part')
  expect(asked).toBe(1)
  for (let i = 0; i < 3; i++) expect((await fetch(`${url}/?gone`)).status).toBe(404)
  expect(asked).toBe(4)
})

test('a player that leaves takes nothing from the others that wait for the same', async () => {
  let closed = 0
  const { url } = await bringUp((_req, res) => {
    res.on('close', () => (res.writableFinished ? undefined : closed++))
    setTimeout(() => res.writeHead(200, { 'content-length': 4 }).end('part'), 400)
  })
  const leave = new AbortController()
  const leaving = fetch(`${url}/?w`, { signal: leave.signal }).then((answer) => answer.text())
  await new Promise((resolve) => setTimeout(resolve, 100))
  const staying = fetch(`${url}/?w`).then((answer) => answer.text())
  await new Promise((resolve) => setTimeout(resolve, 100))
  leave.abort()
  await expect(leaving).rejects.toThrow()
  expect(await staying).toBe('part')
  expect(closed).toBe(0)
})

test('who waits for a worker that reports no more is told so, and may ask the next one', async () => {
  let isLive = true
  const { url } = await bringUp(
    () => undefined,
    () => isLive,
  )
  const waiting = fetch(`${url}/?frozen`)
  await new Promise((resolve) => setTimeout(resolve, 100))
  isLive = false
  const answer = await waiting
  expect(answer.status).toBe(503)
  expect(await answer.json()).toMatchObject({ code: 'streamer-away' })
})

/** Asks and reads nothing, however much comes. @returns the status */
function askWithoutReading(url: string, viewer: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = get(url, { agent: new Agent(), headers: { 'x-viewer': viewer } }, (res) => {
      cleanUps.push(() => void res.socket.destroy())
      res.on('error', () => undefined)
      resolve(res.statusCode!)
    })
    asked.on('error', reject)
  })
}

const large = (req: IncomingMessage, res: Parameters<RequestListener>[1]) => {
  const body = Buffer.alloc(12_000_000, req.url)
  res.writeHead(200, { 'content-length': body.length }).end(body)
}
const refusals = (metrics: Metrics) => metrics.counter('vigil_media_refused_total', '').total()
const unread = (metrics: Metrics) => /^vigil_media_unread_bytes (\d+)$/m.exec(metrics.text())![1]

test('a player that reads nothing is cut off, and what was held for it is given back', async () => {
  const { url, metrics } = await bringUp(large, undefined, 300)
  expect(await askWithoutReading(`${url}/?a`, 'one')).toBe(200)
  expect(unread(metrics)).toBe('12000000')
  await until('it is cut off', () => refusals(metrics) === 1)
  await until('nothing is held', () => unread(metrics) === '0')
  const whole = Buffer.from(await (await fetch(`${url}/?a`)).arrayBuffer())
  expect(whole.equals(Buffer.alloc(12_000_000, '/live/c1/p1.0.m4s?a')), 'who reads gets all of it').toBe(true)
  expect(refusals(metrics)).toBe(1)
})

test('what one person leaves unread is bounded, and takes nothing from the others', async () => {
  const { url, metrics } = await bringUp(large)
  const fits = Math.floor(BYTES_OF_ONE_MAX / 12_000_000)
  for (let i = 0; i < fits; i++) expect(await askWithoutReading(`${url}/?${i}`, 'greedy')).toBe(200)
  const refused = await fetch(`${url}/?more`, { headers: { 'x-viewer': 'greedy' } })
  expect(refused.status).toBe(429)
  expect(await refused.json()).toMatchObject({ code: 'too-many-requests' })
  expect((await fetch(`${url}/?more`, { headers: { 'x-viewer': 'other' } })).status).toBe(200)
  expect(metrics.text()).toContain('vigil_media_refused_total{reason="too-much-unread"} 1')
})

test('one person cannot take all the places of those who wait for a camera', async () => {
  let waiting = 0
  const { url } = await bringUp((req) => {
    waiting++
    req.once('close', () => waiting--)
  })
  const agent = new Agent({ maxSockets: Infinity })
  const ask = (n: number, viewer: string) =>
    new Promise<number>((resolve) => {
      const asked = get(`${url}/?${n}`, { agent, headers: { 'x-viewer': viewer } })
      asked.on('response', (res) => resolve(res.resume().statusCode!)).on('error', () => resolve(0))
    })
  const open = Array.from({ length: REQUESTS_OF_ONE_MAX }, (_, n) => ask(n, 'greedy'))
  await until('all wait', () => waiting === REQUESTS_OF_ONE_MAX)
  expect(await ask(999, 'greedy')).toBe(429)
  open.push(ask(1000, 'other'))
  await until('another one waits too', () => waiting === REQUESTS_OF_ONE_MAX + 1)
  agent.destroy()
  expect(new Set(await Promise.all(open))).toEqual(new Set([0]))
  await until('nobody waits', () => waiting === 0)
})

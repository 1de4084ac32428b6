import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../domain/clock.ts'
import { silentLog } from '../../domain/log.ts'
import { Metrics } from '../../domain/metrics.ts'
import { faultOf, sendFault } from '../../gateway/http/problem.ts'
import { createLiveProxy } from '../../gateway/media/live-proxy.ts'
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
async function bringUp(worker: RequestListener): Promise<{ url: string; workerServer: Server }> {
  const upstream = await listen(worker)
  const proxy = createLiveProxy({ internalToken: 'inside', log: silentLog, metrics: new Metrics() })
  cleanUps.push(() => proxy.close())
  const front = await listen((req, res) => {
    const query = new URLSearchParams(req.url?.split('?')[1])
    const live = { baseUrl: upstream.url, cameraId: 'c1', file: 'p1.0.m4s', query, viewer: 's1', ticket: null }
    proxy.serve(live, res).catch((error: unknown) => sendFault(res, faultOf(error, 'test', silentLog, systemClock)))
  })
  return { url: front.url, workerServer: upstream.server }
}

test('the worker sees the internal token and the viewer, never what the officer has shown', async () => {
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
  expect(seen!.headers).toMatchObject({ authorization: 'Bearer inside', 'x-vigil-viewer': 's1' })
  expect(JSON.stringify(seen!.headers)).not.toContain('officer')
  expect(answer.headers.get('content-type')).toBe('video/mp4')
  expect(answer.headers.get('cache-control')).toBe('private')
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

test('a worker that is away is a problem with a name; one that breaks off breaks the answer off', async () => {
  const { url, workerServer } = await bringUp((_req, res) => {
    res.writeHead(200, { 'content-length': 1_000 })
    res.write('half')
    setTimeout(() => res.destroy(), 50)
  })
  await expect(fetch(url).then((answer) => answer.text())).rejects.toThrow()
  workerServer.closeAllConnections()
  await new Promise((resolve) => workerServer.close(resolve))
  const answer = await fetch(url)
  expect(answer.status).toBe(503)
  expect(await answer.json()).toMatchObject({ code: 'streamer-away' })
  await new Promise<void>((resolve) => workerServer.listen(0, resolve))
})

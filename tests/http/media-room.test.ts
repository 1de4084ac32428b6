import type { ServerResponse } from 'node:http'
import { connect, createServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { liveQuery } from '../../gateway/media/live-query.ts'
import { BYTES_OF_ONE_MAX, MediaRoom, pour } from '../../gateway/media/media-room.ts'
import { until } from '../streamer/support/harness.ts'

const cleanUps: (() => Promise<unknown> | void)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

test('of a player’s query only what means something reaches the worker, in one spelling', () => {
  const query = (file: string, asked: string) => liveQuery(file, new URLSearchParams(asked))
  const blocking = '?_HLS_msn=7&_HLS_part=4&_HLS_skip=YES'
  for (const asked of [blocking, '?x=1&_HLS_skip=v2&_HLS_part=04&_HLS_msn=007&ticket=a.b', `${blocking}&_HLS_msn=8`]) {
    expect(query('index.m3u8', asked)).toBe(blocking)
  }
  expect(query('index.m3u8', '?x=1&_HLS_skip=NO')).toBe('')
  expect(query('index.m3u8', '?plain&_HLS_msn=7')).toBe('?plain')
  expect(query('index.m3u8', '?plain=now')).toBe('?plain=now')
  for (const asked of ['?_HLS_msn=x', '?_HLS_msn=', '?_HLS_msn=-1', '?_HLS_msn=7&_HLS_part=512', '?plain=x']) {
    expect(() => query('index.m3u8', asked), asked).toThrow()
  }
  expect(query('p7.4.m4s', '?x=1&_HLS_msn=7')).toBe('')
  const loop = '?from=1790000000000&to=1790000030000'
  expect(query('loop.m3u8', `${loop}&x=1`)).toBe(loop)
  expect(query('loop.m3u8', '?to=2026-09-21T14:13:50Z&from=2026-09-21T22:13:20%2B08:00')).toBe(loop)
  expect(() => query('loop.m3u8', '?from=1')).toThrow()
})

test('many readers of the same bytes hold them once', () => {
  const room = new MediaRoom(() => undefined)
  const body = Buffer.alloc(BYTES_OF_ONE_MAX)
  const places = Array.from({ length: 20 }, (_, i) => room.enter(`viewer-${i % 2}`))
  for (const place of places) place.hold(body)
  expect(room.bytes).toBe(BYTES_OF_ONE_MAX)
  expect(() => room.enter('viewer-0').hold(Buffer.alloc(1))).toThrow('not read')
  for (const place of places) place.leave()
  expect(room.bytes).toBe(0)
})

test('over HTTP/2 a body comes whole too, and one that is not read is cut off', async () => {
  const body = Buffer.alloc(3_000_000, 'abc')
  const poured: boolean[] = []
  const server = createServer((req, res) => {
    const stalledMs = req.url === '/unread' ? 200 : 20_000
    pour(body, res as unknown as ServerResponse, stalledMs).then(
      (isRead) => poured.push(isRead),
      () => undefined,
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  cleanUps.push(async () => {
    session.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  const unreadOne = session.request({ ':path': '/unread' })
  unreadOne.on('error', () => undefined)
  await until('it is cut off', () => poured.length === 1)
  expect(poured).toEqual([false])
  const pieces: Buffer[] = []
  for await (const piece of session.request({ ':path': '/' }) as AsyncIterable<Buffer>) pieces.push(piece)
  expect(Buffer.concat(pieces).equals(body)).toBe(true)
  await until('it is done', () => poured.length === 2)
  expect(poured).toEqual([false, true])
})

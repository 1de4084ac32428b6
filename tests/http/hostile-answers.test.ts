import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { systemClock } from '../../domain/clock.ts'
import { askSoap } from '../../devices/camera/soap-call.ts'
import { readProbeMatches } from '../../devices/camera/ws-discovery.ts'
import { readXml } from '../../devices/camera/xml-tree.ts'

async function startServer(): Promise<{ server: Server; port: number; asked: string[] }> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.end('<s:Envelope xmlns:s="e"><s:Body><ok/></s:Body></s:Envelope>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, port: (server.address() as AddressInfo).port, asked }
}

test('the path of a service, as a camera tells it, leads to no other host', async () => {
  const [camera, stranger] = await Promise.all([startServer(), startServer()])
  const paths = [
    `@127.0.0.1:${stranger.port}/a`,
    `//127.0.0.1:${stranger.port}/b`,
    `\\@127.0.0.1:${stranger.port}/c`,
    '?d',
  ]
  for (const path of paths) {
    const target = { host: '127.0.0.1', port: camera.port, path, username: 'viewer', password: 'see-all' }
    const signal = AbortSignal.timeout(5_000)
    await askSoap({ target, action: 'x', header: '', body: '', cameraNowMs: 0, timeoutMs: 5_000, signal })
  }
  expect(camera.asked).toHaveLength(paths.length)
  expect(stranger.asked).toEqual([])
  for (const { server } of [camera, stranger]) server.close()
})

/** Where each letter is looked at once these take milliseconds; where a word is tried from each of its letters, minutes. */
const AT_ONCE_MS = 10_000
const LENGTH = 512 * 1024

test('an answer made to be read slowly holds up nobody', () => {
  const fill = (piece: string) => piece.repeat(LENGTH / piece.length)
  const declared = Array.from({ length: LENGTH / 16 }, (_, i) => `xmlns:${i}=""`).join(' ')
  const sinceMs = systemClock.monotonicMs()
  expect(readXml(`<a ${fill('x')}>`)).toBeNull()
  expect(readXml(`<a ${fill(`"a"'b'`)}></a>`)).not.toBeNull()
  expect(readXml(`<a ${declared}>${'<b xmlns:c=""/>'.repeat(10_000)}</a>`)?.children).toHaveLength(10_000)
  for (let i = 0; i < 50; i++) expect(readProbeMatches(`<ProbeMatch ${'<XAddrs '.repeat(8_000)}`)).toEqual([])
  expect(systemClock.monotonicMs() - sinceMs).toBeLessThan(AT_ONCE_MS)
}, 600_000)

test('attributes are read as they stand, in either quotes, with or without space', () => {
  const read = readXml(`<a one="1"two = '2' xmlns:n="space" n:three="a='b' c" four/><!-- -->`)
  expect([...read!.attributes]).toEqual([
    ['one', '1'],
    ['two', '2'],
    ['three', "a='b' c"],
  ])
})

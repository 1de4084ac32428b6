import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { silentLog } from '../../domain/log.ts'
import { Metrics } from '../../domain/metrics.ts'
import { streamerBeatSchema } from '../../domain/wire/streamers.ts'
import { CoreBeat } from '../../streamer/core-beat.ts'
import { startWorker } from './support/harness.ts'

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

it('serves what the core orders, and keeps it while the core is away or talks nonsense', async () => {
  const worker = await startWorker()
  cleanUps.push(() => worker.stop())
  const beats: unknown[] = []
  let answer: { status: number; body: string } = { status: 200, body: '' }
  const core = createServer((req, res) => {
    expect(req.headers.authorization).toBe('Bearer secret')
    expect(req.url).toBe('/api/v1/internal/streamers/streamer-1/beat')
    let text = ''
    req.on('data', (bytes: Buffer) => (text += bytes.toString()))
    req.on('end', () => {
      beats.push(JSON.parse(text))
      res.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body)
    })
  })
  await new Promise<void>((resolve) => core.listen(0, '127.0.0.1', resolve))
  cleanUps.push(() => core.close())
  const metrics = new Metrics()
  const beat = new CoreBeat({
    coreUrl: `http://127.0.0.1:${(core.address() as AddressInfo).port}`,
    workerId: 'streamer-1',
    token: 'secret',
    baseUrl: worker.baseUrl,
    metricsPort: 1,
    fleet: worker.fleet,
    log: silentLog,
    metrics,
  })
  const order = (id: string) => ({
    id,
    name: id,
    url: 'rtsp://127.0.0.1:9/x',
    username: null,
    password: null,
    warm: false,
  })
  answer.body = JSON.stringify({ revision: 1, cameras: [order('a'), order('b')] })
  await beat.beat()
  expect([...worker.fleet.cameras.keys()]).toEqual(['a', 'b'])
  for (const bad of ['not json', '{"revision":2}', '{"revision":2,"cameras":[{"id":"../x"}]}']) {
    answer = { status: 200, body: bad }
    await beat.beat()
  }
  answer = { status: 503, body: '{}' }
  await beat.beat()
  expect([...worker.fleet.cameras.keys()]).toEqual(['a', 'b'])
  expect(metrics.text()).toContain('vigil_core_beats_missed_total 4')
  answer = { status: 200, body: JSON.stringify({ revision: 3, cameras: [order('b'), order('c')] }) }
  await beat.beat()
  expect([...worker.fleet.cameras.keys()]).toEqual(['b', 'c'])
  for (const report of beats) expect(streamerBeatSchema.parse(report).baseUrl).toBe(worker.baseUrl)
})

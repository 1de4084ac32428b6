import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mqtt from 'mqtt'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../domain/clock.ts'
import { silentLog } from '../../domain/log.ts'
import { Metrics } from '../../domain/metrics.ts'
import { connectBroker } from '../../gateway/broker/client.ts'
import { topicMatches } from '../../gateway/broker/topic-matches.ts'
import { consumeEvents } from '../../gateway/intake/broker-consumer.ts'
import { BrokerDrops, RetainedEvents } from '../../gateway/intake/broker-news.ts'
import type { NewRecord } from '../../gateway/intake/journal/format.ts'
import { wiretap } from './wiretap.ts'

const MOSQUITTO = ['/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto', '/opt/homebrew/sbin/mosquitto'].find(existsSync)
const EVENT = 'vigil/1/button/school-1/event'

let folder: string
let port: number
let broker: ChildProcess
let retained: RetainedEvents
const closers: (() => Promise<unknown>)[] = []

async function startBroker(): Promise<void> {
  broker = spawn(MOSQUITTO!, ['-c', join(folder, 'mosquitto.conf')], { stdio: 'ignore' })
  await expect
    .poll(() =>
      mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0 }).then(
        (one) => one.endAsync(),
        () => 'no',
      ),
    )
    .toBeUndefined()
}
async function stopBroker(): Promise<void> {
  const gone = new Promise((resolve) => broker.once('exit', resolve))
  broker.kill('SIGTERM')
  await gone
}

const url = () => `mqtt://127.0.0.1:${port}`
async function device(): Promise<mqtt.MqttClient> {
  const client = await mqtt.connectAsync(url(), { clientId: 'school-1' })
  closers.push(() => client.endAsync(true))
  return client
}

describe.skipIf(!MOSQUITTO)('with an external broker (skipped where mosquitto is not installed)', () => {
  beforeEach(async () => {
    retained = new RetainedEvents()
    folder = mkdtempSync(join(tmpdir(), 'vigil-mosquitto-'))
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    port = (server.address() as AddressInfo).port
    await new Promise((resolve) => server.close(resolve))
    writeFileSync(
      join(folder, 'mosquitto.conf'),
      [
        `listener ${port} 127.0.0.1`,
        'allow_anonymous true',
        'persistence true',
        `persistence_location ${folder}/`,
        'max_queued_messages 0',
        'user root',
      ].join('\n'),
    )
    await startBroker()
  })
  afterEach(async () => {
    for (const close of closers.splice(0).toReversed()) await close()
    await stopBroker()
    rmSync(folder, { recursive: true, force: true })
  })

  function consume(
    take: (record: NewRecord) => Promise<void>,
    metrics = new Metrics(),
    more: { url?: string; keepaliveS?: number } = {},
  ) {
    const consumer = consumeEvents({
      url: url(),
      clientId: 'intake-test',
      take,
      log: silentLog,
      metrics,
      retained,
      clock: systemClock,
      ...more,
    })
    closers.push(() => consumer.close())
    return consumer
  }

  it('each event is taken, in order, also what came while the intake was away', async () => {
    const taken: string[] = []
    const take = (record: NewRecord) => Promise.resolve(void taken.push(record.payload.toString()))
    const first = consume(take)
    await expect.poll(() => first.isConnected()).toBe(true)
    const client = await device()
    await client.publishAsync(EVENT, '0', { qos: 1 })
    await expect.poll(() => taken).toEqual(['0'])
    await first.close()
    for (let i = 1; i <= 1_500; i++) client.publish(EVENT, String(i), { qos: 1 })
    consume(take)
    await expect.poll(() => taken.length, { timeout: 10_000 }).toBe(1_501)
    expect(taken).toEqual(Array.from({ length: 1_501 }, (_, i) => String(i)))
  })

  it('an event that could not be made durable comes again, and none after it is lost', async () => {
    const taken: string[] = []
    const failures = { left: 3 }
    consume(async (record) => {
      await new Promise((resolve) => setTimeout(resolve, 1))
      if (record.payload.toString() === '5' && failures.left-- > 0) throw new Error('disk full')
      taken.push(record.payload.toString())
    })
    const client = await device()
    for (let i = 0; i < 20; i++) client.publish(EVENT, String(i), { qos: 1 })
    await expect.poll(() => new Set(taken).size, { timeout: 15_000 }).toBe(20)
    expect(failures.left).toBeLessThan(1)
  }, 20_000)

  it('nothing is acknowledged before it was taken: a slow disk holds only what fits the window, and pings go on', async () => {
    let waiting = 0
    let release = () => {}
    const gate = new Promise<void>((resolve) => (release = resolve))
    const taken = new Set<string>()
    const consumer = consume(async (record) => {
      waiting++
      await gate
      taken.add(record.payload.toString())
    })
    await expect.poll(() => consumer.isConnected()).toBe(true)
    const client = await device()
    for (let i = 0; i < 800; i++) client.publish(EVENT, String(i), { qos: 1 })
    await expect.poll(() => waiting).toBe(500)
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(waiting).toBe(500)
    release()
    await expect.poll(() => taken.size).toBe(800)
  })

  it('a broker that restarts is found again, retained and foreign messages are no events', async () => {
    const taken: string[] = []
    const metrics = new Metrics()
    const client = await device()
    await client.publishAsync(EVENT, 'old', { qos: 1, retain: true })
    consume((record) => Promise.resolve(void taken.push(record.payload.toString())), metrics)
    await expect
      .poll(async () => {
        await client.publishAsync('vigil/1/rocket/school-1/event', 'foreign', { qos: 1 })
        return metrics.text()
      })
      .toMatch(/refused_total{reason="foreign-topic"} [1-9]/)
    await stopBroker()
    await startBroker()
    await expect.poll(() => client.connected, { timeout: 10_000 }).toBe(true)
    await client.publishAsync(EVENT, 'new', { qos: 1 })
    await expect.poll(() => taken, { timeout: 10_000 }).toEqual(['new'])
  }, 20_000)

  it('a retained event is no alarm, counted and told until the broker keeps it no longer; one that is pressed now is an alarm', async () => {
    const taken: string[] = []
    const metrics = new Metrics()
    const client = await device()
    await client.publishAsync(EVENT, 'old', { qos: 1, retain: true })
    const first = consume((record) => Promise.resolve(void taken.push(record.payload.toString())), metrics)
    await expect
      .poll(() => retained.conditions())
      .toMatchObject([{ code: 'retained-events', subjectId: 'school-1', facts: { count: 1 } }])
    expect(metrics.text()).toContain('refused_total{reason="retain"} 1')
    await client.publishAsync(EVENT, 'pressed now', { qos: 1, retain: true })
    await expect.poll(() => taken).toEqual(['pressed now'])
    await client.publishAsync(EVENT, '', { qos: 1, retain: true })
    await first.close()
    const second = consume((record) => Promise.resolve(void taken.push(record.payload.toString())), metrics)
    await expect.poll(() => second.isConnected()).toBe(true)
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(retained.conditions()).toEqual([])
  })

  it('a disk that is slower than the keepalive ends no connection', async () => {
    const metrics = new Metrics()
    let release = () => {}
    const gate = new Promise<void>((resolve) => (release = resolve))
    const taken = new Set<string>()
    const take = async (record: NewRecord) => {
      await gate
      taken.add(record.payload.toString())
    }
    const consumer = consume(take, metrics, { keepaliveS: 1 })
    await expect.poll(() => consumer.isConnected()).toBe(true)
    const client = await device()
    for (let i = 0; i < 100; i++) client.publish(EVENT, String(i), { qos: 1 })
    await new Promise((resolve) => setTimeout(resolve, 4_500))
    expect(metrics.text()).toContain('vigil_broker_connects_total 1')
    release()
    await expect.poll(() => taken.size).toBe(100)
    expect(metrics.text()).toContain('vigil_broker_connects_total 1')
  }, 15_000)

  it('an acknowledgement that comes too late for its connection is never sent on the next one', async () => {
    const wire = await wiretap(port)
    closers.push(wire.close)
    let release = () => {}
    const gate = new Promise<void>((resolve) => (release = resolve))
    const taken: string[] = []
    const take = async (record: NewRecord) => {
      taken.push(record.payload.toString())
      if (wire.connections() === 1) await gate
    }
    const consumer = consume(take, new Metrics(), { url: `mqtt://127.0.0.1:${wire.port}` })
    await expect.poll(() => consumer.isConnected()).toBe(true)
    const client = await device()
    for (let i = 0; i < 10; i++) client.publish(EVENT, String(i), { qos: 1 })
    await expect.poll(() => taken.length).toBe(10)
    wire.cut()
    await expect.poll(() => consumer.isConnected()).toBe(false)
    release()
    await expect.poll(() => taken.length, { timeout: 10_000 }).toBe(20)
    await expect.poll(() => wire.pubacks(1)).toBe(10)
    expect(wire.pubacks(0)).toBe(0)
    expect(new Set(taken).size).toBe(10)
  }, 20_000)

  it('what the broker throws away by itself is seen in its own count', async () => {
    await stopBroker()
    const conf = join(folder, 'mosquitto.conf')
    const lines = readFileSync(conf, 'utf8').replace('max_queued_messages 0', 'max_queued_messages 5\nsys_interval 1')
    writeFileSync(conf, lines)
    await startBroker()
    const client = await device()
    const absent = await mqtt.connectAsync(url(), { clientId: 'absent', clean: false })
    await absent.subscribeAsync(EVENT, { qos: 1 })
    await absent.endAsync()
    const centre = connectBroker({
      url: url(),
      clientId: 'news',
      log: silentLog,
      metrics: new Metrics(),
      clock: systemClock,
    })
    closers.push(() => centre.close())
    const drops = new BrokerDrops(centre, systemClock)
    expect(drops.conditions()).toEqual([])
    for (let i = 0; i < 100; i++) await client.publishAsync(EVENT, String(i), { qos: 1 })
    await expect
      .poll(() => drops.conditions(), { timeout: 5_000 })
      .toMatchObject([{ code: 'broker-drops', facts: { count: 95 } }])
  }, 15_000)

  it('the centre\u2019s client subscribes again after a restart, and says when it cannot speak', async () => {
    const centre = connectBroker({
      url: url(),
      clientId: 'core',
      log: silentLog,
      metrics: new Metrics(),
      clock: systemClock,
    })
    closers.push(() => centre.close())
    const seen: string[] = []
    const states: boolean[] = []
    centre.subscribe('vigil/1/+/+/fix', 0, (message) => {
      seen.push(message.payload.toString())
      if (message.payload.toString() === 'bad') throw new Error('cannot take it')
    })
    centre.onState((connected) => states.push(connected))
    await expect.poll(() => states).toEqual([false, true])
    const client = await device()
    await client.publishAsync('vigil/1/taxi/t/fix', 'bad')
    await expect.poll(() => seen).toEqual(['bad'])
    await stopBroker()
    await expect.poll(() => centre.isConnected()).toBe(false)
    await expect(centre.publish('vigil/1/taxi/t/command', '{}', { qos: 1 })).rejects.toMatchObject({
      code: 'broker-away',
    })
    await startBroker()
    await expect.poll(() => centre.isConnected() && client.connected, { timeout: 10_000 }).toBe(true)
    await centre.publish('vigil/1/taxi/t/command', '{}', { qos: 1 })
    await client.publishAsync('vigil/1/taxi/t/fix', 'two')
    await expect.poll(() => seen).toEqual(['bad', 'two'])
  }, 20_000)
})

it.each([
  ['a/b', 'a/b', true],
  ['a/+', 'a/b', true],
  ['a/+', 'a', false],
  ['a/+', 'a/b/c', false],
  ['a/#', 'a', true],
  ['a/#', 'a/b/c', true],
  ['+/b', 'a/b', true],
  ['a/b', 'a', false],
  ['#', 'a/b', true],
])('the filter %s and the topic %s match: %s', (filter, topic, expected) => {
  expect(topicMatches(filter, topic)).toBe(expected)
})

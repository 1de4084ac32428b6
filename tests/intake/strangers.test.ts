import { connect as tcp, type Socket } from 'node:net'
import mqtt from 'mqtt'
import { describe, expect, it } from 'vitest'
import { clients, device, EVENT, metrics, port, refused, taken } from './edge-harness.ts'

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const CONNECT = Buffer.from([0x10, 12, 0, 4, 77, 81, 84, 84, 4, 2, 0, 60, 0, 0])

function stranger(localAddress = '127.0.0.1'): { socket: Socket; closedAfterMs: Promise<number> } {
  const socket = tcp({ port, host: '127.0.0.1', localAddress })
  const startedMs = performance.now()
  socket.on('error', () => undefined)
  socket.resume()
  const closedAfterMs = new Promise<number>((resolve) =>
    socket.once('close', () => resolve(performance.now() - startedMs)),
  )
  return { socket, closedAfterMs }
}

describe('strangers', () => {
  it('that speak a byte a second, half a packet, or nothing, are gone within ten seconds and counted', async () => {
    const slow = stranger()
    let sent = 0
    const drip = setInterval(() => slow.socket.write(CONNECT.subarray(sent, ++sent)), 1_000)
    const half = stranger()
    half.socket.write(CONNECT.subarray(0, 6))
    const silent = stranger()
    for (const one of [slow, half, silent]) expect(await one.closedAfterMs).toBeLessThan(10_000)
    clearInterval(drip)
    await expect.poll(() => metrics.text()).toContain('vigil_intake_connections 0')
  }, 15_000)

  it('that hold 1,500 idle sockets of eight addresses keep no device out, and cost little', async () => {
    const before = process.memoryUsage().rss
    const idle: ReturnType<typeof stranger>[] = []
    for (let i = 0; i < 1_500; i++) {
      idle.push(stranger(`127.0.0.${2 + (i % 8)}`))
      if (i % 100 === 0) await pause(5)
    }
    const held = () => Number(/vigil_intake_connections (\d+)/.exec(metrics.text())![1])
    await expect.poll(held, { timeout: 4_000 }).toBeGreaterThan(1_400)
    const client = await device('school-1')
    await client.publishAsync(EVENT, '{"id":"in-the-crowd"}', { qos: 1 })
    expect(taken).toHaveLength(1)
    const grewBy = (process.memoryUsage().rss - before) / 2 ** 20
    process.stdout.write(`1,500 idle strangers: ${grewBy.toFixed(0)} MiB, both ends\n`)
    expect(grewBy).toBeLessThan(300)
    for (const one of idle) expect(await one.closedAfterMs).toBeLessThan(15_000)
    await expect.poll(() => metrics.text()).toContain('vigil_intake_connections 1')
  }, 40_000)

  it('of one address have 256 places before their login, the rest are refused at once and counted', async () => {
    const crowd = Array.from({ length: 400 }, () => stranger('127.0.0.9'))
    await expect.poll(() => refused('too-many-connections')).toBe(400 - 256)
    const client = await device('school-1')
    expect(client.connected).toBe(true)
    for (const one of crowd) one.socket.destroy()
  })

  it('that send a thousand packets behind a CONNECT get none of them parsed before they are known', async () => {
    const { socket, closedAfterMs } = stranger()
    const ping = Buffer.alloc(200_000, Buffer.from([0xc0, 0]))
    socket.write(Buffer.concat([CONNECT, ping]))
    // A CONNECT without a name is refused; what stood behind it was never looked at.
    expect(await closedAfterMs).toBeLessThan(10_000)
    expect(refused('bad-name')).toBe(1)
  })
})

describe('a known device that misbehaves', () => {
  it('with QoS 2 and never a PUBREL is cut off at 32, all it said is kept', async () => {
    const client = await device('school-1')
    const gone = new Promise<void>((resolve) => client.once('close', () => resolve()))
    client.on('packetsend', () => undefined)
    const raw = client.stream as unknown as Socket
    for (let id = 1; id <= 60; id++) {
      const body = Buffer.from(`{"id":"q${id}"}`)
      const topic = Buffer.from(EVENT)
      const rest = Buffer.concat([Buffer.from([0, topic.length]), topic, Buffer.from([0, id]), body])
      raw.write(Buffer.concat([Buffer.from([0x34, rest.length]), rest]))
    }
    // The library would answer each PUBREC with a PUBREL.
    raw.removeAllListeners('data')
    raw.on('data', () => undefined)
    await gone
    expect(taken.length).toBeGreaterThanOrEqual(32)
  }, 15_000)

  it.each([
    ['a topic of 128 levels', 'a/'.repeat(127) + 'a'],
    ['$SYS', '$SYS/broker/uptime'],
  ])('is cut off when it publishes to %s', async (_what, topic) => {
    const client = await device('school-1')
    const gone = new Promise<void>((resolve) => client.once('close', () => resolve()))
    client.publish(topic, '{}', { qos: 1 })
    await gone
    expect(taken).toEqual([])
  })

  it('cannot listen to everybody by `#`, and is not thrown out for asking', async () => {
    const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, {
      clientId: 'school-1',
      username: 'school-1',
      password: 'one',
      protocolVersion: 4,
      reconnectPeriod: 0,
    })
    clients.push(client)
    const heard: string[] = []
    client.on('message', (topic) => heard.push(topic))
    client.subscribe(['#', '$SYS/#'], { qos: 1 })
    await expect.poll(() => refused('foreign-subscription')).toBe(2)
    const other = await device('taxi-1')
    await other.publishAsync('vigil/1/taxi/taxi-1/fix', '{}', { qos: 0 })
    await pause(200)
    expect(heard).toEqual([])
    expect(client.connected).toBe(true)
  })
})

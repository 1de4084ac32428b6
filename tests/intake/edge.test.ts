import { connect as tcp } from 'node:net'
import mqtt from 'mqtt'
import { describe, expect, it } from 'vitest'
import {
  centre,
  clients,
  closed,
  device,
  EVENT,
  failTheDisk,
  granted,
  metrics,
  port,
  refused,
  taken,
} from './edge-harness.ts'

describe('a device at the edge', () => {
  it('gets its PUBACK after the event was taken, bytes unchanged', async () => {
    const client = await device('school-1')
    const payload = Buffer.from('{"id":"a","type":"panic","note":"\u5b88\u671b"}')
    await client.publishAsync(EVENT, payload, { qos: 1 })
    expect(taken).toHaveLength(1)
    expect(taken[0]).toMatchObject({ deviceId: 'school-1', kind: 'button', topic: EVENT, truncated: false })
    expect(taken[0]!.payload).toEqual(payload)
  })

  it('gets no PUBACK and a closed connection when the event cannot be made durable', async () => {
    const client = await device('school-1')
    failTheDisk()
    let acknowledged = false
    client.publish(EVENT, '{}', { qos: 1 }, (error) => (acknowledged = !error))
    await closed(client)
    expect(acknowledged).toBe(false)
    expect(refused('journal-failed')).toBe(1)
  })

  it('is heard also with QoS 0 and 2, and when what it says cannot be read', async () => {
    const client = await device('school-1')
    client.publish(EVENT, Buffer.from([0xff, 0x00, 0xfe]), { qos: 0 })
    await client.publishAsync(EVENT, 'not json', { qos: 2 })
    await client.publishAsync(EVENT, '', { qos: 1 })
    expect(taken.map((one) => one.payload)).toEqual([
      Buffer.from([0xff, 0, 0xfe]),
      Buffer.from('not json'),
      Buffer.alloc(0),
    ])
  })

  it('that says too much in an event is heard up to 4 KiB, whatever length it claims', async () => {
    const client = await device('school-1')
    await client.publishAsync(EVENT, 'x'.repeat(5_000), { qos: 1 })
    expect(taken[0]).toMatchObject({ truncated: true })
    expect(taken[0]!.payload).toEqual(Buffer.from('x'.repeat(4_096)))
    const gone = closed(client)
    client.publish(EVENT, 'y'.repeat(300_000), { qos: 1 })
    await gone
    expect(taken[1]).toMatchObject({ truncated: true, deviceId: 'school-1' })
    expect(taken[1]!.payload).toEqual(Buffer.from('y'.repeat(4_096)))
    expect(refused('too-large')).toBe(1)
  })

  it('that says too much elsewhere is cut off', async () => {
    const client = await device('school-1')
    client.publish('vigil/1/button/school-1/beat', 'x'.repeat(5_000))
    await closed(client)
    expect(refused('too-large')).toBe(1)
  })

  it.each([
    ['a neighbour', 'vigil/1/button/school-2/event'],
    ['another kind', 'vigil/1/taxi/school-1/event'],
    ['the centre\u2019s own channel', 'vigil/1/button/school-1/receipt'],
    ['what the edge tells', 'vigil/centre/presence'],
    ['the system', '$SYS/broker/uptime'],
    ['another version', 'vigil/2/button/school-1/event'],
  ])('is cut off when it publishes as %s', async (_who, topic) => {
    const client = await device('school-1')
    client.publish(topic, '{}', { qos: 1 })
    await closed(client)
    expect(taken).toEqual([])
    expect(refused('foreign-topic')).toBe(1)
  })

  it('may retain its state and nothing else', async () => {
    const client = await device('school-1')
    await client.publishAsync('vigil/1/button/school-1/state', '{"state":"ready"}', { qos: 1, retain: true })
    const listener = await centre()
    const seen = new Promise((resolve) =>
      listener.once('message', (topic, payload, packet) => resolve([topic, packet.retain])),
    )
    await listener.subscribeAsync('vigil/1/+/+/state', { qos: 1 })
    expect(await seen).toEqual(['vigil/1/button/school-1/state', true])
    client.publish(EVENT, '{}', { qos: 1, retain: true })
    await closed(client)
    expect(taken).toEqual([])
    expect(refused('retain')).toBe(1)
  })

  it('holds no place among the strangers once it is let in, however silent it stays', async () => {
    // More than may be unknown behind one address at a time; each says nothing after its CONNECT.
    const silent = (n: number) => device('vigil-centre', { password: 'centre-secret', clientId: `silent-${n}` })
    for (let i = 0; i < 270; i += 30) await Promise.all(Array.from({ length: 30 }, (_, k) => silent(i + k)))
    expect((await device('school-1')).connected).toBe(true)
    expect(refused('too-many-connections')).toBe(0)
  })

  it('may listen below its own prefix only', async () => {
    const client = await device('school-1')
    const verdicts: Record<string, number> = {}
    for (const filter of [
      'vigil/1/button/school-1/command',
      'vigil/1/button/school-1/#',
      '#',
      '+/#',
      'vigil/1/+/school-1/command',
      'vigil/1/button/+/command',
      'vigil/1/button/school-2/command',
      'vigil/1/button/school-1',
      'vigil/centre/presence',
      '$SYS/#',
    ]) {
      verdicts[filter] = await granted(client, filter)
    }
    const allowed = Object.keys(verdicts).filter((filter) => verdicts[filter] !== 128)
    expect(allowed).toEqual(['vigil/1/button/school-1/command', 'vigil/1/button/school-1/#'])
    expect(refused('foreign-subscription')).toBe(8)
  })

  it('with a kept session never gets what it was refused, also after coming back', async () => {
    const first = await device('school-1', { clean: false })
    first.subscribe(['vigil/1/button/school-1/command', 'vigil/1/button/school-2/command', 'vigil/1/#'], { qos: 1 })
    await expect.poll(() => refused('foreign-subscription')).toBe(2)
    await first.endAsync()
    const sender = await centre()
    await sender.publishAsync('vigil/1/button/school-2/command', 'secret', { qos: 1 })
    await sender.publishAsync('vigil/1/button/school-1/command', 'mine', { qos: 1 })
    const seen: string[] = []
    const again = mqtt.connect(`mqtt://127.0.0.1:${port}`, {
      clientId: 'school-1',
      username: 'school-1',
      password: 'one',
      clean: false,
      protocolVersion: 4,
      reconnectPeriod: 0,
    })
    clients.push(again)
    again.on('message', (_topic, payload) => seen.push(payload.toString()))
    await expect.poll(() => seen).toEqual(['mine'])
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(seen).toEqual(['mine'])
  })

  it('that is away with a kept session finds at most 64 messages', async () => {
    const first = await device('school-1', { clean: false })
    await first.subscribeAsync('vigil/1/button/school-1/command', { qos: 1 })
    await first.endAsync()
    const sender = await centre()
    for (let i = 0; i < 100; i++) await sender.publishAsync('vigil/1/button/school-1/command', String(i), { qos: 1 })
    let seen = 0
    const again = mqtt.connect(`mqtt://127.0.0.1:${port}`, {
      ...first.options,
      host: '127.0.0.1',
      port,
      reconnectPeriod: 0,
    })
    clients.push(again)
    again.on('message', () => seen++)
    await expect.poll(() => seen).toBe(64)
    expect(metrics.text()).toContain('what="kept-for-absent",why="too-many"} 36')
  })

  it('cannot throw another out by taking its client id', async () => {
    const victim = await device('school-1')
    let thrownOut = false
    victim.on('close', () => (thrownOut = true))
    const other = await device('school-2', { clientId: 'school-1' })
    await other.publishAsync('vigil/1/button/school-2/event', '{}', { qos: 1 })
    await victim.publishAsync(EVENT, '{}', { qos: 1 })
    expect(thrownOut).toBe(false)
    expect(taken.map((one) => one.deviceId)).toEqual(['school-2', 'school-1'])
  })

  it('may hold four connections; the fifth closes the oldest', async () => {
    const first = await device('school-1')
    const gone = closed(first)
    for (let i = 0; i < 3; i++) await device('school-1', { clientId: `tool-${i}` })
    expect(first.connected).toBe(true)
    await device('school-1', { clientId: 'tool-4' })
    await gone
  })
})

describe('a device that has nothing to say', () => {
  it('stays, and counts as no stranger', async () => {
    const client = await device('school-1')
    // Beyond what a stranger is given for its login.
    await new Promise((resolve) => setTimeout(resolve, 8_500))
    expect(client.connected).toBe(true)
    const many = await Promise.all(Array.from({ length: 300 }, (_, i) => i).map((i) => later(i)))
    expect(many.every((one) => one.connected)).toBe(true)
  }, 20_000)
})
/** By turns: of strangers behind one address the edge lets in 256. */
const later = async (i: number) => {
  await new Promise((resolve) => setTimeout(resolve, i * 5))
  return device(`taxi-${i}`)
}

describe('a stranger', () => {
  it.each([
    ['an unknown device', { username: 'nobody', password: 'x' }, 'unknown-device'],
    ['a wrong password', { username: 'school-1', password: 'two' }, 'wrong-credential'],
    ['no password', { username: 'school-1', password: undefined }, 'wrong-credential'],
    ['no name', { username: undefined, password: undefined }, 'bad-name'],
    ['the name +', { username: '+', password: 'x' }, 'bad-name'],
    ['the name #', { username: '#', password: 'x' }, 'bad-name'],
    ['the name a/b', { username: 'a/b', password: 'x' }, 'bad-name'],
    ['the centre\u2019s name', { username: 'vigil-centre', password: 'x' }, 'wrong-credential'],
  ])('with %s is refused at CONNECT', async (_what, login, reason) => {
    await expect(device('who', { clientId: 'who', ...login })).rejects.toMatchObject({ code: 5 })
    expect(refused(reason)).toBe(1)
  })

  it('with a will on a foreign topic is refused', async () => {
    const will = { topic: EVENT, payload: Buffer.from('{}'), qos: 1 as const, retain: false }
    await expect(device('school-1', { will })).rejects.toMatchObject({ code: 5 })
    expect(refused('foreign-will')).toBe(1)
    expect(taken).toEqual([])
  })

  it('that says nothing, or claims a huge packet before its login, is cut off', async () => {
    const silent = tcp(port, '127.0.0.1')
    const huge = tcp(port, '127.0.0.1')
    huge.on('error', () => undefined)
    huge.write(Buffer.concat([Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]), Buffer.alloc(20_000)]))
    await new Promise((resolve) => huge.once('close', resolve))
    expect(refused('too-large')).toBe(1)
    await new Promise((resolve) => silent.once('close', resolve))
    await expect.poll(() => metrics.text()).toContain('vigil_intake_connections 0')
  }, 8_000)
})

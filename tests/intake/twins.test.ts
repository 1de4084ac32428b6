import { connect as tcp } from 'node:net'
import mqtt from 'mqtt'
import { describe, expect, it } from 'vitest'
import type { ConditionsMessage } from '../../gateway/intake/internal-topics.ts'
import { quantile } from '../bench/figures.ts'
import { centre, clients, device, edge, EVENT, port, taken } from './edge-harness.ts'

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** A terminal with the credential of school-1 that comes back whenever it is thrown out. */
function terminal(localAddress: string, reconnectPeriod: number) {
  const client = new mqtt.MqttClient(() => tcp({ port, host: '127.0.0.1', localAddress }), {
    clientId: 'school-1',
    username: 'school-1',
    password: 'one',
    protocolVersion: 4,
    clean: false,
    reconnectPeriod,
  })
  const state = { client, connects: 0 }
  client.on('connect', () => state.connects++)
  client.on('error', () => undefined)
  clients.push(client)
  return state
}
const codes = () => edge.conditions.now().conditions.map(({ code, subjectId }) => `${code} ${subjectId}`)

describe('two terminals with one credential', () => {
  it('are found within ten seconds by their quarrel, both addresses are named, and then both stay connected', async () => {
    const listener = await centre()
    const told: ConditionsMessage[] = []
    listener.on('message', (_topic, payload) => told.push(JSON.parse(payload.toString()) as ConditionsMessage))
    await listener.subscribeAsync('vigil/centre/conditions', { qos: 1 })
    const neighbour = await device('school-2')
    const startedMs = performance.now()
    const [a, b] = [terminal('127.0.0.1', 300), terminal('127.0.0.2', 300)]
    const took: number[] = []
    const press = async () => {
      const pressedMs = performance.now()
      await neighbour.publishAsync('vigil/1/button/school-2/event', `{"id":"n${took.length}"}`, { qos: 1 })
      took.push(performance.now() - pressedMs)
    }
    const found = () => told.flatMap(({ conditions }) => conditions).find(({ code }) => code === 'cloned-device')
    while (!found() && performance.now() - startedMs < 10_000) {
      await press()
      await pause(50)
    }
    const foundMs = performance.now() - startedMs
    expect(found()).toMatchObject({ subjectKind: 'device', subjectId: 'school-1' })
    expect(found()!.detail).toContain('127.0.0.1')
    expect(found()!.detail).toContain('127.0.0.2')
    await expect.poll(() => a.client.connected && b.client.connected, { timeout: 5_000 }).toBe(true)
    const connects = a.connects + b.connects
    await pause(1_500)
    expect(a.connects + b.connects).toBe(connects)
    taken.length = 0
    await a.client.publishAsync(EVENT, '{"id":"from-a"}', { qos: 1 })
    await b.client.publishAsync(EVENT, '{"id":"from-b"}', { qos: 1 })
    expect(taken.map((one) => one.payload.toString())).toEqual(['{"id":"from-a"}', '{"id":"from-b"}'])
    process.stdout.write(
      `twins: found after ${foundMs.toFixed(0)} ms and ${connects} connections; a neighbour’s press p99 ${quantile(took, 0.99).toFixed(0)} ms\n`,
    )
  }, 30_000)

  it('are found also when they come back slowly, by their addresses', async () => {
    terminal('127.0.0.1', 3_000)
    terminal('127.0.0.2', 3_000)
    await expect.poll(codes, { timeout: 20_000, interval: 200 }).toEqual(['cloned-device school-1'])
  }, 30_000)
})

describe('one terminal', () => {
  it('that comes back over its own half-open connection is no twin, nor is one that changed its network', async () => {
    for (const localAddress of ['127.0.0.1', '127.0.0.1', '127.0.0.2']) {
      const state = terminal(localAddress, 0)
      await expect.poll(() => state.connects).toBe(1)
    }
    expect(codes()).toEqual([])
  })
})

describe('a device that sends more than its share', () => {
  it('is a condition with its count while it lasts, its events are all acknowledged, and an event overtakes its fixes', async () => {
    const client = await device('school-1')
    const fix = Buffer.from('{"at":"2026-11-21T00:00:00Z","lng":114.3,"lat":22.7}')
    let pressed = 0
    const startedMs = performance.now()
    while (performance.now() - startedMs < 3_500) {
      for (let i = 0; i < 200; i++) client.publish('vigil/1/button/school-1/fix', fix)
      const pressedMs = performance.now()
      await client.publishAsync(EVENT, `{"id":"${pressed++}"}`, { qos: 1 })
      expect(performance.now() - pressedMs).toBeLessThan(1_000)
    }
    expect(taken).toHaveLength(pressed)
    const { conditions } = edge.conditions.now()
    expect(conditions).toMatchObject([{ code: 'device-floods', subjectId: 'school-1' }])
    expect(Number(conditions[0]!.facts['count'])).toBeGreaterThan(1_000)
  }, 15_000)

  it('is none when it only hands in what it kept while it was away', async () => {
    const client = await device('school-1')
    await Promise.all(
      Array.from({ length: 30 }, (_, i) => client.publishAsync(EVENT, `{"id":"kept-${i}"}`, { qos: 1 })),
    )
    expect(taken.map((one) => one.payload.toString())).toEqual(
      Array.from({ length: 30 }, (_, i) => `{"id":"kept-${i}"}`),
    )
    expect(codes()).toEqual([])
  })
})

import { describe, expect, it } from 'vitest'
import type { PresenceMessage, Refusal } from '../../gateway/intake/internal-topics.ts'
import { centre, closed, device, edge, EVENT, metrics, taken } from './edge-harness.ts'

describe('the centre', () => {
  it('learns who is there, who came and who left, with and without a goodbye', async () => {
    await device('school-2')
    const listener = await centre()
    const seen: PresenceMessage[] = []
    listener.on('message', (_topic, payload) => seen.push(JSON.parse(payload.toString()) as PresenceMessage))
    await listener.subscribeAsync('vigil/centre/presence', { qos: 1 })
    await expect
      .poll(() => seen)
      .toMatchObject([{ type: 'present', devices: [{ deviceId: 'school-2', kind: 'button' }], last: true }])
    const client = await device('school-1')
    await expect.poll(() => seen[1]).toMatchObject({ type: 'online', deviceId: 'school-1', kind: 'button' })
    client.stream.destroy()
    await expect.poll(() => seen[2]).toMatchObject({ type: 'offline', deviceId: 'school-1', why: 'broken' })
    const again = await device('school-1')
    await again.endAsync()
    await expect.poll(() => seen[4]).toMatchObject({ type: 'offline', deviceId: 'school-1', why: 'goodbye' })
    edge.disconnect('school-2')
    await expect.poll(() => seen[5]).toMatchObject({ type: 'offline', deviceId: 'school-2', why: 'refused' })
  })

  it('learns what was refused, also what was refused before it listened, without being flooded', async () => {
    for (let i = 0; i < 5; i++) await expect(device('ghost', { clientId: 'g' })).rejects.toThrow()
    const listener = await centre()
    const seen: Refusal[] = []
    listener.on('message', (_topic, payload) => seen.push(JSON.parse(payload.toString()) as Refusal))
    await listener.subscribeAsync('vigil/centre/refusals', { qos: 1 })
    await expect
      .poll(() => seen)
      .toMatchObject([{ reason: 'unknown-device', deviceId: 'ghost', count: 5, address: '127.0.0.1' }])
    await expect(device('school-1', { password: 'wrong' })).rejects.toThrow()
    await expect.poll(() => seen[1]).toMatchObject({ reason: 'wrong-credential', deviceId: 'school-1' })
  })

  it('sends commands and receipts, and gets a will when a device breaks off', async () => {
    const listener = await centre()
    const seen: string[] = []
    listener.on('message', (topic, payload) => seen.push(`${topic} ${payload.toString()}`))
    await listener.subscribeAsync('vigil/1/+/+/state', { qos: 1 })
    const topic = 'vigil/1/taxi/taxi-1/state'
    const will = { topic, payload: Buffer.from('{"state":"lost"}'), qos: 1 as const, retain: true }
    const taxi = await device('taxi-1', { will })
    const command = new Promise<string>((resolve) =>
      taxi.once('message', (_topic, payload) => resolve(payload.toString())),
    )
    await taxi.subscribeAsync('vigil/1/taxi/taxi-1/command', { qos: 1 })
    await listener.publishAsync('vigil/1/taxi/taxi-1/command', 'track', { qos: 1 })
    expect(await command).toBe('track')
    taxi.stream.destroy()
    await expect.poll(() => seen).toEqual([`${topic} {"state":"lost"}`])
  })

  it('that hangs delays no alarm: fixes are shed and counted', async () => {
    const listener = await centre()
    await listener.subscribeAsync('vigil/1/+/+/fix', { qos: 0 })
    listener.stream.pause()
    const taxis = await Promise.all(Array.from({ length: 250 }, (_, i) => device(`taxi-${i}`)))
    const school = await device('school-1')
    const gone = closed(listener)
    const fix = Buffer.alloc(4_000, 'x')
    const slowestMs = { value: 0 }
    for (let round = 0; round < 40; round++) {
      // Within the share of each: what is shed is shed because the core hangs.
      if (round < 19) taxis.forEach((taxi, i) => taxi.publish(`vigil/1/taxi/taxi-${i}/fix`, fix))
      const startedMs = performance.now()
      await school.publishAsync(EVENT, `{"id":"${round}"}`, { qos: 1 })
      slowestMs.value = Math.max(slowestMs.value, performance.now() - startedMs)
    }
    expect(taken).toHaveLength(40)
    expect(Number(/shed_total{what="fix",why="the-centre-lags"} (\d+)/.exec(metrics.text())![1])).toBeGreaterThan(500)
    process.stdout.write(`with a hanging core the slowest of 40 alarms took ${slowestMs.value.toFixed(0)} ms\n`)
    listener.stream.destroy()
    await gone
  }, 30_000)

  it('cannot speak as a device', async () => {
    const client = await centre()
    client.publish(EVENT, '{}', { qos: 1 })
    await closed(client)
    expect(taken).toEqual([])
  })
})

import mqtt from 'mqtt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Snapshot } from '../../domain/wire/live.ts'
import { type ReceiptPayload, topicOf } from '../../domain/wire/mqtt.ts'
import { until } from '../support/api.ts'
import { isLong, pause, spread, tell } from './support/figures.ts'
import { checkInvariants, untilStored } from './support/invariants.ts'
import { type Broker, MOSQUITTO, startBroker } from './support/mosquitto.ts'
import { Ledger } from './support/pressing.ts'
import { startWholeCentre, type WholeCentre } from './support/whole-centre.ts'

const DEVICES = 8
const PRESS_EVERY_MS = 150
const KILLS = isLong ? 100 : 5
/** The catalogue asks for five minutes; what matters is that more comes than the default queue of 1,000 holds in the long form. */
const PARTITION_MS = isLong ? 300_000 : 15_000
const FLOOD_AT_ONCE = 50
const FLOOD_MS = isLong ? 60_000 : 8_000
/** A device without its receipt says it again. */
const SAY_AGAIN_MS = 1_000

/** With an external broker a PUBACK is the broker's word; ours is the receipt `stored`. A device says the same id again until it has that. */
function startPressing(port: number, name: string): { ledger: Ledger; stop(): Promise<void> } {
  const ledger = new Ledger()
  const state = { isPressing: true }
  const device = async (deviceId: string) => {
    const login = { clientId: `${name}-${deviceId}`, clean: false, reconnectPeriod: 100, connectTimeout: 3_000 }
    const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, { ...login, protocolVersion: 4 })
    client.on('error', () => undefined)
    const stored = new Set<string>()
    client.on('message', (_topic, payload) => {
      const receipt = JSON.parse(payload.toString()) as ReceiptPayload
      if (receipt.stage === 'stored') stored.add(receipt.id)
    })
    // A broker that was killed may have forgotten the session.
    client.on('connect', () => client.subscribe(topicOf('taxi', deviceId, 'receipt'), { qos: 1 }))
    for (let i = 0; state.isPressing; i++) {
      const eventId = `${name}-${deviceId}-${i}`
      const pressedMs = performance.now()
      for (let saidMs = -Infinity; !stored.has(eventId);) {
        if (performance.now() - saidMs >= SAY_AGAIN_MS && client.connected) {
          saidMs = performance.now()
          client.publish(topicOf('taxi', deviceId, 'event'), JSON.stringify({ id: eventId, type: 'panic' }), { qos: 1 })
        }
        await pause(10)
      }
      ledger.promised.push({ deviceId, eventId, pressedMs, pubackMs: performance.now() })
      await pause(PRESS_EVERY_MS)
    }
    await client.endAsync(true)
  }
  const devices = Array.from({ length: DEVICES }, (_, i) => device(`taxi-${String(i + 1).padStart(3, '0')}`))
  return {
    ledger,
    stop: async () => {
      state.isPressing = false
      await Promise.all(devices)
    },
  }
}

describe.skipIf(!MOSQUITTO)('an external broker', () => {
  let broker: Broker
  let centre: WholeCentre
  beforeAll(async () => {
    broker = await startBroker()
    centre = await startWholeCentre({ VIGIL_MQTT_URL: `mqtt://127.0.0.1:${broker.wirePort}` })
  })
  afterAll(async () => {
    await centre?.stop()
    await broker?.stop()
  })

  const receiptOf = (ledger: Ledger) => spread(ledger.promised.map((one) => one.pubackMs - one.pressedMs))
  const troubles = async () => (await centre.admin.get<Snapshot>('snapshot')).troubles.map(({ code }) => code)

  test('kill -9 of it loses nothing of which a device had the receipt', async () => {
    const pressing = startPressing(broker.port, 'B1')
    const backMs: number[] = []
    for (let round = 0; round < KILLS; round++) {
      await pause(500 + Math.random() * 1_000)
      const had = pressing.ledger.promised.length
      const killedMs = performance.now()
      await broker.kill()
      await broker.start()
      await until('a receipt again', 20_000, async () => {
        await pause(0)
        return pressing.ledger.promised.length > had + DEVICES
      })
      backMs.push(performance.now() - killedMs)
    }
    await pressing.stop()
    await untilStored(centre.database, pressing.ledger)
    const { signals } = await checkInvariants(centre.database, pressing.ledger)
    expect(pressing.ledger.promised.length).toBeGreaterThan(KILLS * DEVICES)
    tell({
      id: 'B1',
      promise: 'kill -9 of an external broker (mosquitto)',
      figure: `${KILLS} kills, ${pressing.ledger.promised.length} receipts, 0 lost, 0 twice (${signals} signals, chain whole); receipts again ${spread(backMs)}; press → receipt ${receiptOf(pressing.ledger)}`,
    })
  })

  test('a partition between it and the centre loses nothing, the broker drops nothing, and no device is called lost', async () => {
    const pressing = startPressing(broker.port, 'B2')
    await until('presses', 20_000, async () => {
      await pause(0)
      return pressing.ledger.promised.length > 20
    })
    broker.cut()
    const cutMs = performance.now()
    await pause(200)
    const had = pressing.ledger.promised.length
    await until('the trouble about our own outage', 12_000, async () => (await troubles()).includes('broker-away'))
    const toldMs = performance.now() - cutMs
    await pause(Math.max(0, PARTITION_MS - toldMs))
    // Nothing is promised meanwhile.
    expect(pressing.ledger.promised.length - had).toBeLessThanOrEqual(DEVICES)
    expect(await troubles()).not.toContain('lost')
    broker.mend()
    const mendedMs = performance.now()
    await until('receipts again', 20_000, async () => {
      await pause(0)
      return pressing.ledger.promised.length > had + 2 * DEVICES
    })
    const backMs = performance.now() - mendedMs
    await pressing.stop()
    await untilStored(centre.database, pressing.ledger)
    const { signals } = await checkInvariants(centre.database, pressing.ledger)
    await until('the outage is over', 10_000, async () => !(await troubles()).includes('broker-away'))
    expect(await troubles()).not.toContain('broker-drops')
    tell({
      id: 'B2',
      promise: `partition of ${PARTITION_MS / 1000} s between an external broker and the centre`,
      figure: `${pressing.ledger.promised.length} receipts, none during it, 0 lost, 0 twice (${signals} signals), 0 dropped by the broker; our outage on the desk after ${toldMs.toFixed(0)} ms, no device called lost; receipts again after ${backMs.toFixed(0)} ms`,
    })
  })

  test('a device that floods through it is told as a trouble, loses nothing, and delays nobody', async () => {
    const wild = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`, { clientId: 'wild', protocolVersion: 4 })
    const state = { isFlooding: true, sent: 0, acknowledged: 0 }
    const flood = async () => {
      // So many on their way at once; as fast as the broker takes them.
      while (state.isFlooding) {
        const id = `wild-${state.sent++}`
        await wild.publishAsync(topicOf('taxi', 'taxi-100', 'event'), JSON.stringify({ id, type: 'panic' }), { qos: 1 })
        state.acknowledged++
      }
    }
    const flooding = Promise.all(Array.from({ length: FLOOD_AT_ONCE }, flood))
    await until('the trouble', 20_000, async () => (await troubles()).includes('device-floods'))
    const pressing = startPressing(broker.port, 'B7')
    await pause(FLOOD_MS)
    await pressing.stop()
    state.isFlooding = false
    await flooding
    await wild.endAsync()
    await untilStored(centre.database, pressing.ledger)
    const countOf = async () => {
      const rows = await centre.database.query<{ count: number }>(
        `select count(*)::int from signal where device_id = 'taxi-100'`,
      )
      return rows[0]!.count
    }
    await until('all of the flood', 120_000, async () => (await countOf()) >= state.acknowledged)
    expect(await countOf()).toBe(state.sent)
    const { signals } = await checkInvariants(centre.database, pressing.ledger)
    await until('the flood is over', 30_000, async () => !(await troubles()).includes('device-floods'))
    tell({
      id: 'B7',
      promise: `a device that floods an external broker for ${FLOOD_MS / 1000} s beside ${DEVICES} that press`,
      figure: `${state.acknowledged} events of the flood, all kept (${signals} signals); ${pressing.ledger.promised.length} receipts of the others, 0 lost; press → receipt ${receiptOf(pressing.ledger)}; the flood stood as a trouble and ended as one`,
    })
    expect(pressing.ledger.promised.length).toBeGreaterThanOrEqual(DEVICES)
  }, 240_000)
})

import type { MqttClient } from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Alarm } from '../../domain/alarm.ts'
import type { Signal } from '../../domain/wire/http.ts'
import { topicOf } from '../../domain/wire/mqtt.ts'
import { type Api, until } from '../support/api.ts'
import { isLong, pause, spread, tell } from './support/figures.ts'
import { checkInvariants } from './support/invariants.ts'
import { type ZooAnimal, ZOO } from './support/payload-zoo.ts'
import { connectPatiently, type Credential, credentialsOf, Ledger } from './support/pressing.ts'
import { type WatchingDesk, watchAsDesk } from './support/watching-desk.ts'
import { startWholeCentre, type WholeCentre } from './support/whole-centre.ts'

const RACES = isLong ? 250 : 50

let centre: WholeCentre
let desk: WatchingDesk
const clients: MqttClient[] = []
const taxi = (n: number) => `taxi-${String(n).padStart(3, '0')}`
const everything = new Ledger()

beforeAll(async () => {
  centre = await startWholeCentre()
  desk = watchAsDesk(centre.httpUrl, centre.admin.token)
  await until('the desk is connected', 5_000, async () => desk.isConnected() && (await Promise.resolve(true)))
})
afterAll(async () => {
  for (const client of clients) client.end(true)
  desk?.close()
  await centre?.stop()
})

async function connected(credential: Credential): Promise<MqttClient> {
  const client = connectPatiently(centre.mqttPort, credential)
  clients.push(client)
  await until(`${credential.deviceId} is connected`, 10_000, async () => (await Promise.resolve(client)).connected, 10)
  return client
}

async function press(client: MqttClient, deviceId: string, eventId: string): Promise<number> {
  const pressedMs = performance.now()
  await client.publishAsync(topicOf('taxi', deviceId, 'event'), JSON.stringify({ id: eventId, type: 'panic' }), {
    qos: 1,
  })
  everything.promised.push({ deviceId, eventId, pressedMs, pubackMs: performance.now() })
  return pressedMs
}

/** Resolves when it has been acknowledged, or when the connection has been cut as it must be. */
async function sendAnimal(client: MqttClient, deviceId: string, animal: ZooAnimal): Promise<void> {
  const topic = topicOf('taxi', deviceId, 'event')
  if (!animal.isCutOff) return void (await client.publishAsync(topic, animal.bytes, { qos: 1 }))
  const cut = new Promise<void>((resolve) => client.stream.once('close', () => resolve()))
  client.options.reconnectPeriod = 0
  if (animal.claimedBytes === undefined) client.publish(topic, animal.bytes, { qos: 1 }, () => undefined)
  else client.stream.write(claiming(animal.claimedBytes, topic, animal.bytes))
  await cut
  client.end(true)
}

/** A QoS 1 PUBLISH whose fixed header claims a length that never comes. */
function claiming(remainingBytes: number, topic: string, payload: Buffer): Buffer {
  const length: number[] = []
  for (let rest = remainingBytes; rest > 0; rest = Math.floor(rest / 128))
    length.push((rest % 128) | (rest >= 128 ? 0x80 : 0))
  const name = Buffer.from(topic)
  return Buffer.concat([
    Buffer.from([0x32, ...length, name.length >> 8, name.length & 0xff]),
    name,
    Buffer.from([0, 1]),
    payload,
  ])
}

test(`each of ${ZOO.length} strange payloads of a known device is an alarm, and none delays the good one beside it`, async () => {
  const first = 101
  const credentials = await credentialsOf(centre.admin, 'taxi', [taxi(100), ...ZOO.map((_, i) => taxi(first + i))])
  const devices: MqttClient[] = []
  for (const credential of credentials) devices.push(await connected(credential))
  const [good, ...strange] = devices
  const pressedMs: number[] = []
  for (const [i, animal] of ZOO.entries()) {
    const [at] = await Promise.all([
      press(good!, taxi(100), `good-${i}`),
      sendAnimal(strange[i]!, taxi(first + i), animal),
    ])
    pressedMs.push(at)
    await pause(20)
  }
  const alarms = await until('an alarm of each', 10_000, async () => {
    const rows = await centre.database.query<{ device_id: string; body: Alarm }>('select device_id, body from alarm')
    const found = new Map(rows.map((row) => [row.device_id, row.body]))
    const silent = ZOO.filter((_, i) => !found.has(taxi(first + i)))
    if (silent.length > 0) throw new Error(`no alarm of: ${silent.map(({ name }) => name).join(', ')}`)
    return found
  })
  const wrong = ZOO.filter((animal, i) => alarms.get(taxi(first + i))!.type !== animal.becomes)
  expect(wrong.map(({ name }) => name)).toEqual([])
  for (const [i, animal] of ZOO.entries()) {
    const { items } = await centre.admin.get<{ items: Signal[] }>(`signals?device=${taxi(first + i)}`)
    expect(items, animal.name).toHaveLength(1)
    // Kept as it came, up to the length of the contract.
    expect(Buffer.from(items[0]!.rawBase64, 'base64').equals(animal.bytes.subarray(0, 4096)), animal.name).toBe(true)
  }
  const seenMs = await until('the desk has seen each good press', 5_000, async () => {
    const times = pressedMs.map((at, i) => (desk.seen.get(`${taxi(100)} ${i + 1}`) ?? NaN) - at)
    return times.every((ms) => !Number.isNaN(ms)) && (await Promise.resolve(times))
  })
  expect(Math.max(...seenMs)).toBeLessThan(2_000)
  await checkInvariants(centre.database, everything)
  tell({
    id: 'B6',
    promise: 'strange payloads of known devices are alarms and delay nobody',
    figure: `${ZOO.length} of ${ZOO.length} became alarms, bytes kept; good press beside each → desk ${spread(seenMs)}`,
  })
})

test('a press five times, with and without DUP, on two connections and out of order, is one signal', async () => {
  const [credential] = await credentialsOf(centre.admin, 'taxi', [taxi(200)])
  const one = await connected(credential!)
  const two = connectPatiently(centre.mqttPort, credential!, 'installer')
  clients.push(two)
  const ids = ['d', 'b', 'a', 'c']
  const copies = ids.flatMap((id) => Array.from({ length: 5 }, (_, copy) => ({ id, copy })))
  copies.sort((a, b) => ((a.copy * 7 + a.id.charCodeAt(0) * 3) % 11) - ((b.copy * 7 + b.id.charCodeAt(0) * 3) % 11))
  const topic = topicOf('taxi', taxi(200), 'event')
  await Promise.all(
    copies.map(async ({ id, copy }) => {
      const payload = JSON.stringify({ id, type: 'panic', copy })
      await (copy < 3 ? one : two).publishAsync(topic, payload, { qos: 1, dup: copy % 2 === 1 })
    }),
  )
  await pause(600)
  // Late by any time, it is still the same press.
  await one.publishAsync(topic, JSON.stringify({ id: 'a', type: 'panic' }), { qos: 1 })
  await until('four signals', 5_000, async () => {
    const { items } = await centre.admin.get<{ items: Signal[] }>(`signals?device=${taxi(200)}`)
    return items.length === 4
  })
  await pause(500)
  const { items } = await centre.admin.get<{ items: Signal[] }>(`signals?device=${taxi(200)}`)
  expect(items.map(({ eventId }) => eventId).toSorted()).toEqual(['a', 'b', 'c', 'd'])
  const [alarm] = (await centre.admin.get<{ items: Alarm[] }>(`alarms?device=${taxi(200)}`)).items
  expect(alarm!.occurrences).toBe(4)
  await checkInvariants(centre.database, everything)
  tell({
    id: 'B3',
    promise: 'a repeated message is one signal',
    figure: `${copies.length + 1} deliveries of 4 presses: 4 signals, 1 alarm, 4 occurrences`,
  })
})

test(`of two officers who acknowledge in the same moment one wins and the other is told who, ${RACES} times`, async () => {
  const li = await centre.officer('li')
  const [first, count] = [201, Math.min(RACES, 90)]
  const ids = Array.from({ length: count }, (_, i) => taxi(first + i))
  const credentials = await credentialsOf(centre.admin, 'taxi', ids)
  const wins = { admin: 0, li: 0 }
  const tookMs: number[] = []
  let raced = 0
  for (const credential of credentials) {
    const client = await connected(credential)
    for (let round = 0; raced < RACES && round < Math.ceil(RACES / count); round++, raced++) {
      const occurrence = round + 1
      await press(client, credential.deviceId, `race-${round}`)
      await until(
        'on the desk',
        5_000,
        async () => (await Promise.resolve(desk)).seen.has(`${credential.deviceId} ${occurrence}`),
        5,
      )
      const alarm = desk.events.findLast(
        (event) => event.kind === 'alarm' && (event.body as unknown as Alarm).deviceId === credential.deviceId,
      )!
      const began = performance.now()
      const winner = await race(
        alarm.subjectId,
        raced % 2 === 0 ? [centre.admin, li] : [li, centre.admin],
        raced % 2 === 0 ? ['admin', 'li'] : ['li', 'admin'],
      )
      tookMs.push(performance.now() - began)
      wins[winner]++
    }
    client.end(true)
  }
  expect(wins.admin + wins.li).toBe(RACES)
  const [told] = await centre.database.query<{ n: number }>(
    `select count(*)::int as n from event where kind = 'alarm' and action = 'acknowledged'`,
  )
  expect(told!.n).toBe(RACES)
  await checkInvariants(centre.database, everything)
  tell({
    id: 'U5',
    promise: 'two officers acknowledge in the same moment: one winner',
    figure: `${RACES} races, ${RACES} winners (admin ${wins.admin}, li ${wins.li}), every loser told who; both answered after ${spread(tookMs)}`,
  })
})

async function race(
  alarmId: string,
  officers: [Api, Api],
  names: ['admin', 'li'] | ['li', 'admin'],
): Promise<'admin' | 'li'> {
  const outcomes = await Promise.all(
    officers.map((officer) =>
      officer.post<Alarm>(`alarms/${alarmId}/acknowledge`).then(
        (alarm) => ({ owner: alarm.owner, refused: '' }),
        (error: unknown) => ({ owner: null, refused: String(error) }),
      ),
    ),
  )
  const winner = outcomes.findIndex(({ owner }) => owner !== null)
  const loser = outcomes[1 - winner]!
  expect(outcomes[winner]?.owner).toBe(names[winner])
  expect(loser.refused).toMatch(/409.*already-acknowledged/)
  expect(loser.refused).toContain(`"owner":"${names[winner]}"`)
  return names[winner]!
}

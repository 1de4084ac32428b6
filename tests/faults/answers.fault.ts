import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Alarm } from '../../domain/alarm.ts'
import type { Snapshot } from '../../domain/wire/live.ts'
import { topicOf } from '../../domain/wire/mqtt.ts'
import { until } from '../support/api.ts'
import { isLong, spread, tell } from './support/figures.ts'
import { connectPatiently, type Credential, credentialsOf } from './support/pressing.ts'
import { type WatchingDesk, watchAsDesk } from './support/watching-desk.ts'
import { startWholeCentre, type WholeCentre } from './support/whole-centre.ts'

const ROUNDS = isLong ? 100 : 3

let centre: WholeCentre
let desk: WatchingDesk
let credentials: Credential[]

beforeAll(async () => {
  centre = await startWholeCentre()
  const ids = Array.from({ length: ROUNDS }, (_, i) => `taxi-${String(i + 1).padStart(3, '0')}`)
  credentials = await credentialsOf(centre.admin, 'taxi', ids)
  desk = watchAsDesk(centre.httpUrl, centre.admin.token)
  await until('the desk is connected', 5_000, () => Promise.resolve(desk.isConnected()))
})
afterAll(async () => {
  desk?.close()
  await centre?.stop()
})

/** One outage: a press, its acknowledgement, kill -9 of the core, and only then the database again. @returns ms until the answer was durable */
async function answerAndDie(credential: Credential): Promise<number> {
  // A core that was killed knows no session by heart: a desk must be back before its database goes.
  await until('the desk is back', 20_000, () => Promise.resolve(desk.isConnected()))
  // Devices are connected when an outage begins; one whose credential was issued a second ago may still be a stranger to the intake.
  const client = connectPatiently(centre.mqttPort, credential)
  await until('the device is connected', 20_000, () => Promise.resolve(client.connected))
  const keeper = centre.pidOf('keeper')
  process.kill(keeper, 'SIGSTOP')
  process.kill(await centre.databasePid(), 'SIGQUIT')
  const isAway = async () => (await centre.admin.get<Snapshot>('snapshot')).health.database === 'away'
  await until('the core to notice', 20_000, isAway)
  const topic = topicOf('taxi', credential.deviceId, 'event')
  client.publish(topic, JSON.stringify({ id: `answer-${credential.deviceId}`, type: 'panic' }), { qos: 1 })
  const find = () => Promise.resolve(desk.provisional.find((one) => one.deviceId === credential.deviceId))
  const { id } = await until('the provisional alarm', 10_000, find)
  const askedMs = performance.now()
  const askedAt = new Date().toISOString()
  const answer = await centre.admin.post<Alarm>(`alarms/${id}/acknowledge`)
  const tookMs = performance.now() - askedMs
  centre.kill('core')
  expect(answer).toMatchObject({ id, state: 'acknowledged', owner: 'admin', provisional: true })
  process.kill(keeper, 'SIGCONT')
  await centre.untilReady(60_000)
  const stored = await until('the merged answer', 30_000, async () => {
    const { items } = await centre.admin.get<{ items: Alarm[] }>(`alarms?device=${credential.deviceId}`)
    return items.find((one) => one.id === id && one.owner !== null)
  })
  expect(stored).toMatchObject({ state: 'acknowledged', owner: 'admin', escalation: 0 })
  expect(stored.acknowledgedAt).toBe(answer.acknowledgedAt)
  expect(Date.parse(stored.acknowledgedAt!) - Date.parse(askedAt)).toBeLessThan(tookMs + 50)
  client.end(true)
  return tookMs
}

test('an answer that was given while the database was away survives kill -9 of the core, with its time, and escalates nothing', async () => {
  const tookMs: number[] = []
  for (const credential of credentials) tookMs.push(await answerAndDie(credential))
  // This test's own connection was cut as well, and learns it now.
  const merged = await until('the database', 10_000, async () => {
    const rows = await centre.database.query<{ outcome: string }>('select outcome from decision')
    return rows.length === credentials.length && rows
  })
  expect(merged).toEqual(credentials.map(() => ({ outcome: 'merged' })))
  tell({
    id: 'D9',
    promise: 'acknowledged without the database, then kill -9 of the core',
    figure: `${ROUNDS} answers, 0 lost, each merged once with the time of the key; durable and on the desks after ${spread(tookMs)}`,
  })
})

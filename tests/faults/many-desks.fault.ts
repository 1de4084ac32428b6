import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { Alarm } from '../../domain/alarm.ts'
import type { Me } from '../../domain/officer.ts'
import type { ServerMessage, Snapshot } from '../../domain/wire/live.ts'
import { topicOf } from '../../domain/wire/mqtt.ts'
import { quantile } from '../bench/figures.ts'
import { type Api, until } from '../support/api.ts'
import { isLong, pause, spread, tell } from './support/figures.ts'
import { type Credential, credentialsOf, Ledger, startPressing } from './support/pressing.ts'
import { connectRaw } from './support/raw-device.ts'
import { openRealDesk, type RealDesk } from './support/real-desk.ts'
import { checkResources, resourcesOf, settle } from './support/settle.ts'
import { toxicProxy } from './support/toxic-proxy.ts'
import { startWholeCentre, type WholeCentre } from './support/whole-centre.ts'

/** The centre takes 500 desks. */
const DESKS = isLong ? 450 : 150
const OFFICERS = ['zhang', 'li', 'wang', 'zhao', 'sun']
const LIVE_WITHIN_MS = 10_000
/** Product: 250 ms. All these desks share the machine with the centre, here with other work as well. */
const FAN_OUT_P99_MS = 3_000
const DAY_MS = 86_400_000

let centre: WholeCentre
let officers: Api[]
let credentials: Credential[]
const everything = new Ledger()
const open: RealDesk[] = []

beforeAll(async () => {
  centre = await startWholeCentre()
  officers = []
  for (const name of OFFICERS) officers.push(await centre.officer(name))
  const ids = Array.from({ length: 60 }, (_, i) => `taxi-${String(i + 1).padStart(3, '0')}`)
  credentials = await credentialsOf(centre.admin, 'taxi', ids)
})
afterAll(async () => {
  for (const desk of open) desk.close()
  await centre?.stop()
})

function deskOf(officer: Api, httpUrl = centre.httpUrl, options: Parameters<typeof openRealDesk>[2] = {}): RealDesk {
  const desk = openRealDesk(httpUrl, officer.token, options)
  open.push(desk)
  return desk
}

const snapshotNow = () => centre.admin.get<Snapshot>('snapshot')
const inOrder = (alarms: readonly Alarm[]) => alarms.toSorted((a, b) => a.id.localeCompare(b.id))

/** Each desk holds exactly the alarms that the centre holds, and nothing popped up twice on any. */
async function caughtUp(desks: readonly RealDesk[], withinMs: number): Promise<number> {
  const began = performance.now()
  await until(
    'the desks have caught up',
    withinMs,
    async () => {
      const { n, alarms } = await snapshotNow()
      const wanted = inOrder(alarms)
      for (const desk of desks) {
        if (desk.lastN() < n) return false
        expect(inOrder(desk.store.alarms.all().filter(({ state }) => state !== 'closed'))).toEqual(wanted)
      }
      return true
    },
    100,
  )
  const tookMs = performance.now() - began
  const twice = desks.flatMap((desk) => [...desk.popUps].filter(([, times]) => times > 1))
  expect(twice, 'I4: pop-ups twice').toEqual([])
  return tookMs
}

const allLive = async (desks: readonly RealDesk[], withinMs: number) => {
  const began = performance.now()
  await until(
    'all desks are live',
    withinMs,
    async () => {
      await Promise.resolve()
      const late = desks.filter((desk) => desk.state() !== 'live').length
      if (late > 0) throw new Error(`${late} of ${desks.length} are not`)
      return true
    },
    20,
  )
  return performance.now() - began
}

test(`${DESKS} desks follow ten events a second, come back at once after a restart, and nobody becomes somebody else`, async () => {
  const before = resourcesOf(centre)
  const desks: RealDesk[] = []
  for (let i = 0; i < DESKS; i++) {
    desks.push(deskOf(officers[i % officers.length]!))
    if (i % 10 === 9) await pause(50)
  }
  await allLive(desks, 60_000)
  const lateMs: number[] = []
  for (const desk of desks) desk.store.onEvent((event) => lateMs.push(Date.now() - Date.parse(event.at)))
  const first = startPressing(centre.mqttPort, credentials.slice(0, 5), 'U2', 500, everything)
  const began = performance.now()
  await pause(isLong ? 60_000 : 8_000)
  await first.stop()
  const perS = lateMs.length / DESKS / ((performance.now() - began) / 1_000)
  tell({
    id: 'U2',
    promise: `${DESKS} desks, ${perS.toFixed(0)} events a second`,
    figure: `${lateMs.length} deliveries; committed → in the desk’s store ${spread(lateMs)}`,
  })
  expect(lateMs.length).toBeGreaterThan(DESKS * 10)
  expect(quantile(lateMs, 0.99)).toBeLessThan(FAN_OUT_P99_MS)

  centre.kill('core')
  await until('every desk has noticed', 20_000, async () => {
    await Promise.resolve()
    return desks.every((desk) => desk.socket().readyState !== WebSocket.OPEN) || centre.pidOf('core') > 0
  })
  await centre.untilReady(30_000)
  const readyMs = performance.now()
  // In the middle of the storm everybody asks who they are.
  const asked = await Promise.all(desks.map((_, i) => officers[i % officers.length]!.get<Me>('me')))
  expect(asked.map(({ username }) => username)).toEqual(desks.map((_, i) => OFFICERS[i % OFFICERS.length]))
  const second = startPressing(centre.mqttPort, credentials.slice(5, 10), 'U3', 500, everything)
  await until(
    'every socket is open again',
    LIVE_WITHIN_MS * 2,
    async () => {
      await Promise.resolve()
      return desks.every((desk) => desk.socket().readyState === WebSocket.OPEN && desk.state() === 'live')
    },
    20,
  )
  const backMs = performance.now() - readyMs
  await second.stop()
  await settle(centre, [], everything, credentials)
  await caughtUp(desks, 30_000)
  for (const desk of desks) {
    expect(OFFICERS[desks.indexOf(desk) % OFFICERS.length]).toBe(desk.store.me.get()?.username)
  }
  for (const desk of desks) desk.close()
  tell({
    id: 'U3',
    promise: `${DESKS} desks of ${OFFICERS.length} officers come back at once after a kill -9 of the core`,
    figure: `all live ${backMs.toFixed(0)} ms after it was ready, nobody is somebody else, every desk holds exactly what the centre holds, 0 pop-ups twice; ${await checkResources(centre, before)}`,
  })
  expect(backMs).toBeLessThan(LIVE_WITHIN_MS * 2)
})

test('a desk that is offline, one that is reloaded and three tabs catch up exactly and pop up once', async () => {
  const cable = await toxicProxy(Number(new URL(centre.httpUrl).port))
  const away = deskOf(officers[0]!, `http://127.0.0.1:${cable.port}`)
  const tabs = [deskOf(officers[1]!), deskOf(officers[1]!), deskOf(officers[1]!)]
  await allLive([away, ...tabs], 10_000)
  const pressing = startPressing(centre.mqttPort, credentials.slice(10, 20), 'U4', 400, everything)
  await pause(1_000)
  cable.toxics.isBlackhole = true
  await until('it says "not receiving"', 8_000, async () => (await Promise.resolve(away)).state() === 'blind', 20)
  await pause(isLong ? 60_000 : 4_000)
  const reloaded = deskOf(officers[2]!)
  await pause(1_000)
  await pressing.stop()
  cable.toxics.isBlackhole = false
  cable.reset()
  await allLive([away], 15_000)
  const tookMs = await caughtUp([away], 15_000)
  await caughtUp([reloaded, ...tabs], 10_000)
  await settle(centre, [], everything, credentials)
  for (const desk of [away, reloaded, ...tabs]) desk.close()
  await cable.close()
  tell({
    id: 'U4',
    promise: 'a desk behind a dead network, one reloaded in the middle of alarms, three tabs',
    figure: `all hold exactly what the centre holds, the one that was away ${tookMs.toFixed(0)} ms after it was live; 0 pop-ups twice`,
  })
})

test.each([DAY_MS, -DAY_MS])('a browser whose clock is %i ms off tells the ages right', async (offMs) => {
  const localClock = { wallMs: () => Date.now() + offMs, monotonicMs: () => performance.now() }
  const desk = deskOf(officers[0]!, centre.httpUrl, { localClock })
  await allLive([desk], 10_000)
  const wrongMs = Math.abs(desk.clock.nowMs() - Date.now())
  desk.close()
  tell({
    id: 'U6',
    promise: `a browser whose clock is ${offMs > 0 ? 'a day ahead' : 'a day behind'}`,
    figure: `the desk’s time is ${wrongMs.toFixed(0)} ms off`,
  })
  expect(wrongMs).toBeLessThan(2_000)
})

test('a desk that reads nothing is cut off, costs nobody anything, and is right again with a snapshot', async () => {
  const before = resourcesOf(centre)
  const healthy = deskOf(officers[0]!)
  await allLive([healthy], 10_000)
  const slow = new WebSocket(`${centre.httpUrl.replace('http', 'ws')}/api/v1/events`, {
    headers: { authorization: `Bearer ${officers[1]!.token}` },
  })
  let lastN = 0
  let code = 0
  slow.on('message', (frame: Buffer, isBinary: boolean) => {
    if (isBinary) return
    const message = JSON.parse(frame.toString()) as ServerMessage
    if (message.type === 'event') lastN = message.event.n
    if (message.type === 'hello') lastN = message.n
  })
  slow.on('close', (closeCode) => (code = closeCode))
  slow.on('error', () => undefined)
  await until('the slow desk is connected', 5_000, async () => (await Promise.resolve(lastN)) > 0)
  slow.pause()
  const cutBefore = await cutOff()
  const state = { isBusy: true, mostMb: 0 }
  const { alarms } = await snapshotNow()
  const incident = alarms.find(({ incidentId }) => incidentId !== null)!.incidentId!
  const busy = [
    ...credentials.slice(20).map((credential) => pressAsFastAsAnswered(credential, state)),
    ...officers.slice(2).map((officer) => writeLongNotes(officer, incident, state)),
  ]
  try {
    await until(
      'it is cut off',
      90_000,
      async () => {
        state.mostMb = Math.max(state.mostMb, resourcesOf(centre).rssMb)
        return (await cutOff()) > cutBefore
      },
      200,
    )
  } finally {
    state.isBusy = false
    await Promise.all(busy)
  }
  slow.resume()
  await until('it hears of it', 15_000, async () => (await Promise.resolve(code)) !== 0)
  await settle(centre, [], everything, credentials)
  const resynced = deskOf(officers[1]!)
  await allLive([resynced], 15_000)
  await caughtUp([resynced, healthy], 15_000)
  const { n } = await snapshotNow()
  tell({
    id: 'U1',
    promise: 'a desk whose socket is paused',
    figure: `cut off at the cap of 1 MB (close code ${code}), ${n - lastN} events behind; the centre at most ${state.mostMb} MB; a healthy desk beside it and the new one hold exactly what the centre holds; ${await checkResources(centre, before)}`,
  })
})

async function cutOff(): Promise<number> {
  const address = /Metrics: (\S+)/.exec(centre.output())?.[1]
  const text = await (await fetch(address!)).text()
  return Number(/vigil_desks_cut_off_total\{program="core"\} (\d+)/.exec(text)?.[1] ?? 0)
}

async function pressAsFastAsAnswered(credential: Credential, state: { isBusy: boolean }): Promise<void> {
  const { deviceId } = credential
  const device = (await connectRaw(centre.mqttPort, credential))!
  for (let i = 0; state.isBusy && device.isConnected; i++) {
    const eventId = `U1-${deviceId}-${i}`
    const pressedMs = performance.now()
    const isPromised = await device.publish(
      topicOf('taxi', deviceId, 'event'),
      JSON.stringify({ id: eventId, type: 'panic' }),
    )
    if (isPromised) everything.promised.push({ deviceId, eventId, pressedMs, pubackMs: performance.now() })
  }
  device.end()
}

/** The longest text that a note takes: presses alone are told to desks at most once a second and alarm, and the system's own buffers hold minutes of those. */
async function writeLongNotes(officer: Api, incidentId: string, state: { isBusy: boolean }): Promise<void> {
  const text = '守'.repeat(2_000)
  while (state.isBusy) await officer.post(`incidents/${incidentId}/notes`, { text })
}

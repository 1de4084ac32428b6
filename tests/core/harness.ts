import { manualClock } from '../../domain/clock.ts'
import type { Device } from '../../domain/device.ts'
import { silentLog } from '../../domain/log.ts'
import { Metrics } from '../../domain/metrics.ts'
import type { Patrol } from '../../domain/patrol.ts'
import type { Me } from '../../domain/officer.ts'
import type { Site } from '../../domain/site.ts'
import type { LogEvent } from '../../domain/wire/live.ts'
import type { Zone } from '../../domain/zone.ts'
import { topicOf } from '../../domain/wire/mqtt.ts'
import type { JournalRecord } from '../../gateway/intake/journal/format.ts'
import { SignalTaker } from '../../gateway/alarms/take-signals.ts'
import { Positions } from '../../gateway/fleet/positions.ts'
import { CentreState } from '../../gateway/live/centre-state.ts'
import { EventLog } from '../../gateway/live/event-log.ts'
import { Troubles } from '../../gateway/live/troubles.ts'
import type { Subject } from '../../gateway/trust/policy.ts'
import type { Database } from '../../gateway/store/database.ts'
import { testDatabase } from '../support/database.ts'

export const CENTRE: [number, number] = [114.3, 22.7]

export const school: Site = {
  id: 'school-1',
  name: '第一小学',
  nameEn: 'No. 1 Primary',
  kind: 'school',
  address: '中山路 1 号',
  lng: 114.3,
  lat: 22.7,
  contacts: [{ name: '王', role: '保安', phone: '13800000000' }],
  cameraIds: ['cam-b', 'cam-a'],
  notes: null,
}

export const button: Device = {
  id: 'btn-1',
  kind: 'button',
  name: '校门按钮',
  siteId: 'school-1',
  spot: '校门',
  lng: 114.3,
  lat: 22.7,
  power: 'mains',
  state: 'ready',
  lastSeenAt: null,
  batteryPct: null,
  hasCredential: true,
  testedAt: null,
}
export const button2: Device = { ...button, id: 'btn-2', name: '办公室按钮', spot: '办公室' }
export const taxi: Device = {
  ...button,
  id: 'taxi-1',
  kind: 'taxi',
  name: '粤B1',
  siteId: null,
  spot: null,
  lng: null,
  lat: null,
  power: 'vehicle',
}

export const zone: Zone = {
  id: 'busy',
  name: '繁华区',
  nameEn: null,
  kind: 'busy',
  goalS: 180,
  polygon: [
    [
      [114.2, 22.6],
      [114.4, 22.6],
      [114.4, 22.8],
      [114.2, 22.8],
      [114.2, 22.6],
    ],
  ],
}

export function patrol(id: string): Patrol {
  return {
    id,
    callsign: id,
    kind: 'car',
    crew: [],
    plate: null,
    duty: 'on',
    homeLng: 114.3,
    homeLat: 22.7,
    zoneId: null,
  }
}

/** The core's inner parts on a real database, without a broker: signals in, events out. */
export async function startCore() {
  const test = await testDatabase()
  const { database } = test
  const clock = manualClock()
  const metrics = new Metrics()
  const log = silentLog
  await register(database)
  const events = new EventLog({ database, clock, log, metrics })
  await events.start()
  const troubles = new Troubles({ events, database, clock, log })
  await troubles.start()
  const state = new CentreState(new Positions())
  await state.load(database)
  const told: LogEvent[] = []
  events.subscribe((event) => {
    state.apply(event)
    told.push(event)
  })
  const taker = new SignalTaker({ events, state, troubles, clock, log, metrics, centre: CENTRE })
  const stop = async () => {
    events.stop()
    await test.drop()
  }
  return {
    database,
    url: test.url,
    clock,
    metrics,
    log,
    events,
    troubles,
    state,
    taker,
    told,
    isAnybodyOnDuty: () => true,
    stop,
  }
}

export type TestCore = Awaited<ReturnType<typeof startCore>>

/** A signed-in officer, as a route gets one. */
export function officer(username: string, jurisdiction = '', role: Me['role'] = 'officer'): Subject {
  const me = { id: username, username, displayName: username, role, jurisdiction, patrolId: null }
  return { type: 'officer', me: { ...me, mustSetPassword: false }, sessionId: `session-${username}` }
}

let records = 0
/** A record as the journal would hand it out; running numbers, never repeated. */
export function signal(
  body: object | string,
  device: Device = button,
  receivedAtMs = 1_790_000_000_000,
): JournalRecord {
  records++
  const payload = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  const topic = topicOf(device.kind, device.id, 'event')
  return { kind: device.kind, deviceId: device.id, receivedAtMs, topic, payload, number: records, truncated: false }
}

/** Offers records as the tail of journal `j` does. */
export async function take(core: TestCore, batch: readonly JournalRecord[]): Promise<void> {
  await core.taker.take('j', batch, {
    segment: 1,
    byteOffset: batch.at(-1)!.number * 100,
    record: batch.at(-1)!.number,
  })
}

async function register(database: Database): Promise<void> {
  await database.execute('insert into site values ($1, $2)', [school.id, JSON.stringify(school)])
  await database.execute('insert into zone values ($1, $2)', [zone.id, JSON.stringify(zone)])
  for (const id of ['p-1', 'p-2']) {
    await database.execute('insert into patrol values ($1, $2)', [id, JSON.stringify(patrol(id))])
  }
  for (const device of [button, button2, taxi]) {
    await database.execute('insert into device (id, kind, body, state) values ($1, $2, $3, $4)', [
      device.id,
      device.kind,
      JSON.stringify(device),
      'ready',
    ])
  }
}

import { afterEach, beforeEach, expect, test } from 'vitest'
import { toIso } from '../../domain/clock.ts'
import { DeviceLife, GRACE_MS } from '../../gateway/fleet/device-life.ts'
import { LOST_AFTER_MS } from '../../gateway/fleet/supervision.ts'
import type { Device } from '../../domain/device.ts'
import { IntakeConditions } from '../../gateway/fleet/intake-conditions.ts'
import type { ConditionsMessage } from '../../gateway/intake/internal-topics.ts'
import { OwnOutage } from '../../gateway/fleet/own-outage.ts'
import { PressTests } from '../../gateway/fleet/press-tests.ts'
import type { BeatRow } from '../../gateway/store/fix-batch.ts'
import { button, button2, signal, startCore, take, taxi, type TestCore } from './harness.ts'

const T = 1_790_000_000_000
const fix = (s: number, lng: number, lat = 22.7) => ({ at: toIso(T + s * 1000), lng, lat, speedMps: 10 })

let core: TestCore
let life: DeviceLife
const beats: BeatRow[] = []
beforeEach(async () => {
  core = await startCore()
  life = new DeviceLife({ ...core, history: { push: (beat) => beats.push(beat) } })
  life.grace()
})
afterEach(async () => {
  await core.stop()
})
const topic = (deviceId: string) => ({ kind: 'button' as const, deviceId, channel: 'beat' as const })

test('a silent mains device is lost after 90 s, not within our own grace, and a beat brings it back', async () => {
  life.takeBeat(topic(button.id), Buffer.from('{"batteryPct":88}'))
  core.clock.advance(GRACE_MS - 1)
  expect(life.sweep()).toBe(3)
  expect(life.now(core.state.devices.get(button.id)!).state).toBe('ready')
  core.clock.advance(LOST_AFTER_MS)
  life.takeBeat(topic(button2.id), Buffer.from('{}'))
  life.sweep()
  await life.flushStates()
  expect(core.state.devices.get(button.id)).toMatchObject({ state: 'lost', batteryPct: 88 })
  expect(core.state.devices.get(button2.id)!.state).toBe('ready')
  expect([...core.state.troubles.keys()]).toEqual(['device:btn-1:lost'])
  const told = core.told.length
  life.sweep()
  await life.flushStates()
  expect(core.told.length).toBe(told)
  life.takeBeat(topic(button.id), Buffer.from('{}'))
  await life.flushStates()
  expect(core.state.devices.get(button.id)!.state).toBe('ready')
  expect(core.state.troubles.size).toBe(0)
  await life.flushSeen()
  const rows = await core.database.query<{ seen: boolean }>(
    'select last_seen_at is not null as seen from device order by id',
  )
  expect(rows.map((row) => row.seen)).toEqual([true, true, false])
})

test('beats without a change of state write no event, an unreadable one is counted', async () => {
  life.takeBeat(topic(button.id), Buffer.from('{}'))
  await life.flushStates()
  life.takeBeat(topic(button.id), Buffer.from('nonsense'))
  expect(core.told).toEqual([])
  expect(core.metrics.text()).toContain('vigil_beats_unreadable_total 1')
  life.takeState({ ...topic(button.id), channel: 'state' }, Buffer.from('{"state":"sleeping"}'), false)
  await life.flushStates()
  expect(core.told).toMatchObject([{ kind: 'device', action: 'sleeping', subjectId: button.id }])
})

test('many devices lost together are one trouble, restored when all are back', async () => {
  for (let i = 0; i < 12; i++) {
    const device = { ...button, id: `many-${i}`, name: `按钮 ${i}` }
    await core.database.execute(`insert into device (id, kind, body, state) values ($1, 'button', $2, 'ready')`, [
      device.id,
      JSON.stringify(device),
    ])
    core.state.devices.set(device.id, device)
    life.takeBeat(topic(device.id), Buffer.from('{}'))
  }
  core.clock.advance(GRACE_MS + 1_000)
  for (const id of [button.id, button2.id]) life.takeBeat(topic(id), Buffer.from('{}'))
  life.sweep()
  await life.flushStates()
  expect([...core.state.troubles.keys()]).toEqual(['site:school-1:site-lost'])
  for (let i = 0; i < 12; i++) life.takeBeat(topic(`many-${i}`), Buffer.from('{}'))
  await life.flushStates()
  expect(core.state.troubles.size).toBe(0)
})

async function add(devices: readonly Device[]): Promise<void> {
  for (const device of devices) {
    await core.database.execute(`insert into device (id, kind, body, state) values ($1, $2, $3, 'ready')`, [
      device.id,
      device.kind,
      JSON.stringify(device),
    ])
    core.state.devices.set(device.id, device)
  }
}
const keys = () => [...core.state.troubles.keys()].sort()
const beat = (id: string) => life.takeBeat(topic(id), Buffer.from('{}'))

test('a great loss over many sites is one trouble that says how many and which, and dissolves one by one', async () => {
  const many = Array.from({ length: 12 }, (_, i): Device => ({
    ...button,
    id: `m-${i}`,
    name: `按钮 ${i}`,
    siteId: `s-${i}`,
  }))
  await add(many)
  for (const { id } of many) beat(id)
  core.clock.advance(GRACE_MS + 1_000)
  for (const id of [button.id, button2.id]) beat(id)
  life.sweep()
  await life.flushStates()
  expect(keys()).toEqual(['broker:devices:lost-together'])
  const trouble = () => core.state.troubles.get('broker:devices:lost-together')!
  expect(trouble().facts).toMatchObject({ count: 12 })
  expect(trouble().facts!['names']).toContain('按钮 3')
  for (let i = 0; i < 8; i++) beat(`m-${i}`)
  await life.flushStates()
  expect(trouble().facts).toEqual({ count: 4, names: '按钮 8、按钮 9、按钮 10、按钮 11' })
  for (let i = 8; i < 10; i++) beat(`m-${i}`)
  await life.flushStates()
  expect(keys()).toEqual(['device:m-10:lost', 'device:m-11:lost'])
  for (let i = 10; i < 12; i++) beat(`m-${i}`)
  await life.flushStates()
  expect(keys()).toEqual([])
})

test('each kind of power has its window, a device its own, and a vehicle is lost only while its engine runs', async () => {
  const pendant: Device = { ...button, id: 'pendant', kind: 'pendant', power: 'battery', siteId: null }
  const tag: Device = { ...pendant, id: 'tag', kind: 'tag' }
  const own: Device = { ...pendant, id: 'own', supervisionS: 600 }
  const parked: Device = { ...taxi, id: 'parked' }
  await add([pendant, tag, own, parked])
  const all = [pendant, tag, own, taxi, parked].map((one) => one.id)
  for (const id of all) beat(id)
  for (const [id, acc] of [
    [taxi.id, true],
    [parked.id, false],
  ] as const) {
    core.state.positions.take(id, { ...fix(0, 114.3), status: { acc } }, core.clock.nowMs())
  }
  const lostAfter = async (minutes: number) => {
    core.clock.advance(minutes * 60_000)
    life.sweep()
    await life.flushStates()
    return all.filter((id) => core.state.devices.get(id)!.state === 'lost')
  }
  expect(await lostAfter(4)).toEqual([])
  expect(await lostAfter(2)).toEqual([taxi.id])
  expect(await lostAfter(5)).toEqual(['own', taxi.id])
  expect(await lostAfter(51)).toEqual(['pendant', 'own', taxi.id])
  expect(await lostAfter(24 * 60 + 1)).toEqual(['pendant', 'tag', 'own', taxi.id])
  // Nobody is sent to look for a taxi.
  expect(keys().filter((key) => key.includes(taxi.id))).toEqual([])
})

test('a closed connection is seen within two seconds and is not a loss; one that comes back at once was never gone', async () => {
  beat(button.id)
  beat(button2.id)
  life.start()
  try {
    const seen = () =>
      core.told.filter((event) => event.kind === 'device').map((event) => `${event.subjectId} ${event.action}`)
    const startedMs = performance.now()
    life.offline(button.id)
    life.offline(button2.id)
    life.online(button2.id)
    core.clock.advance(1_000)
    await expect.poll(seen, { timeout: 2_000 }).toEqual(['btn-1 offline'])
    expect(performance.now() - startedMs).toBeLessThan(1_000)
    expect(core.state.devices.get(button.id)).toMatchObject({ state: 'ready' })
    expect(core.state.devices.get(button.id)!.offlineSince).not.toBeNull()
    expect(keys()).toEqual([])
    life.online(button.id)
    await expect.poll(seen).toEqual(['btn-1 offline', 'btn-1 online'])
    const [row] = await core.database.query<{ offline: string | null }>(
      `select offline_since as offline from device where id = 'btn-1'`,
    )
    expect(row!.offline).toBeNull()
  } finally {
    await life.stop()
  }
})

test('while we cannot hear, nobody is lost, however long it lasts', async () => {
  beat(button.id)
  life.hearing(false)
  core.clock.advance(20 * LOST_AFTER_MS)
  life.sweep()
  life.hearing(true)
  core.clock.advance(GRACE_MS - 1)
  life.sweep()
  await life.flushStates()
  expect(core.state.devices.get(button.id)!.state).toBe('ready')
  core.clock.advance(2)
  life.sweep()
  await life.flushStates()
  expect(core.state.devices.get(button.id)!.state).toBe('lost')
})

test('what stands at an intake is a trouble until the intake no longer says so, its count is followed', async () => {
  const conditions = new IntakeConditions(core)
  const flood = (count: number): ConditionsMessage => ({
    program: 'intake-1',
    at: toIso(T),
    conditions: [
      {
        code: 'device-floods',
        subjectKind: 'device',
        subjectId: button.id,
        detail: `floods ${count}`,
        facts: { count },
      },
    ],
  })
  await conditions.take(flood(10))
  await conditions.take(flood(20))
  const count = () => core.state.troubles.get('device:btn-1:device-floods')?.facts?.['count']
  expect(count()).toBe(10)
  core.clock.advance(10_000)
  await conditions.take(flood(30))
  expect(count()).toBe(30)
  // Another intake knows nothing of it, and a core that has just started neither.
  await conditions.take({ program: 'intake-2', at: toIso(T), conditions: [] })
  expect(count()).toBe(30)
  await conditions.take({ program: 'intake-1', at: toIso(T), conditions: [] })
  expect(count()).toBeUndefined()
  expect(core.told.map((event) => event.action)).toEqual(['raised', 'changed', 'restored'])
})

test('buttons that nobody has tried for a month are one trouble with their number, a test takes its button out', async () => {
  const tests = new PressTests({ ...core, days: 30 })
  const key = 'city:press-tests:untested-buttons'
  try {
    const day = (days: number) => toIso(core.clock.nowMs() - days * 86_400_000)
    for (const [device, testedAt, registeredAt] of [
      [button, day(31), day(400)],
      [button2, null, day(29)],
      [taxi, null, day(400)],
    ] as const) {
      core.state.devices.set(device.id, { ...device, testedAt, registeredAt })
    }
    await tests.look()
    expect(core.state.troubles.get(key)).toMatchObject({ facts: { count: 1, days: 30, names: button.name } })
    core.clock.advance(2 * 86_400_000)
    await tests.look()
    expect(core.state.troubles.get(key)!.facts).toMatchObject({ count: 2 })
    await take(core, [signal({ id: 'try-1', type: 'test' }, button2)])
    await expect.poll(() => core.state.troubles.get(key)?.facts?.['count'], { timeout: 5_000 }).toBe(1)
    await take(core, [signal({ id: 'try-2', type: 'test' })])
    await expect.poll(() => core.state.troubles.has(key), { timeout: 5_000 }).toBe(false)
  } finally {
    tests.stop()
  }
})

test('an outage of the broker is ours after five seconds, however often the client fails to come back meanwhile', async () => {
  const outage = new OwnOutage(core)
  const retry = setInterval(() => outage.hearing(false), 300)
  try {
    outage.hearing(false)
    await expect.poll(keys, { timeout: 9_000, interval: 100 }).toEqual(['broker:centre:broker-away'])
  } finally {
    clearInterval(retry)
  }
  outage.hearing(true)
  await expect.poll(keys, { timeout: 3_000 }).toEqual([])
  outage.stop()
}, 20_000)

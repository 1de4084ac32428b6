import { tmpdir } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Camera, PtzState } from '../../domain/camera.ts'
import { systemClock, toIso, type Clock } from '../../domain/clock.ts'
import { destination } from '../../domain/geo/distance.ts'
import type { Incident } from '../../domain/incident.ts'
import { slewTo } from '../../domain/slew.ts'
import { Ptz } from '../../gateway/cameras/ptz.ts'
import { BACK_AFTER_MS, KEEPS_FOR_MS, SlewToCue } from '../../gateway/cameras/slew-to-cue.ts'
import { Steering } from '../../gateway/cameras/steering.ts'
import type { CameraFarm } from '../../simulators/camera/camera-farm.ts'
import { PASSWORD, startFarm } from '../simulators/camera/farm-harness.ts'
import { ownRoutes, startFixture, type Client, type Fixture } from './fixture.ts'

let farm: CameraFarm
let fixture: Fixture
let admin: Client
let officer: Client
let slew: SlewToCue
let ptz: Ptz
let steering: Steering
let laterMs = 0
const clock: Clock = { ...systemClock, nowMs: () => systemClock.nowMs() + laterMs }
const incidents = new Map<string, Incident>()
const cameras = new Map<string, Camera>()
const mast = { lng: 114.05, lat: 22.55, bearingDeg: 90, rangeM: 100 }
/** Behind the camera, to the left. */
const [lng, lat] = destination(mast.lng, mast.lat, 300, 40)

/** While a camera turns, its streamer tells its state. */
class SlowPtz extends Ptz {
  override async moveTo(...order: Parameters<Ptz['moveTo']>): Promise<void> {
    await super.moveTo(...order)
    await fixture.database.execute(`update camera set state = 'online' where id = $1`, [order[0].id])
  }
}

const slewWith = (parts: Fixture) => new SlewToCue({ ...parts, clock, state: { cameras, incidents }, ptz, steering })

beforeAll(async () => {
  farm = await startFarm()
  fixture = await startFixture({
    networks: '127.0.0.0/8',
    routes: (parts) => {
      ptz = new SlowPtz(parts)
      steering = new Steering(clock)
      const turning = { ...parts, ptz, steering, onHand: (cameraId: string) => slew.onHand(cameraId) }
      return ownRoutes(turning, tmpdir())
    },
  })
  admin = await fixture.as('admin')
  officer = await fixture.as('officer')
  slew = slewWith(fixture)
  await slew.start()
  for (const id of ['square', 'gate']) {
    const path = `/${id}/onvif/device_service`
    const login = { username: 'vigil', password: PASSWORD }
    const source = { kind: 'onvif', host: '127.0.0.1', port: farm.onvifPort, path, ...login }
    const added = await admin.send<Camera>('POST', 'cameras?force=true', { id, name: id, ...mast, source })
    expect(added.status, JSON.stringify(added.body)).toBe(201)
    cameras.set(id, added.body)
  }
})
afterAll(async () => {
  slew.stop()
  ptz.close()
  await fixture.close()
  await farm.close()
})

/** Opened in the log, as the core opens it. */
async function open(id: string, more: Partial<Incident> = {}): Promise<Incident> {
  const place = { lng, lat, text: null, accuracyM: null }
  const incident = {
    id,
    number: '20261121-0001',
    type: 'panic',
    state: 'open',
    place,
    cameraIds: ['gate', 'square'],
    openedAt: toIso(clock.nowMs()),
    ...more,
  } as unknown as Incident
  incidents.set(id, incident)
  await fixture.events.transact((tx) =>
    fixture.events.append(tx, {
      kind: 'incident',
      action: 'opened',
      subjectId: id,
      incidentId: id,
      actor: 'centre',
      body: incident,
    }),
  )
  return incident
}

const by = async () => (await officer.get<PtzState>('cameras/square/ptz')).body.steering?.by ?? null
const told = async (incidentId: string) =>
  (
    await fixture.database.query<{ action: string }>(
      `select action from event where incident_id = $1 and kind = 'camera' order by n`,
      [incidentId],
    )
  ).map(({ action }) => action)
const atScene = () => {
  const { pan, tilt } = slewTo(cameras.get('square')!, [lng, lat])!
  return { pan: expect.closeTo(pan, 3) as number, tilt: expect.closeTo(tilt, 3) as number }
}
async function until(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (await isTrue()) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error(`not within 5 s: ${what}`)
}
const away = { pan: 0.25, tilt: 0, zoom: 0.5 }
async function lookAway(): Promise<void> {
  const rows = await fixture.database.query<Parameters<Ptz['moveTo']>[0]>(`select * from camera where id = 'square'`)
  await ptz.moveTo(rows[0]!, away)
  await fixture.database.execute(`update camera set state = 'idle'`)
}

test('an incident turns the camera that can see it; when it is closed the camera looks where it looked before', async () => {
  await lookAway()
  await open('i1')
  await until('turned', async () => (await by()) === 'centre')
  expect(farm.positionOf('square')).toMatchObject(atScene())
  await until('told', async () => (await told('i1')).length === 1)
  expect(await told('i1')).toEqual(['turned-to-scene'])
  const [event] = await fixture.database.query<{ body: Camera }>(
    `select body from event where action = 'turned-to-scene'`,
  )
  expect(event!.body.state, 'that of the moment after, not of the moment before').toBe('online')
  const audits = await admin.get<{ items: { actor: string; facts: object }[] }>(
    'audit?action=camera.ptz&objectId=square',
  )
  expect(audits.body.items[0]).toMatchObject({ actor: 'centre', facts: { incidentId: 'i1', distanceM: 40 } })
  await slew.turn()
  expect(farm.positionOf('square'), 'it stays while the incident is open').toMatchObject(atScene())
  incidents.delete('i1')
  await slew.turn()
  expect(farm.positionOf('square')).toMatchObject(away)
  expect(await told('i1')).toEqual(['turned-to-scene', 'turned-back'])
  expect(await by()).toBeNull()
})

test('after ten minutes it goes back although the incident is open, also when the centre was restarted meanwhile', async () => {
  await open('i2')
  await until('kept', async () => (await told('i2')).length === 1)
  slew.stop()
  slew = slewWith(fixture)
  await slew.start()
  await slew.turn()
  expect(farm.positionOf('square')).toMatchObject(atScene())
  laterMs += BACK_AFTER_MS
  await slew.turn()
  expect(farm.positionOf('square')).toMatchObject(away)
  expect(await fixture.database.query('select * from camera_slew')).toEqual([])
})

test('an officer’s hand wins: a camera under it is left alone, and one that is taken over is not turned back', async () => {
  const order = { preset: 'preset-2' }
  expect((await officer.send('POST', 'cameras/square/ptz', order)).status).toBe(204)
  await slew.cue(await open('i3'))
  const mine = farm.positionOf('square')
  expect(mine).toMatchObject({ pan: -0.4 })
  expect(await told('i3')).toEqual([])
  laterMs += 10_000
  await slew.cue(await open('i4'))
  await until('turned', async () => (await told('i4')).length >= 1)
  expect((await officer.send('POST', 'cameras/square/ptz', { preset: 'preset-3' })).status).toBe(204)
  expect(await by()).not.toBe('centre')
  incidents.clear()
  laterMs += BACK_AFTER_MS
  await slew.turn()
  expect(farm.positionOf('square')).toMatchObject({ pan: 0.5 })
  await until('forgotten', async () => (await fixture.database.query('select * from camera_slew')).length === 0)
})

test('a second incident takes the camera, which then goes back to before the first; a test of a button turns nothing', async () => {
  await lookAway()
  laterMs += 10_000
  await open('i5')
  await until('turned', async () => (await told('i5')).length === 1)
  laterMs += KEEPS_FOR_MS
  await open('i6')
  await until('turned again', async () => (await told('i6')).length === 1)
  incidents.delete('i5')
  await slew.turn()
  expect(farm.positionOf('square')).toMatchObject(atScene())
  incidents.delete('i6')
  await slew.turn()
  expect(farm.positionOf('square')).toMatchObject(away)
  await slew.cue(await open('i7', { type: 'test' }))
  expect(farm.positionOf('square')).toMatchObject(away)
})

/** In front of the same camera. */
const [eastLng, eastLat] = destination(mast.lng, mast.lat, 90, 50)
const elsewhere = { place: { lng: eastLng, lat: eastLat, text: null, accuracyM: null } } as unknown as Partial<Incident>
const turnedTo = async () => (await officer.get<Camera>('cameras/square')).body.turnedTo ?? null
const panOf = ([toLng, toLat]: [number, number]) => slewTo(cameras.get('square')!, [toLng, toLat])!.pan

test('of two alarms in one second the more urgent one has the camera, the other gets it when that one is over', async () => {
  incidents.clear()
  await slew.turn()
  await lookAway()
  laterMs += 10_000
  // The second comes while the motors run for the first.
  await open('u2', { priority: 2 })
  await open('u1', { priority: 1, ...elsewhere })
  await until('the more urgent one', async () => (await turnedTo()) === 'u1')
  expect(farm.positionOf('square')?.pan).toBeCloseTo(panOf([eastLng, eastLat]), 3)
  incidents.delete('u1')
  await slew.turn()
  expect(await turnedTo(), 'it goes on to the one that waits').toBe('u2')
  expect(farm.positionOf('square')).toMatchObject(atScene())
  incidents.delete('u2')
  await slew.turn()
  expect(await turnedTo()).toBeNull()
  expect(farm.positionOf('square')).toMatchObject(away)
  expect(await told('u1')).toEqual(['turned-to-scene'])
  expect((await told('u2')).at(-1)).toBe('turned-back')
})

test('a less urgent one, or one as urgent within a minute, does not turn it away; every camera says where it looks', async () => {
  laterMs += 10_000
  await open('v1', { priority: 1, ...elsewhere })
  await until('turned', async () => (await turnedTo()) === 'v1')
  await slew.cue(await open('v2', { priority: 2 }))
  await slew.cue(await open('v3', { priority: 1 }))
  expect(await turnedTo()).toBe('v1')
  expect(farm.positionOf('square')?.pan).toBeCloseTo(panOf([eastLng, eastLat]), 3)
  expect(await told('v2')).toEqual([])
  // In the register, in its list, and in the event that desks follow.
  const { body } = await officer.get<{ items: Camera[] }>('cameras?limit=200')
  expect(body.items.find(({ id }) => id === 'square')).toMatchObject({ turnedTo: 'v1' })
  laterMs += KEEPS_FOR_MS
  await slew.cue(incidents.get('v3')!)
  expect(await turnedTo()).toBe('v3')
  // An officer's hand: nobody's any more, also for those who wait.
  expect((await officer.send('POST', 'cameras/square/ptz', { preset: 'preset-2' })).status).toBe(204)
  await until('told', async () => (await told('v3')).includes('taken-by-hand'))
  expect(await turnedTo()).toBeNull()
  incidents.delete('v3')
  await slew.turn()
  expect(farm.positionOf('square')).toMatchObject({ pan: -0.4 })
})

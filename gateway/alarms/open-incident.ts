import type { Alarm } from '../../domain/alarm.ts'
import { toIso } from '../../domain/clock.ts'
import type { Device } from '../../domain/device.ts'
import { zoneAt } from '../../domain/geo/polygon.ts'
import type { Incident } from '../../domain/incident.ts'
import { newId } from '../../domain/ids.ts'
import { rankCameras } from '../../domain/rank-cameras.ts'
import type { Place } from '../../domain/scalars.ts'
import type { Reading } from '../../devices/driver.ts'
import type { CentreState } from '../live/centre-state.ts'

/** Kinds whose place is where they are, not where they hang. */
const MOVING = new Set<Device['kind']>(['taxi', 'patrol', 'tag', 'pendant', 'handheld'])
/** Kinds that are drawn as vehicles and have a trail. */
const VEHICLES = new Set<Device['kind']>(['taxi', 'patrol', 'tag', 'handheld'])

/** The id under which its trail is found, null for what does not drive. */
export function vehicleIdOf(device: { id: string; kind: Device['kind'] }): string | null {
  return VEHICLES.has(device.kind) ? device.id : null
}

/**
 * Where it happens. Of a moving device: as it says, else its last fix; of a fixed one: where it is registered (a message cannot move
 * a school), else its site, else as it says. The last resort is the middle of the district: a call for help is never without a place.
 */
export function placeOf(state: CentreState, device: Device, reading: Reading | null, centre: [number, number]): Place {
  const site = device.siteId === null ? undefined : state.sites.get(device.siteId)
  const position = state.positions.get(device.id)
  const said = reading && reading.lng !== null && reading.lat !== null ? [reading.lng, reading.lat] : null
  const seen = position?.known ? [position.lng, position.lat] : null
  const registered = device.lng !== null && device.lat !== null ? [device.lng, device.lat] : null
  const ofSite = site ? [site.lng, site.lat] : null
  const best = MOVING.has(device.kind) ? (said ?? seen ?? registered ?? ofSite) : (registered ?? ofSite ?? said)
  const [lng, lat] = best ?? centre
  const name = site ? (device.spot ? `${site.name} · ${device.spot}` : site.name) : device.name
  return { lng: lng!, lat: lat!, name, ...(site ? { address: site.address } : {}) }
}

/** Until the batch knows how many incidents it opens: the radio log has no gaps. */
export const NOT_NUMBERED = ''

/** The cameras that show the scene of an alarm, best first. */
export function camerasOf(state: Pick<CentreState, 'sites' | 'cameras'>, alarm: Alarm): string[] {
  const site = alarm.siteId === null ? undefined : state.sites.get(alarm.siteId)
  return rankCameras(state.cameras.values(), site?.cameraIds ?? [], [alarm.place.lng, alarm.place.lat])
}

/** A new 警情 around its first alarm, with the promise that holds there and the cameras that see it. */
export function openIncident(state: CentreState, alarm: Alarm, nowMs: number): Incident {
  const { lng, lat } = alarm.place
  const zone = zoneAt(state.zonesNow(), lng, lat)
  return {
    id: newId(nowMs),
    number: NOT_NUMBERED,
    type: alarm.type,
    priority: alarm.priority,
    state: 'open',
    place: alarm.place,
    siteId: alarm.siteId,
    vehicleId: vehicleIdOf({ id: alarm.deviceId, kind: alarm.deviceKind }),
    zoneId: zone?.id ?? null,
    goalS: zone?.goalS ?? null,
    alarmIds: [alarm.id],
    cameraIds: camerasOf(state, alarm),
    owner: null,
    openedAt: toIso(nowMs),
    dispatchedAt: null,
    enRouteAt: null,
    onSceneAt: null,
    controlledAt: null,
    closedAt: null,
    disposition: null,
    closingNote: null,
    mergedInto: null,
    ...(alarm.jurisdiction ? { jurisdiction: alarm.jurisdiction } : {}),
  }
}

/** `20261121`, in the time zone of the machine: the day of the radio log. */
export function dayOf(nowMs: number): string {
  const day = new Date(nowMs)
  return `${day.getFullYear()}${String(day.getMonth() + 1).padStart(2, '0')}${String(day.getDate()).padStart(2, '0')}`
}

/** For the radio: `20261121-0007`. */
export function incidentNumber(day: string, running: number): string {
  return `${day}-${String(running).padStart(4, '0')}`
}

import type { DeviceKind, DeviceWrite } from '../device.ts'
import type { Patrol } from '../patrol.ts'
import type { CityVehicle, RawCity } from './city.ts'
import { readRows, uniqueById, type ProblemList } from './problem-list.ts'
import { deviceRowSchema, patrolRowSchema, vehicleRowSchema } from './rows.ts'

export function checkDevices(raw: RawCity, siteIds: ReadonlySet<string>, list: ProblemList): DeviceWrite[] {
  const rows = readRows(raw, 'devices.csv', deviceRowSchema, list)
  const devices: DeviceWrite[] = []
  for (const { where, value } of uniqueById(rows, 'devices.csv', 'device', list).values()) {
    const { site_id: siteId, spot, lng, lat, supervision_s: supervisionS = null, ...device } = value
    if (siteId !== undefined && !siteIds.has(siteId)) {
      const what = `device ${device.id} belongs to site ${siteId}, which sites.geojson does not have`
      list.add('devices.csv', where, what)
    }
    if ((lng === undefined) !== (lat === undefined)) {
      list.add('devices.csv', where, `device ${device.id} has only one of lng and lat; fill in both or neither`)
    }
    if (device.kind === 'button' && siteId === undefined && lng === undefined) {
      const what = `button ${device.id} has neither a site nor a place; its alarm would stand nowhere on the map`
      list.add('devices.csv', where, what)
    }
    const place = { siteId: siteId ?? null, spot: spot ?? null, lng: lng ?? null, lat: lat ?? null }
    devices.push({ ...device, ...place, supervisionS })
  }
  return devices
}

export function checkPatrols(
  raw: RawCity,
  zoneIds: ReadonlySet<string>,
  deviceKinds: ReadonlyMap<string, DeviceKind>,
  list: ProblemList,
): Patrol[] {
  const rows = readRows(raw, 'patrols.csv', patrolRowSchema, list)
  const callsigns = new Map<string, string>()
  const patrols: Patrol[] = []
  for (const { where, value } of uniqueById(rows, 'patrols.csv', 'patrol', list).values()) {
    const { id, callsign, kind, plate, duty } = value
    if (value.zone_id !== undefined && !zoneIds.has(value.zone_id)) {
      list.add('patrols.csv', where, `patrol ${id} belongs to zone ${value.zone_id}, which zones.geojson does not have`)
    }
    const namesake = callsigns.get(callsign)
    if (namesake) list.add('patrols.csv', where, `patrols ${namesake} and ${id} have the same callsign ${callsign}`)
    callsigns.set(callsign, id)
    checkDevice(deviceKinds, id, 'patrol', 'patrols.csv', where, list)
    const crew = value.crew.split(/[;；、]/).flatMap((name) => (name.trim() === '' ? [] : [name.trim()]))
    if (crew.length > 8) list.add('patrols.csv', where, `patrol ${id} has a crew of ${crew.length}, expected at most 8`)
    patrols.push({
      id,
      callsign,
      kind,
      crew,
      plate: plate ?? null,
      duty,
      homeLng: value.home_lng,
      homeLat: value.home_lat,
      zoneId: value.zone_id ?? null,
      jurisdiction: value.jurisdiction,
    })
  }
  return patrols
}

export function checkVehicles(
  raw: RawCity,
  deviceKinds: ReadonlyMap<string, DeviceKind>,
  list: ProblemList,
): CityVehicle[] {
  const rows = readRows(raw, 'vehicles.csv', vehicleRowSchema, list)
  return [...uniqueById(rows, 'vehicles.csv', 'vehicle', list).values()].map(({ where, value }) => {
    checkDevice(deviceKinds, value.id, value.kind, 'vehicles.csv', where, list)
    return { ...value, plate: value.plate ?? null }
  })
}

/** A patrol or vehicle is seen through the device of the same id. */
function checkDevice(
  deviceKinds: ReadonlyMap<string, DeviceKind>,
  id: string,
  kind: DeviceKind,
  file: 'patrols.csv' | 'vehicles.csv',
  where: string,
  list: ProblemList,
): void {
  const found = deviceKinds.get(id)
  if (found === kind) return
  const but = found ? ` (there it is a ${found})` : ''
  list.add(
    file,
    where,
    `${id} needs a row of kind ${kind} with the same id in devices.csv${but}; without it, it has no place`,
  )
}

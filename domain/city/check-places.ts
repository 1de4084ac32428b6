import { lngLatSchema, type LngLat } from '../scalars.ts'
import type { Site } from '../site.ts'
import { z } from '../z.ts'
import type { Zone } from '../zone.ts'
import type { CityCamera, RawCity } from './city.ts'
import { readFeatures, readRows, uniqueById, type ProblemList } from './problem-list.ts'
import { cameraRowSchema, siteRowSchema, zoneRowSchema } from './rows.ts'

const ringsSchema = z.array(z.array(lngLatSchema)).min(1)

export function checkZones(raw: RawCity, list: ProblemList): Zone[] {
  const rows = readFeatures(raw, 'zones.geojson', zoneRowSchema, list)
  const zones: Zone[] = []
  for (const { where, value } of uniqueById(rows, 'zones.geojson', 'zone', list).values()) {
    const { geometry, goalSpecialS, goalWartimeS, minPatrols, minPatrolsSpecial, minPatrolsWartime, ...zone } = value
    const rings = ringsSchema.safeParse(geometry.coordinates)
    if (geometry.type !== 'Polygon' || !rings.success) {
      list.add('zones.geojson', where, `zone ${zone.id} is not a Polygon; write one zone per polygon`)
      continue
    }
    const problem = ringProblem(rings.data)
    if (problem) list.add('zones.geojson', where, `zone ${zone.id}: ${problem}`)
    else {
      const goals = given({ special: goalSpecialS, wartime: goalWartimeS })
      const minima = given({ normal: minPatrols, special: minPatrolsSpecial, wartime: minPatrolsWartime })
      zones.push({
        ...zone,
        nameEn: zone.nameEn ?? null,
        ...(goals ? { goals } : {}),
        ...(minima ? { minPatrols: minima } : {}),
        polygon: rings.data,
      })
    }
  }
  return zones
}

/** Only what the file gives; null when it gives nothing. */
function given<K extends string>(values: Record<K, number | null | undefined>): Partial<Record<K, number>> | null {
  const entries = Object.entries<number | null | undefined>(values).filter(([, value]) => typeof value === 'number')
  return entries.length > 0 ? (Object.fromEntries(entries) as Partial<Record<K, number>>) : null
}

function ringProblem(rings: readonly (readonly LngLat[])[]): string | null {
  for (const ring of rings) {
    if (ring.length < 4) return 'its polygon has fewer than three corners'
    const [first, last] = [ring[0]!, ring.at(-1)!]
    if (first[0] !== last[0] || first[1] !== last[1]) {
      return 'its polygon is not closed: the last point must repeat the first'
    }
  }
  return null
}

export function checkSites(raw: RawCity, list: ProblemList): Site[] {
  const rows = readFeatures(raw, 'sites.geojson', siteRowSchema, list)
  const sites: Site[] = []
  for (const { where, value } of uniqueById(rows, 'sites.geojson', 'site', list).values()) {
    const { geometry, ...site } = value
    const point = lngLatSchema.safeParse(geometry.coordinates)
    if (geometry.type !== 'Point' || !point.success) {
      list.add('sites.geojson', where, `site ${site.id} is not a Point [longitude, latitude]`)
      continue
    }
    const [lng, lat] = point.data
    sites.push({ ...site, nameEn: site.nameEn ?? null, notes: site.notes ?? null, lng, lat })
  }
  return sites
}

export function checkCameras(raw: RawCity, siteIds: ReadonlySet<string>, list: ProblemList): CityCamera[] {
  const rows = readRows(raw, 'cameras.csv', cameraRowSchema, list)
  const cameras: CityCamera[] = []
  for (const { where, value } of uniqueById(rows, 'cameras.csv', 'camera', list).values()) {
    if (value.site_id !== undefined && !siteIds.has(value.site_id)) {
      const what = `camera ${value.id} belongs to site ${value.site_id}, which sites.geojson does not have`
      list.add('cameras.csv', where, what)
    }
    if ([value.address, value.main_address ?? ''].some((address) => /^[a-z]+:\/\/[^/@\s]*@/.test(address))) {
      const what = `camera ${value.id} has a password in its address; passwords are entered at the desk and kept encrypted`
      list.add('cameras.csv', where, what)
    }
    cameras.push({
      id: value.id,
      name: value.name,
      siteId: value.site_id ?? null,
      lng: value.lng,
      lat: value.lat,
      bearingDeg: value.bearing_deg ?? null,
      fovDeg: value.fov_deg,
      rangeM: value.range_m,
      ptz: value.ptz,
      warm: value.warm,
      scene: value.scene ?? null,
      source: { kind: value.source, address: value.address },
      mainAddress: value.main_address ?? null,
      audio: value.audio,
      onvif: value.onvif ?? null,
      jurisdiction: value.jurisdiction,
    })
  }
  return cameras
}

import { nearDistanceM } from '../geo/distance.ts'
import type { JunctionInput } from '../roads/graph.ts'
import { lngLatSchema, type LngLat } from '../scalars.ts'
import { z } from '../z.ts'
import type { City, CityRoad, RawCity } from './city.ts'
import { idsIn, readFeatures, readRows, uniqueById, type ProblemList } from './problem-list.ts'
import { junctionRowSchema, roadRowSchema } from './rows.ts'

/** Rounding and a surveyor's pen; more means that the road belongs to another junction. */
const END_GAP_MAX_M = 30
const lineSchema = z.array(lngLatSchema).min(2)

export function checkJunctions(raw: RawCity, bounds: City['bounds'], list: ProblemList): JunctionInput[] {
  const rows = readRows(raw, 'junctions.csv', junctionRowSchema, list)
  const [west, south, east, north] = bounds
  const junctions: JunctionInput[] = []
  for (const { where, value } of uniqueById(rows, 'junctions.csv', 'junction', list).values()) {
    const { id, lng, lat } = value
    if (lng < west || lng > east || lat < south || lat > north) {
      const hint =
        lat >= west && lat <= east && lng >= south && lng <= north ? ': longitude and latitude are swapped' : ''
      list.add('junctions.csv', where, `junction ${id} lies outside of the bounds in city.json${hint}`)
    }
    junctions.push(value)
  }
  return junctions
}

export function checkRoads(raw: RawCity, junctions: readonly JunctionInput[], list: ProblemList): CityRoad[] {
  const byId = new Map<string, JunctionInput | null>(junctions.map((junction) => [junction.id, junction]))
  for (const id of idsIn(raw, 'junctions.csv')) if (!byId.has(id)) byId.set(id, null)
  const rows = readFeatures(raw, 'roads.geojson', roadRowSchema, list)
  const roads: CityRoad[] = []
  for (const { where, value } of uniqueById(rows, 'roads.geojson', 'road', list).values()) {
    const shape = lineSchema.safeParse(value.geometry.coordinates)
    if (value.geometry.type !== 'LineString' || !shape.success) {
      list.add(
        'roads.geojson',
        where,
        `road ${value.id} is not a LineString of at least two [longitude, latitude] points`,
      )
      continue
    }
    checkEnd(value.id, 'starts', value.from, shape.data[0]!, byId, where, list)
    checkEnd(value.id, 'ends', value.to, shape.data.at(-1)!, byId, where, list)
    roads.push({
      id: value.id,
      from: value.from,
      to: value.to,
      class: value.class,
      oneway: value.oneway,
      speedKmh: value.speedKmh ?? undefined,
      name: value.name ?? null,
      nameEn: value.nameEn ?? null,
      shape: shape.data,
    })
  }
  return roads
}

function checkEnd(
  roadId: string,
  verb: 'starts' | 'ends',
  junctionId: string,
  point: LngLat,
  junctions: ReadonlyMap<string, JunctionInput | null>,
  where: string,
  list: ProblemList,
): void {
  // Without any junction the file is missing or broken, which has been said.
  if (junctions.size === 0) return
  const junction = junctions.get(junctionId)
  if (junction === null) return
  if (!junction) {
    const what = `road ${roadId} ${verb} at junction ${junctionId}, which junctions.csv does not have`
    list.add('roads.geojson', where, what)
    return
  }
  const gapM = nearDistanceM(point[0], point[1], junction.lng, junction.lat)
  if (gapM > END_GAP_MAX_M) {
    const what = `road ${roadId} ${verb} ${Math.round(gapM)} m away from its junction ${junctionId}`
    list.add('roads.geojson', where, what)
  }
}

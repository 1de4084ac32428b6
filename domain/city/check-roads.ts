import { nearDistanceM } from '../geo/distance.ts'
import type { JunctionInput } from '../roads/graph.ts'
import { lngLatSchema, type LngLat } from '../scalars.ts'
import { z } from '../z.ts'
import type { City, CityRoad, RawCity } from './city.ts'
import { eachFeature, idsIn, readFeature, readRow, UniqueIds, type ProblemList } from './problem-list.ts'
import { plainJunction, plainRoad } from './read-road.ts'
import { junctionRowSchema, roadRowSchema } from './rows.ts'

/** Rounding and a surveyor's pen; more means that the road belongs to another junction. */
const END_GAP_MAX_M = 30
const lineSchema = z.array(lngLatSchema).min(2)

export function checkJunctions(raw: RawCity, bounds: City['bounds'], list: ProblemList): JunctionInput[] {
  const [west, south, east, north] = bounds
  const source = raw['junctions.csv']
  const rows = source && 'rows' in source ? source.rows : []
  const unique = new UniqueIds('junctions.csv', 'junction', 'row', list)
  const junctions: JunctionInput[] = []
  for (const [i, row] of rows.entries()) {
    const where = `row ${i + 2}`
    const value = plainJunction(row) ?? readRow(row, junctionRowSchema, 'junctions.csv', where, list)[0]?.value
    if (!value || !unique.isNew(value.id, i + 2)) continue
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

/** @param take gets each road that is right, in the order of the file */
export function checkRoads(
  raw: RawCity,
  junctions: readonly JunctionInput[],
  list: ProblemList,
  take: (road: CityRoad) => void,
): void {
  const byId = new Map<string, JunctionInput | null>(junctions.map((junction) => [junction.id, junction]))
  // Only of those that were refused: half a million need not be looked at again.
  if (list.problems.length > 0) for (const id of idsIn(raw, 'junctions.csv')) if (!byId.has(id)) byId.set(id, null)
  const unique = new UniqueIds('roads.geojson', 'road', 'feature', list)
  let n = 0
  for (const feature of eachFeature(raw, 'roads.geojson', list)) {
    const where = `feature ${++n}`
    const road = plainRoad(feature) ?? schemaRoad(feature, where, list)
    if (!road || !unique.isNew(road.id, n)) continue
    checkEnd(road.id, 'starts', road.from, road.shape[0]!, byId, where, list)
    checkEnd(road.id, 'ends', road.to, road.shape.at(-1)!, byId, where, list)
    take(road)
  }
}

/** The road of a feature by its schema, which says what is wrong with it; null: something is. */
export function schemaRoad(feature: unknown, where: string, list: ProblemList): CityRoad | null {
  const [row] = readFeature(feature, roadRowSchema, 'roads.geojson', where, list)
  if (!row) return null
  const { value } = row
  const shape = lineSchema.safeParse(value.geometry.coordinates)
  if (value.geometry.type !== 'LineString' || !shape.success) {
    const what = `road ${value.id} is not a LineString of at least two [longitude, latitude] points`
    list.add('roads.geojson', where, what)
    return null
  }
  return {
    id: value.id,
    from: value.from,
    to: value.to,
    class: value.class,
    oneway: value.oneway,
    speedKmh: value.speedKmh ?? undefined,
    name: value.name ?? null,
    nameEn: value.nameEn ?? null,
    shape: shape.data,
  }
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

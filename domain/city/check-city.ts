import type { JunctionInput } from '../roads/graph.ts'
import type { City, CityProblem, CityRoad, LayerCollection, LayerName, RawCity } from './city.ts'
import { LAYER_NAMES, NEEDED_FILES, type CityFile } from './city.ts'
import { DEFAULT_ESCALATION } from '../duty-level.ts'
import { checkRunCards } from './check-run-cards.ts'
import { checkDevices, checkPatrols, checkVehicles } from './check-fleet.ts'
import { checkCameras, checkSites, checkZones } from './check-places.ts'
import { checkJunctions, checkRoads } from './check-roads.ts'
import { featuresOf, idsIn, ProblemList, readOne } from './problem-list.ts'
import { cityRowSchema } from './rows.ts'

export type TakeRoads = (junctions: readonly JunctionInput[]) => (road: CityRoad) => void

/**
 * Turns the files of a city folder into a city, or says everything that is wrong with them at once. Pure: readers of gateway and
 * simulators open the files.
 * @param takeRoads gets the junctions and gives who gets the roads, one by one; the city has none in it then. For a million of them
 */
export function checkCity(
  raw: RawCity,
  takeRoads?: TakeRoads,
): { city: City; problems: [] } | { city: null; problems: CityProblem[] } {
  const list = new ProblemList()
  for (const file of NEEDED_FILES) if (!raw[file]) list.add(file, '', 'is missing from the city folder')
  for (const [file, source] of Object.entries(raw)) {
    if ('broken' in source) list.add(file as CityFile, '', source.broken)
  }
  const head = checkHead(raw, list)
  const bounds = head?.bounds ?? [-180, -90, 180, 90]
  const junctions = checkJunctions(raw, bounds, list)
  const roads: CityRoad[] = []
  checkRoads(raw, junctions, list, takeRoads?.(junctions) ?? ((road) => roads.push(road)))
  const zones = checkZones(raw, list)
  const sites = checkSites(raw, list)
  const siteIds = idsIn(raw, 'sites.geojson')
  const cameras = checkCameras(raw, siteIds, list)
  const devices = checkDevices(raw, siteIds, list)
  const deviceKinds = new Map(devices.map((device) => [device.id, device.kind]))
  const patrols = checkPatrols(raw, idsIn(raw, 'zones.geojson'), deviceKinds, list)
  const vehicles = checkVehicles(raw, deviceKinds, list)
  checkSiteCameras(sites, idsIn(raw, 'cameras.csv'), list)
  const runCards = checkRunCards(raw, list)
  const layers = checkLayers(raw, list)
  if (!head || list.problems.length > 0) return { city: null, problems: list.problems }
  const city = { ...head, junctions, roads, zones, sites, devices, cameras, patrols, vehicles, runCards, layers }
  return { city, problems: [] }
}

/** The problems as a text for a terminal, the first `max` of them. */
export function problemText(problems: readonly CityProblem[], max = 30): string {
  const lines = problems
    .slice(0, max)
    .map(({ file, where, what }) => (where === '' ? `${file} ${what}` : `${file}, ${where}: ${what}`))
  if (problems.length > max) lines.push(`… and ${problems.length - max} more`)
  return lines.join('\n')
}

function checkHead(
  raw: RawCity,
  list: ProblemList,
): Pick<City, 'name' | 'nameEn' | 'note' | 'centre' | 'bounds' | 'escalation'> | null {
  const source = raw['city.json']
  if (!source || !('json' in source)) return null
  if (typeof source.json !== 'object' || source.json === null || Array.isArray(source.json)) {
    list.add('city.json', '', 'is not a JSON object')
    return null
  }
  const [row] = readOne(source.json as Record<string, unknown>, cityRowSchema, 'city.json', '', list)
  if (!row) return null
  const { escalation, ...head } = row.value
  return { ...head, escalation: { ...DEFAULT_ESCALATION, ...escalation } }
}

function checkSiteCameras(sites: City['sites'], cameraIds: ReadonlySet<string>, list: ProblemList): void {
  for (const site of sites) {
    for (const cameraId of site.cameraIds) {
      if (cameraIds.has(cameraId)) continue
      list.add('sites.geojson', site.id, `site ${site.id} shows camera ${cameraId}, which cameras.csv does not have`)
    }
  }
}

function checkLayers(raw: RawCity, list: ProblemList): Partial<Record<LayerName, LayerCollection>> {
  const layers: Partial<Record<LayerName, LayerCollection>> = {}
  for (const name of LAYER_NAMES) {
    const file: CityFile = `${name}.geojson`
    if (raw[file] && 'json' in raw[file])
      layers[name] = { type: 'FeatureCollection', features: featuresOf(raw, file, list) }
  }
  return layers
}

import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { Fault } from '../../../domain/fault.ts'
import { lineLengthM } from '../../../domain/geo/polyline.ts'
import { GrowingFloats, GrowingIntegers } from '../../../domain/osm/growing.ts'
import type { FoundRoad, RoadCollector, WayCounts } from '../../../domain/osm/road-collector.ts'
import { largestComponent } from '../../../domain/roads/component.ts'

/** What became of a map: for the operator, and as `roads-report.json` in the folder. */
export interface RoadReport extends WayCounts {
  junctions: number
  roads: number
  roadKm: number
  oneways: number
  /** Roads from which one cannot drive to the rest and back, and how long they are together. */
  notConnected: { roads: number; km: number }
  /** Both ends in the same place: nothing to drive on. */
  withoutLength: number
  bounds: [number, number, number, number]
}

/** Text is handed to the disk in pieces of this size, so that a province never is one string. */
const CHUNK_CHARS = 256 * 1024

interface Network {
  numberOf: Map<number, number>
  lng: GrowingFloats
  lat: GrowingFloats
  ids: GrowingFloats
  from: GrowingIntegers
  to: GrowingIntegers
  oneway: GrowingIntegers
}

/**
 * Writes `junctions.csv` and `roads.geojson` of what the collector has found: only the largest part in which one can drive from everywhere
 * to everywhere. Both files are written beside the old ones and then take their places.
 * @throws Fault `city-invalid` when there is no road at all: the old files stay
 */
export async function writeRoads(collector: RoadCollector, folder: string): Promise<RoadReport> {
  const network = networkOf(collector)
  const ends = {
    from: network.from.view(),
    to: network.to.view(),
    oneway: Uint8Array.from(network.oneway.view()),
  }
  const isKept = largestComponent(network.ids.length, ends)
  const report: RoadReport = {
    ...collector.counts,
    junctions: 0,
    roads: 0,
    roadKm: 0,
    oneways: 0,
    notConnected: { roads: 0, km: 0 },
    withoutLength: 0,
    bounds: [180, 90, -180, -90],
  }
  const files = [join(folder, 'junctions.csv'), join(folder, 'roads.geojson')] as const
  await writeLines(`${files[0]}.new`, junctionLines(network, isKept, report))
  await writeLines(`${files[1]}.new`, roadLines(collector, network, isKept, report))
  if (report.roads === 0) {
    for (const path of files) await rm(`${path}.new`)
    throw new Fault(
      'city-invalid',
      'no road for cars was found in this file, or none inside the bounds; nothing was changed',
    )
  }
  for (const path of files) await rename(`${path}.new`, path)
  report.roadKm = Math.round(report.roadKm)
  report.notConnected.km = Math.round(report.notConnected.km * 10) / 10
  return report
}

function networkOf(collector: RoadCollector): Network {
  const network: Network = {
    numberOf: new Map(),
    lng: new GrowingFloats(),
    lat: new GrowingFloats(),
    ids: new GrowingFloats(),
    from: new GrowingIntegers(),
    to: new GrowingIntegers(),
    oneway: new GrowingIntegers(),
  }
  const junction = (id: number, [lng, lat]: [number, number]): number => {
    const known = network.numberOf.get(id)
    if (known !== undefined) return known
    const number = network.ids.length
    network.numberOf.set(id, number)
    network.ids.push(id)
    network.lng.push(lng)
    network.lat.push(lat)
    return number
  }
  for (const road of collector.roads()) {
    network.from.push(junction(road.from, road.shape[0]!))
    network.to.push(junction(road.to, road.shape.at(-1)!))
    network.oneway.push(road.oneway ? 1 : 0)
  }
  return network
}

function* junctionLines(network: Network, isKept: Uint8Array, report: RoadReport): Generator<string> {
  yield 'id,lng,lat\n'
  for (let j = 0; j < isKept.length; j++) {
    if (isKept[j] !== 1) continue
    const [lng, lat] = [network.lng.at(j), network.lat.at(j)]
    report.junctions++
    const [west, south, east, north] = report.bounds
    report.bounds = [Math.min(west, lng), Math.min(south, lat), Math.max(east, lng), Math.max(north, lat)]
    yield `${junctionId(network.ids.at(j))},${lng},${lat}\n`
  }
}

function* roadLines(
  collector: RoadCollector,
  network: Network,
  isKept: Uint8Array,
  report: RoadReport,
): Generator<string> {
  yield '{"type":"FeatureCollection","features":[\n'
  let comma = ''
  for (const road of collector.roads()) {
    const km = lineLengthM(road.shape) / 1000
    const isConnected = isKept[network.numberOf.get(road.from)!] === 1 && isKept[network.numberOf.get(road.to)!] === 1
    if (!isConnected) {
      report.notConnected.roads++
      report.notConnected.km += km
    } else if (km === 0) report.withoutLength++
    else {
      report.roads++
      report.roadKm += km
      if (road.oneway) report.oneways++
      yield `${comma}${featureOf(road)}`
      comma = ',\n'
    }
  }
  yield '\n]}\n'
}

function featureOf(road: FoundRoad): string {
  const properties = {
    id: `W${idText(road.wayId)}-${road.piece}`,
    from: junctionId(road.from),
    to: junctionId(road.to),
    class: road.class,
    ...(road.oneway ? { oneway: true } : {}),
    ...(road.speedKmh === null ? {} : { speedKmh: road.speedKmh }),
    ...(road.name === '' ? {} : { name: road.name }),
    ...(road.nameEn === '' ? {} : { nameEn: road.nameEn }),
  }
  return JSON.stringify({ type: 'Feature', properties, geometry: { type: 'LineString', coordinates: road.shape } })
}

function junctionId(nodeId: number): string {
  return `N${idText(nodeId)}`
}

/** An editor gives what was never uploaded a negative id. */
function idText(id: number): string {
  return id < 0 ? `-${-id}` : String(id)
}

async function writeLines(path: string, lines: Iterable<string>): Promise<void> {
  const stream = createWriteStream(path, { encoding: 'utf8' })
  const done = finished(stream)
  // A full disk ends the stream while nobody waits for it yet; whoever awaits `done` below gets the same error.
  done.catch(() => stream.destroy())
  let chunk = ''
  for (const line of lines) {
    chunk += line
    if (chunk.length < CHUNK_CHARS) continue
    if (!stream.write(chunk)) await Promise.race([once(stream, 'drain'), done])
    chunk = ''
  }
  stream.end(chunk)
  await done
}

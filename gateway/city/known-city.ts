import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readFile, rename, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CITY_FILES, LAYER_NAMES, type City, type CityRoad, type LayerName } from '../../domain/city/city.ts'
import { reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import { RoadGraphBuilder, type JunctionInput, type RoadGraph } from '../../domain/roads/graph.ts'
import { PATROL_SPEEDS, ROAD_CLASSES } from '../../domain/roads/speeds.ts'
import { decodeRoadFile, encodeRoadFile } from './road-file.ts'
import { listSitePlans } from './site-plans.ts'

/** Everything of a city but its roads, which are a graph, and its picture layers, which are served from the folder. */
export type CityPlaces = Omit<City, 'junctions' | 'roads' | 'layers'>

/** A city that has been checked, ready to be searched. */
export interface KnownCity {
  places: CityPlaces
  graph: RoadGraph
  /** Name of each edge; "": none. */
  roadNames: string[]
  layers: LayerName[]
  /** Sites that have a floor plan. */
  plans: string[]
  /** Whether it came out of the compact file. */
  isFromFile: boolean
  /** Resolves when the compact file is written; never rejects. */
  written: Promise<void>
}

/** Change it with the check, the graph or the rows: an older program's file is then built again. */
const FORMAT = 2
const HASH_BYTES = 1024 * 1024
/** Smaller ones are read in a second or two. */
const TELL_BYTES_MIN = 30_000_000

/**
 * The city for a start of the core. Files that were checked before, byte for byte, are not read again but taken from a compact file
 * in the data folder: 10,000 edges in ~25 ms instead of ~550 ms. Changed by a byte or a missing layer: read, checked and written anew.
 * @throws Fault `city-invalid` with every problem
 */
export async function loadCity(deps: {
  cityDir: string
  /** Where the compact file lies, `city-roads.bin`. */
  dataDir: string
  log: Log
}): Promise<KnownCity> {
  const path = join(deps.dataDir, 'city-roads.bin')
  const key = await keyOf(deps.cityDir)
  const known = key === null ? null : await readRoadFile(path, key, deps.log)
  const plans = [...(await listSitePlans(deps.cityDir)).keys()]
  if (known) return { ...known, plans, isFromFile: true, written: Promise.resolve() }
  // Its parser of spreadsheets costs a restart 30 ms that it mostly does not need.
  const { readCity } = await import('./read-city.ts')
  const roads = new RoadTaker()
  const city = await readCity(deps.cityDir, {
    layers: 'names',
    onProgress: progressOf(deps.log),
    takeRoads: (junctions) => roads.begin(junctions),
  })
  const { graph, roadNames } = roads.build()
  const { junctions: _, roads: _none, layers: layerMap, ...places } = city
  const layers = Object.keys(layerMap) as LayerName[]
  const isSame = key !== null && key === (await keyOf(deps.cityDir))
  const parts = isSame ? encodeRoadFile({ key, rest: { places, layers }, graph, edgeNames: roadNames }) : null
  const written = parts === null ? Promise.resolve() : writeRoadFile(path, parts, deps.log)
  return { places, graph, roadNames, layers, plans, isFromFile: false, written }
}

/** Sizes and contents of everything the check looks at; null when a file cannot even be read: then the check says so. */
async function keyOf(cityDir: string): Promise<string | null> {
  const hash = createHash('sha256').update(JSON.stringify({ FORMAT, cityDir, ROAD_CLASSES, PATROL_SPEEDS }))
  try {
    for (const file of CITY_FILES) {
      const path = join(cityDir, file)
      const there = await unlessMissing(stat(path))
      hash.update(`${file} ${there?.size ?? 'missing'}\n`)
      if (there)
        for await (const chunk of createReadStream(path, { highWaterMark: HASH_BYTES })) hash.update(chunk as Buffer)
    }
    for (const name of LAYER_NAMES) {
      const there = await unlessMissing(stat(join(cityDir, `${name}.geojson`)))
      hash.update(`${name} ${there ? 'there' : 'missing'}\n`)
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error
    // Whatever it is, the reader meets it again and tells the operator in his words.
    return null
  }
  return hash.digest('hex')
}

/** Roads as they are read become the numbers of the graph at once. */
class RoadTaker {
  #builder = new RoadGraphBuilder([], PATROL_SPEEDS)
  readonly #ids: string[] = []
  readonly #names: string[] = []
  /** A street has many edges and one name. */
  readonly #known = new Map<string, string>()

  begin(junctions: readonly JunctionInput[]): (road: CityRoad) => void {
    this.#builder = new RoadGraphBuilder(junctions, PATROL_SPEEDS)
    return (road) => {
      this.#builder.add(road)
      this.#ids.push(road.id)
      this.#names.push(this.#nameOf(road.name ?? ''))
    }
  }

  build(): { graph: RoadGraph; roadNames: string[] } {
    const graph = this.#builder.build()
    let at = 0
    // The graph keeps the order and leaves some out.
    const roadNames = graph.edgeIds.map((id) => {
      while (this.#ids[at] !== id) at++
      return this.#names[at++]!
    })
    return { graph, roadNames }
  }

  #nameOf(name: string): string {
    const known = this.#known.get(name)
    if (known !== undefined) return known
    const line = name.replaceAll('\n', ' ')
    this.#known.set(name, line)
    return line
  }
}

/** A line for every tenth of a large file, so that whoever looks at the log sees it work. */
function progressOf(log: Log): (bytes: number, ofBytes: number) => void {
  let told = 0
  return (bytes, ofBytes) => {
    const tenth = Math.floor((bytes * 10) / ofBytes)
    if (ofBytes < TELL_BYTES_MIN || tenth <= told) return
    told = tenth
    log.info('the roads of the city are being read', { percent: tenth * 10, megabytes: Math.round(ofBytes / 1e6) })
  }
}

async function unlessMissing<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

async function readRoadFile(path: string, key: string, log: Log) {
  try {
    const bytes = await unlessMissing(readFile(path))
    if (!bytes) return null
    // The arrays need an address divisible by eight; a file of this size has its own memory, a tiny one may share a pool.
    const { buffer, byteOffset, byteLength } = bytes
    const isOwn = byteOffset === 0 && buffer instanceof ArrayBuffer && buffer.byteLength === byteLength
    const own = isOwn ? buffer : (new Uint8Array(bytes).buffer as ArrayBuffer)
    const file = decodeRoadFile(own, key)
    if ('why' in file) {
      log.info('the compact file of the roads is built again', { why: file.why })
      return null
    }
    const { places, layers } = file.rest as Pick<KnownCity, 'places' | 'layers'>
    return { places, layers, graph: file.graph, roadNames: file.edgeNames }
  } catch (error) {
    log.warn('the compact file of the roads cannot be read', { path, reason: reasonOf(error) })
    return null
  }
}

/** Beside it, then in its place: a crash leaves the old one or none. */
async function writeRoadFile(path: string, parts: readonly Uint8Array[], log: Log): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true })
    const file = await open(`${path}.new`, 'w')
    try {
      for (const part of parts) if (part.byteLength > 0) await file.writeFile(part)
      await file.datasync()
    } finally {
      await file.close()
    }
    await rename(`${path}.new`, path)
  } catch (error) {
    log.warn('the compact file of the roads cannot be written; the next start reads the city again', {
      path,
      reason: reasonOf(error),
    })
  }
}

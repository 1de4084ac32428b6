import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { checkCity, problemText, type TakeRoads } from '../../domain/city/check-city.ts'
import {
  CITY_FILES,
  LAYER_NAMES,
  type City,
  type CityFile,
  type RawCity,
  type RawFile,
} from '../../domain/city/city.ts'
import { Fault, reasonOf } from '../../domain/fault.ts'
import { decodeText, readCsv } from './csv-door.ts'
import { chunksOf, featuresIn, isUtf8File } from './feature-stream.ts'
import { plainRows } from './plain-rows.ts'

/** A province's buildings fit; a video file dropped into the folder by mistake does not. */
const FILE_BYTES_MAX = 400 * 1024 * 1024
/** Roads are read one by one: a country's fit, too. */
const ROADS_BYTES_MAX = 8 * 1024 ** 3

/**
 * Reads and checks a city folder.
 * @param options `layers: 'names'`: the picture layers are only looked for, not read; a restart is faster by the time of 12 MB of JSON.
 * `onProgress`: how far the roads have been read, bytes.
 * `takeRoads`: gets the roads instead of the city
 * @throws Fault `city-invalid` with every problem, in the operator's words
 */
export async function readCity(
  folder: string,
  options: {
    layers?: 'whole' | 'names'
    onProgress?: (bytes: number, ofBytes: number) => void
    takeRoads?: TakeRoads
  } = {},
): Promise<City> {
  const raw: RawCity = {}
  for (const file of CITY_FILES) {
    const path = join(folder, file)
    const source = file === 'roads.geojson' ? await openRoads(path, options.onProgress) : await readOneFile(path, file)
    if (source) raw[file] = source
  }
  for (const name of LAYER_NAMES) {
    const file: CityFile = `${name}.geojson`
    const path = join(folder, file)
    const source = options.layers === 'names' ? await lookForLayer(path) : await readOneFile(path, file)
    if (source) raw[file] = source
  }
  const { city, problems } = checkCity(raw, options.takeRoads)
  if (city) return city
  throw new Fault('city-invalid', `the city folder ${folder} cannot be used:\n${problemText(problems)}`, { problems })
}

/** A layer that is there, empty. */
async function lookForLayer(path: string): Promise<RawFile | null> {
  try {
    await stat(path)
    return { json: { type: 'FeatureCollection', features: [] } }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    return { broken: `cannot be read: ${reasonOf(error)}` }
  }
}

/** The roads as they are read; a file that is no UTF-8 is read whole, as every other. */
async function openRoads(path: string, onProgress?: (bytes: number, ofBytes: number) => void): Promise<RawFile | null> {
  try {
    const { size } = await stat(path)
    if (size > ROADS_BYTES_MAX) return { broken: `has ${size} bytes, expected at most ${ROADS_BYTES_MAX}` }
    if (!isUtf8File(path)) return await readOneFile(path, 'roads.geojson')
    const features = () => featuresIn(chunksOf(path, (bytes) => onProgress?.(bytes, size)))
    return { features: { [Symbol.iterator]: features } }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    return { broken: `cannot be read: ${reasonOf(error)}` }
  }
}

async function readOneFile(path: string, file: CityFile): Promise<RawFile | null> {
  try {
    const { size } = await stat(path)
    if (size > FILE_BYTES_MAX) return { broken: `has ${size} bytes, expected at most ${FILE_BYTES_MAX}` }
    const bytes = await readFile(path)
    const text = decodeText(bytes)
    return file.endsWith('.csv')
      ? { rows: plainRows(text) ?? readCsv(text).rows }
      : { json: JSON.parse(text) as unknown }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    return { broken: `cannot be read: ${reasonOf(error)}` }
  }
}

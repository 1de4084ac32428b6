import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Fault, reasonOf } from '../../domain/fault.ts'
import { GRIDS, type Grid } from '../../domain/geo/chinese-grid.ts'
import { systemClock } from '../../domain/clock.ts'
import { readGeoJson, readPbf, type Bounds } from './osm/read-map.ts'
import { reportLines } from './osm/report-lines.ts'
import { ImportProgress } from './osm/import-progress.ts'
import { writeRoads, type RoadReport } from './osm/write-roads.ts'

const USAGE = `usage: npm run import-roads -- EXTRACT.osm.pbf|LINES.geojson --out CITY-FOLDER [--from gcj02|bd09] [--bounds W,S,E,N]

Makes junctions.csv and roads.geojson of a city folder from a map. docs/city-format.md says how.`
const EXIT_USAGE = 2
/** Junctions must lie inside of the bounds; the last digit of a coordinate is 1 cm. */
const BOUNDS_MARGIN_DEG = 0.001

interface Wishes {
  file: string
  out: string
  from: Grid
  bounds: Bounds | null
}

async function main(): Promise<void> {
  const wishes = readWishes(process.argv.slice(2))
  await mkdir(wishes.out, { recursive: true })
  const city = await readCityFile(wishes.out)
  const bounds = wishes.bounds ?? city?.bounds ?? null
  const startedMs = systemClock.monotonicMs()
  const progress = new ImportProgress(process.stderr)
  const options = { from: wishes.from, bounds, onProgress: (share: number, what: string) => progress.show(share, what) }
  const isPbf = wishes.file.toLowerCase().endsWith('.pbf')
  const collector = await (isPbf ? readPbf(wishes.file, options) : readGeoJson(wishes.file, options))
  progress.show(1, 'writing')
  const report = await writeRoads(collector, wishes.out)
  progress.end()
  await writeFile(join(wishes.out, 'roads-report.json'), `${JSON.stringify(report, null, 2)}\n`)
  const isNew = city === null
  if (isNew) await writeCityFile(wishes.out, report)
  const seconds = (systemClock.monotonicMs() - startedMs) / 1000
  const peakMb = Math.round(process.resourceUsage().maxRSS / 1024)
  const context = { out: wishes.out, seconds, peakMb, bounds, isNew }
  process.stdout.write(`${reportLines(report, context).join('\n')}\n`)
}

function readWishes(args: string[]): Wishes {
  const options = { out: { type: 'string' }, from: { type: 'string' }, bounds: { type: 'string' } } as const
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
  const [file, ...more] = positionals
  const problems: string[] = []
  if (file === undefined || more.length > 0) problems.push('name exactly one file: a .osm.pbf or a .geojson')
  if (values.out === undefined) problems.push('--out is missing: the city folder')
  const from = values.from ?? 'wgs84'
  if (!(GRIDS as readonly string[]).includes(from)) problems.push(`--from is '${from}', expected ${GRIDS.join(', ')}`)
  const bounds = values.bounds === undefined ? null : readBounds(values.bounds)
  if (bounds === 'wrong') problems.push(`--bounds is '${values.bounds}', expected west,south,east,north in degrees`)
  if (problems.length > 0 || bounds === 'wrong') throw new UsageProblem(problems.join('\n'))
  return { file: file!, out: values.out!, from: from as Grid, bounds }
}

class UsageProblem extends Error {}

function readBounds(text: string): Bounds | 'wrong' {
  const [west, south, east, north, ...more] = text.split(',').map(Number)
  const isRight = more.length === 0 && west! < east! && south! < north! && west! >= -180 && north! <= 90
  return isRight ? [west!, south!, east!, north!] : 'wrong'
}

/** The folder's city.json, when there is one: its bounds are where junctions may lie. */
async function readCityFile(folder: string): Promise<{ bounds: Bounds | null } | null> {
  try {
    const json = JSON.parse(await readFile(join(folder, 'city.json'), 'utf8')) as { bounds?: unknown }
    const { bounds } = json
    const isBounds = Array.isArray(bounds) && bounds.length === 4 && bounds.every(Number.isFinite)
    return { bounds: isBounds ? (bounds as unknown as Bounds) : null }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new Fault('city-invalid', `city.json in ${folder} cannot be read: ${reasonOf(error)}`)
  }
}

/** A folder that had none gets one to be completed by hand. */
async function writeCityFile(folder: string, { bounds: [west, south, east, north] }: RoadReport): Promise<void> {
  const margin = BOUNDS_MARGIN_DEG
  const round = (deg: number) => Math.round(deg * 1e5) / 1e5
  const city = {
    name: '新城区',
    nameEn: 'New district',
    note: 'name, nameEn and note are to be filled in',
    centre: [round((west + east) / 2), round((south + north) / 2)],
    bounds: [round(west - margin), round(south - margin), round(east + margin), round(north + margin)],
  }
  const path = join(folder, 'city.json')
  await writeFile(`${path}.new`, `${JSON.stringify(city, null, 2)}\n`)
  await rename(`${path}.new`, path)
}

main().catch((error: unknown) => {
  const code = (error as NodeJS.ErrnoException).code
  const isUsage = error instanceof UsageProblem || (code ?? '').startsWith('ERR_PARSE_ARGS')
  process.stderr.write(`\n${isUsage ? `${USAGE}\n\n` : ''}${reasonOf(error)}\n`)
  if (!isUsage && !(error instanceof Fault) && code === undefined) process.stderr.write(`${(error as Error).stack}\n`)
  process.exitCode = isUsage ? EXIT_USAGE : 1
})

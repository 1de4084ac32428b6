import type { z } from '../z.ts'
import type { CityFile, CityProblem, RawCity } from './city.ts'
import { featureSchema } from './rows.ts'

/** After this many the same mistake is being repeated; the operator needs the first ones, not the memory of all. */
export const PROBLEMS_MAX = 500

/** Gathers everything that is wrong, so that a spreadsheet is mended once and not line by line. */
export class ProblemList {
  readonly problems: CityProblem[] = []
  add(file: CityFile, where: string, what: string): void {
    if (this.problems.length < PROBLEMS_MAX) this.problems.push({ file, where, what })
  }
}

export interface Row<T> {
  where: string
  value: T
}

/** The rows of a CSV file that can be read; each column that cannot is a problem. Empty cells count as not there. */
export function readRows<T>(raw: RawCity, file: CityFile, schema: z.ZodType<T>, list: ProblemList): Row<T>[] {
  const source = raw[file]
  if (!source || !('rows' in source)) return []
  return source.rows.flatMap((row, i) => readRow(row, schema, file, `row ${i + 2}`, list))
}

/** One row of a CSV file: no row, or one. */
export function readRow<T>(
  row: Record<string, string>,
  schema: z.ZodType<T>,
  file: CityFile,
  where: string,
  list: ProblemList,
): Row<T>[] {
  const filled = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== ''))
  return readOne(filled, schema, file, where, list)
}

export interface Feature {
  type: string
  coordinates: unknown
}

/** The features of a GeoJSON file with their properties read; a broken one is a problem and is skipped. */
export function readFeatures<T>(
  raw: RawCity,
  file: CityFile,
  schema: z.ZodType<T>,
  list: ProblemList,
): Row<T & { geometry: Feature }>[] {
  return featuresOf(raw, file, list).flatMap((feature, i) =>
    readFeature(feature, schema, file, `feature ${i + 1}`, list),
  )
}

/** One feature against the schema of its properties: no row, or one. */
export function readFeature<T>(
  feature: unknown,
  schema: z.ZodType<T>,
  file: CityFile,
  where: string,
  list: ProblemList,
): Row<T & { geometry: Feature }>[] {
  const outer = featureSchema.safeParse(feature)
  if (!outer.success) {
    list.add(file, where, 'is not a GeoJSON feature with a geometry')
    return []
  }
  const { geometry, properties } = outer.data
  return readOne(properties ?? {}, schema, file, where, list).map((row) => ({
    where,
    value: { ...row.value, geometry: { type: geometry.type, coordinates: geometry.coordinates } },
  }))
}

/** The features one after another, of a file that is read meanwhile too; one that cannot be read is a problem and ends there. */
export function* eachFeature(raw: RawCity, file: CityFile, list: ProblemList): Generator {
  const source = raw[file]
  if (!source || !('features' in source)) return yield* featuresOf(raw, file, list)
  const features = source.features[Symbol.iterator]()
  for (;;) {
    let next: IteratorResult<unknown>
    try {
      next = features.next()
    } catch (error) {
      list.add(file, '', error instanceof Error ? error.message : String(error))
      return
    }
    if (next.done) return
    yield next.value
  }
}

/** The raw list of a FeatureCollection; anything else is a problem and an empty list. */
export function featuresOf(raw: RawCity, file: CityFile, list: ProblemList): unknown[] {
  const source = raw[file]
  if (!source || !('json' in source)) return []
  const json = source.json
  if (typeof json === 'object' && json !== null && 'features' in json && Array.isArray(json.features)) {
    return json.features as unknown[]
  }
  list.add(file, '', 'is not a GeoJSON FeatureCollection')
  return []
}

/**
 * Every id that a file mentions, also of rows that are themselves a problem: what refers to them needs no second complaint.
 * Empty when the file is missing or broken, which has been said.
 */
export function idsIn(raw: RawCity, file: CityFile): Set<string> {
  const source = raw[file]
  if (!source || 'broken' in source || 'features' in source) return new Set()
  if ('rows' in source) return new Set(source.rows.flatMap(({ id }) => (id ? [id] : [])))
  const features = (source.json as { features?: unknown } | null)?.features
  const ids = new Set<string>()
  for (const feature of Array.isArray(features) ? (features as unknown[]) : []) {
    const id = (feature as { properties?: { id?: unknown } | null } | null)?.properties?.id
    if (typeof id === 'string') ids.add(id)
  }
  return ids
}

/** One record against its schema: no row, or one. */
export function readOne<T>(
  record: Record<string, unknown>,
  schema: z.ZodType<T>,
  file: CityFile,
  where: string,
  list: ProblemList,
): Row<T>[] {
  const result = schema.safeParse(record)
  if (result.success) return [{ where, value: result.data }]
  const name = typeof record['id'] === 'string' ? `${record['id']}: ` : ''
  const shape = (schema as { shape?: Record<string, z.ZodType> }).shape ?? {}
  const columns = new Set(result.error.issues.map((issue) => String(issue.path[0] ?? '')))
  for (const column of columns) {
    const value = record[column]
    const expected = shape[column]?.description ?? describeInner(shape[column]) ?? 'something else'
    const found = value === undefined ? 'is empty' : `is ${quote(value)}`
    const isLat = (column === 'lat' || column.endsWith('_lat')) && Math.abs(Number(value)) > 90
    const hint = isLat ? '; longitude and latitude may be swapped' : ''
    list.add(file, where, `${name}${column} ${found}, expected ${expected}${hint}`)
  }
  return []
}

/** `.optional()`, `.default()` and `.nullish()` wrap a schema and hide its description. */
function describeInner(schema: unknown): string | undefined {
  let inner = schema as { description?: string; def?: { innerType?: unknown } } | undefined
  while (inner && inner.description === undefined) inner = inner.def?.innerType as typeof inner
  return inner?.description
}

function quote(value: unknown): string {
  const text = typeof value === 'string' ? `"${value}"` : (JSON.stringify(value) ?? 'nothing')
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

const alreadyIn = (what: string, id: string, where: string) =>
  `${what} ${id} is already in ${where}; every id must be different`

/** Rows by id; a second one of the same id is a problem and is left out. */
export function uniqueById<T extends { id: string }>(
  rows: readonly Row<T>[],
  file: CityFile,
  what: string,
  list: ProblemList,
): Map<string, Row<T>> {
  const byId = new Map<string, Row<T>>()
  for (const row of rows) {
    const first = byId.get(row.value.id)
    if (first) list.add(file, row.where, alreadyIn(what, row.value.id, first.where))
    else byId.set(row.value.id, row)
  }
  return byId
}

/** The same for rows that are looked at one by one: a million of them need not be kept for it. */
export class UniqueIds {
  readonly #seen = new Map<string, number>()
  readonly #file: CityFile
  readonly #what: string
  readonly #unit: string
  readonly #list: ProblemList

  constructor(file: CityFile, what: string, unit: 'row' | 'feature', list: ProblemList) {
    this.#unit = unit
    this.#file = file
    this.#what = what
    this.#list = list
  }

  /** @param n its number in the file, as the operator counts */
  isNew(id: string, n: number): boolean {
    const first = this.#seen.get(id)
    if (first === undefined) {
      this.#seen.set(id, n)
      return true
    }
    this.#list.add(this.#file, `${this.#unit} ${n}`, alreadyIn(this.#what, id, `${this.#unit} ${first}`))
    return false
  }
}

import { IMPORT_PROBLEMS_MAX, type ImportProblem, type ImportProblemCode } from '../wire/register.ts'
import type { RegisterColumn, RegisterFormat } from './register-columns.ts'

/** A thing with its members side by side, as the columns name them. */
export type FlatThing = Readonly<Record<string, unknown>>

export interface ReadRow {
  row: number
  id: string
  /** What the row says, by member; a column that the file does not have is not in it. */
  values: Record<string, unknown>
  /** The thing as it is; null: a new one. */
  known: FlatThing | null
}

export interface ImportContext {
  /** Things of the register that who imports may see, by id. */
  known: ReadonlyMap<string, FlatThing>
  /** Ids that are in use where who imports does not see. */
  isTaken(id: string): boolean
  siteIds: ReadonlySet<string>
  mayGive(jurisdiction: string): boolean
  /** What only this register forbids. */
  check(row: ReadRow, report: Report): void
}

export type Report = (column: string | null, code: ImportProblemCode, facts?: ImportProblem['facts']) => void

export interface ImportPlan {
  rows: number
  added: ReadRow[]
  /** Only the members that are another value than before. */
  changed: { id: string; patch: Record<string, unknown> }[]
  asTheyWere: number
  problems: ImportProblem[]
  problemsLeftOff: number
}

/** A spreadsheet writes an apostrophe before what it would take for a formula, and so does our export. */
const GUARD = /^'(?=[=+\-@])/
const FOUND_MAX = 60

/**
 * Reads a whole file against the register and writes nothing: every problem of every row, and what would be added and changed.
 * @param header names of the columns
 * @param rows cells by column; row 2 of the file is the first
 */
export function checkImport(
  format: RegisterFormat,
  header: readonly string[],
  rows: readonly Readonly<Record<string, string>>[],
  context: ImportContext,
): ImportPlan {
  const plan: ImportPlan = {
    rows: rows.length,
    added: [],
    changed: [],
    asTheyWere: 0,
    problems: [],
    problemsLeftOff: 0,
  }
  const report = (problem: ImportProblem) => {
    if (plan.problems.length < IMPORT_PROBLEMS_MAX) plan.problems.push(problem)
    else plan.problemsLeftOff++
  }
  const ofFile = (code: ImportProblemCode, column: string | null = null) =>
    report({ row: null, id: null, column, found: null, code, facts: {} })
  const names = new Set([...format.columns.map(({ column }) => column), ...format.told, ...format.ignored])
  for (const name of header) if (!names.has(name)) ofFile('unknown-column', name)
  if (!header.includes('id')) ofFile('no-id-column')
  if (rows.length === 0) ofFile('no-rows')
  if (!header.includes('id') || rows.length === 0) return plan

  const present = format.columns.filter(({ column }) => header.includes(column))
  const rowOf = new Map<string, number>()
  rows.forEach((cells, i) => {
    const row = i + 2
    const id = (cells['id'] ?? '').trim()
    let isGood = true
    const say: Report = (column, code, facts = {}) => {
      isGood = false
      const isSecret = format.columns.find((one) => one.column === column)?.isSecret
      const cell = column === null || isSecret ? null : (cells[column] ?? '').slice(0, FOUND_MAX)
      report({ row, id: id === '' ? null : id.slice(0, FOUND_MAX), column, found: cell, code, facts })
    }
    const first = rowOf.get(id)
    if (first !== undefined) return say('id', 'twice', { first })
    if (id !== '') rowOf.set(id, row)
    const known = context.known.get(id) ?? null
    const read: ReadRow = { row, id, known, values: readCells(present, cells, known === null, say) }
    if (known === null) {
      for (const { column, isNeeded } of format.columns) {
        if (isNeeded && !header.includes(column)) say(column, 'needed')
      }
      if (context.isTaken(id)) say('id', 'id-taken')
    }
    checkPlaceInTree(read, context, say)
    context.check(read, say)
    if (!isGood) return
    if (known === null) return void plan.added.push(read)
    const patch = differing(read.values, known)
    if (Object.keys(patch).length === 0) plan.asTheyWere++
    else plan.changed.push({ id, patch })
  })
  return plan
}

function readCells(
  columns: readonly RegisterColumn[],
  cells: Readonly<Record<string, string>>,
  isNew: boolean,
  say: Report,
): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const { column, member, read, empty, isNeeded } of columns) {
    const cell = (cells[column] ?? '').trim().replace(GUARD, '')
    if (cell === '') {
      if (isNeeded) say(column, 'needed')
      else if (empty !== undefined && (!isNew || empty !== '')) values[member] = empty
      continue
    }
    const found = read(cell)
    if ('code' in found) say(column, found.code, found.facts)
    else values[member] = found.value
  }
  return values
}

/** The site must be there, and the jurisdiction be one that who imports may give. */
function checkPlaceInTree({ values, known }: ReadRow, context: ImportContext, say: Report): void {
  const { siteId, jurisdiction } = values
  const isNewSite = typeof siteId === 'string' && siteId !== known?.['siteId']
  if (isNewSite && !context.siteIds.has(siteId)) say('site_id', 'unknown-site')
  const isNewPlace = typeof jurisdiction === 'string' && jurisdiction !== (known?.['jurisdiction'] ?? '')
  if (isNewPlace && !context.mayGive(jurisdiction)) say('jurisdiction', 'not-your-jurisdiction')
}

function differing(values: Record<string, unknown>, known: FlatThing): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).filter(
      ([member, value]) => value !== (known[member] ?? (member === 'jurisdiction' ? '' : null)),
    ),
  )
}

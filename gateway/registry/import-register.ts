import { reasonOf } from '../../domain/fault.ts'
import { newId } from '../../domain/ids.ts'
import { covers } from '../../domain/jurisdiction.ts'
import {
  checkImport,
  type FlatThing,
  type ImportPlan,
  type ReadRow,
  type Report,
} from '../../domain/registers/check-import.ts'
import type { RegisterFormat } from '../../domain/registers/register-columns.ts'
import { BULK_MAX, type ImportAnswer, type ImportProblemCode } from '../../domain/wire/register.ts'
import { decodeText, readCsv, type CsvTable } from '../city/csv-door.ts'
import { whoOf } from '../live/visibility.ts'
import { thingRows } from '../live/visible-rows.ts'
import type { Tx } from '../store/database.ts'
import type { Subject } from '../trust/policy.ts'
import { writePatches, type Act, type ManyDeps } from './change-many.ts'
import { visibleSiteIds, type RegisterKind, type Thing } from './register-kinds.ts'
import { allStayWithin, type Placed } from './stay-within.ts'

/** What was found outside of the file, by id. */
export interface Looked {
  problems: ReadonlyMap<string, ImportProblemCode>
  /** What is connected to: the host resolved and checked, so that no later look-up can lead elsewhere. */
  addresses: ReadonlyMap<string, string>
}

/** What an import needs to know of one register. */
export interface ImportedRegister<T extends Thing> {
  kind: RegisterKind<T>
  format: RegisterFormat
  flat(thing: T): FlatThing
  check(row: ReadRow, report: Report): void
  /** What needs more than the file: a network, a name server. Before any lock is held. */
  look?(rows: readonly Readonly<Record<string, string>>[]): Promise<Looked>
  /** Rows, audit and events of new things. */
  add(tx: Tx, rows: readonly ReadRow[], act: Act, looked: Looked): Promise<void>
}

/**
 * Checks a whole file against the register as it is, and writes it only when `isWrite` and nothing is wrong: the check is made again in
 * the transaction that writes, so what was shown a minute ago cannot go stale unseen. Price: one query for all ids of the file.
 */
export async function importRegister<T extends Thing>(
  register: ImportedRegister<T>,
  deps: ManyDeps,
  bytes: Uint8Array,
  isWrite: boolean,
  by: { subject: Subject; actor: string },
): Promise<ImportAnswer> {
  const table = tableOf(bytes)
  if ('problem' in table) return refused(table.problem, table.facts)
  if (table.rows.length > BULK_MAX) return refused('too-many-rows', { max: BULK_MAX, rows: table.rows.length })
  const looked = (await register.look?.(table.rows)) ?? { problems: new Map(), addresses: new Map() }
  const act: Act = { ...by, act: newId(deps.clock.nowMs()), reason: null }
  return await deps.events.transact(async (tx) => {
    const { plan, known } = await planOf(register, tx, table, by.subject, looked)
    const isGood = plan.problems.length === 0
    const hasWork = plan.added.length + plan.changed.length > 0
    const isWritten = isWrite && isGood
    if (isWritten) {
      await writePatches(register.kind, deps, tx, { known, patches: plan.changed }, act)
      if (plan.added.length > 0) {
        const writes = plan.added.map(({ id, values }) => ({ id, before: null, after: values as Placed }))
        await allStayWithin(tx, by.subject, register.kind.table, writes)
        await register.add(tx, plan.added, act, looked)
      }
    }
    return answerOf(plan, isWritten, isWritten && hasWork ? act.act : null)
  })
}

async function planOf<T extends Thing>(
  { kind, format, flat, check }: ImportedRegister<T>,
  tx: Tx,
  { header, rows }: CsvTable,
  subject: Subject,
  looked: Looked,
): Promise<{ plan: ImportPlan; known: ReadonlyMap<string, T> }> {
  const who = whoOf(subject)
  const ids = rows.flatMap((row) => (row['id'] ? [row['id']] : []))
  const known = await kind.lock(tx, ids, thingRows(who, `${kind.table}.body`, 2))
  const taken = await tx.query<{ id: string }>(`select id from ${kind.table} where id = any($1::text[])`, [ids])
  const takenIds = new Set(taken.map(({ id }) => id))
  const plan = checkImport(format, header, rows, {
    known: new Map(known.map((thing) => [thing.id, flat(thing)])),
    isTaken: (id) => takenIds.has(id),
    siteIds: await visibleSiteIds(tx, thingRows(who, 'site.body', 1)),
    mayGive: (jurisdiction) => covers(who.jurisdiction, jurisdiction),
    check: (row, report) => {
      check(row, report)
      const code = row.known === null ? looked.problems.get(row.id) : undefined
      if (code) report('address', code)
    },
  })
  return { plan, known: new Map(known.map((thing) => [thing.id, thing])) }
}

function tableOf(bytes: Uint8Array): CsvTable | { problem: ImportProblemCode; facts: Record<string, string> } {
  try {
    return readCsv(decodeText(bytes), true)
  } catch (error) {
    return { problem: 'not-csv', facts: { reason: reasonOf(error).slice(0, 200) } }
  }
}

function refused(code: ImportProblemCode, facts: Record<string, string | number>): ImportAnswer {
  const problem = { row: null, id: null, column: null, found: null, code, facts }
  const nothing = { added: [], changed: [], asTheyWere: 0, problemsLeftOff: 0, written: false, act: null }
  return { rows: 0, problems: [problem], ...nothing }
}

function answerOf(plan: ImportPlan, written: boolean, act: string | null): ImportAnswer {
  const { rows, asTheyWere, problems, problemsLeftOff } = plan
  return {
    rows,
    added: plan.added.map(({ id }) => id),
    changed: plan.changed.map(({ id, patch }) => ({ id, members: Object.keys(patch) })),
    asTheyWere,
    problems,
    problemsLeftOff,
    written,
    act,
  }
}

import type { Clock } from '../../domain/clock.ts'
import { toIso } from '../../domain/clock.ts'
import { reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Trouble } from '../../domain/trouble.ts'
import type { Database, Queryable, Tx } from '../store/database.ts'
import { storable } from './canonical.ts'
import type { EventLog } from './event-log.ts'

export interface NewTrouble {
  subjectKind: Trouble['subjectKind']
  subjectId: string
  /** Short name, the key of the officer's sentence: lost, low-battery, offline, … */
  code: string
  /** In words, English. */
  detail: string
  facts?: Trouble['facts']
}

/** Standing troubles kept in memory; a city with more has one cause, which is one trouble. */
const STANDING_MAX = 20_000

/**
 * Faults of the equipment: raised once, counted while they stand, restored once. Never the siren. What already stands (or does
 * not) is answered from memory, so it may be called on every beat.
 */
export class Troubles {
  readonly #events: EventLog
  readonly #database: Database
  readonly #clock: Clock
  readonly #log: Log
  readonly #standing = new Set<string>()

  constructor(deps: { events: EventLog; database: Database; clock: Clock; log: Log }) {
    this.#events = deps.events
    this.#database = deps.database
    this.#clock = deps.clock
    this.#log = deps.log
  }

  async start(): Promise<void> {
    for (const trouble of await readStanding(this.#database)) this.#standing.add(trouble.id)
  }

  stands(subjectKind: Trouble['subjectKind'], subjectId: string, code: string): boolean {
    return this.#standing.has(`${subjectKind}:${subjectId}:${code}`)
  }

  /** Raises in the caller's transaction. @returns true when it is new (an event was appended), false when it only counted */
  async raise(tx: Tx, trouble: NewTrouble): Promise<boolean> {
    const id = `${trouble.subjectKind}:${trouble.subjectId}:${trouble.code}`
    const rows = await tx.query<TroubleRow & { fresh: boolean }>(
      `insert into trouble as t (id, subject_kind, subject_id, code, detail, since, facts)
       values ($1, $2, $3, $4, $5, $6, $7::jsonb)
       on conflict (id) do update set
         count = case when t.restored_at is null then t.count + 1 else 1 end,
         since = case when t.restored_at is null then t.since else excluded.since end,
         detail = excluded.detail, facts = excluded.facts, restored_at = null
       returning t.*, t.count = 1 as fresh`,
      [
        id,
        trouble.subjectKind,
        trouble.subjectId,
        trouble.code,
        storable(trouble.detail),
        toIso(this.#clock.nowMs()),
        factsOf(trouble),
      ],
    )
    const row = rows[0]!
    if (row.fresh) {
      const body = toTrouble(row)
      await this.#events.append(tx, { kind: 'trouble', action: 'raised', subjectId: id, actor: 'centre', body })
    }
    if (this.#standing.size < STANDING_MAX) this.#standing.add(id)
    return row.fresh
  }

  /** New words and figures for one that stands, in the caller's transaction; raises one that does not. */
  async change(tx: Tx, trouble: NewTrouble): Promise<void> {
    const id = `${trouble.subjectKind}:${trouble.subjectId}:${trouble.code}`
    const rows = await tx.query<TroubleRow>(
      'update trouble set detail = $2, facts = $3::jsonb where id = $1 and restored_at is null returning *',
      [id, storable(trouble.detail), factsOf(trouble)],
    )
    const row = rows[0]
    if (!row) return void (await this.raise(tx, trouble))
    await this.#events.append(tx, {
      kind: 'trouble',
      action: 'changed',
      subjectId: id,
      actor: 'centre',
      body: toTrouble(row),
    })
  }

  /** Those of this code that stand, from memory. */
  standing(code: string): { subjectKind: Trouble['subjectKind']; subjectId: string }[] {
    const list: { subjectKind: Trouble['subjectKind']; subjectId: string }[] = []
    for (const id of this.#standing) {
      const [subjectKind, ...rest] = id.split(':') as [Trouble['subjectKind'], ...string[]]
      if (rest.at(-1) === code) list.push({ subjectKind, subjectId: rest.slice(0, -1).join(':') })
    }
    return list
  }

  /** Restores in the caller's transaction. @returns true when it stood */
  async restore(tx: Tx, subjectKind: Trouble['subjectKind'], subjectId: string, code: string): Promise<boolean> {
    const id = `${subjectKind}:${subjectId}:${code}`
    const rows = await tx.query<TroubleRow>(
      'update trouble set restored_at = $2 where id = $1 and restored_at is null returning *',
      [id, toIso(this.#clock.nowMs())],
    )
    this.#standing.delete(id)
    const row = rows[0]
    if (!row) return false
    await this.#events.append(tx, {
      kind: 'trouble',
      action: 'restored',
      subjectId: id,
      actor: 'centre',
      body: toTrouble(row),
    })
    return true
  }

  /**
   * Outside a transaction; does nothing when it already stands. A failure is logged, not thrown: the caller's own work goes on, and
   * the next call tries again.
   */
  async raiseNow(trouble: NewTrouble): Promise<void> {
    if (this.stands(trouble.subjectKind, trouble.subjectId, trouble.code)) return
    const id = `${trouble.subjectKind}:${trouble.subjectId}:${trouble.code}`
    try {
      await this.#events.transact((tx) => this.raise(tx, trouble))
    } catch (error) {
      this.#standing.delete(id)
      this.#log.warn('a trouble could not be stored', { trouble: id, reason: reasonOf(error) })
    }
  }

  /** Outside a transaction; logged, not thrown. For figures that grow call it every ten seconds, not every time: each is an event. */
  async changeNow(trouble: NewTrouble): Promise<void> {
    try {
      await this.#events.transact((tx) => this.change(tx, trouble))
    } catch (error) {
      this.#log.warn('a changed trouble could not be stored', { trouble: trouble.code, reason: reasonOf(error) })
    }
  }

  /** Outside a transaction; does nothing when it does not stand. */
  async restoreNow(subjectKind: Trouble['subjectKind'], subjectId: string, code: string): Promise<void> {
    if (!this.stands(subjectKind, subjectId, code)) return
    const id = `${subjectKind}:${subjectId}:${code}`
    try {
      await this.#events.transact((tx) => this.restore(tx, subjectKind, subjectId, code))
    } catch (error) {
      this.#standing.add(id)
      this.#log.warn('a restored trouble could not be stored', { trouble: id, reason: reasonOf(error) })
    }
  }
}

interface TroubleRow {
  id: string
  subject_kind: Trouble['subjectKind']
  subject_id: string
  code: string
  detail: string
  facts: Trouble['facts'] | null
  since: string
  restored_at: string | null
  count: number
}

function toTrouble(row: TroubleRow): Trouble {
  return {
    id: row.id,
    subjectKind: row.subject_kind,
    subjectId: row.subject_id,
    code: row.code,
    detail: row.detail,
    ...(row.facts && { facts: row.facts }),
    since: row.since,
    restoredAt: row.restored_at,
    count: row.count,
  }
}

function factsOf({ facts }: NewTrouble): string | null {
  return facts === undefined ? null : JSON.stringify(storable(facts))
}

export async function readStanding(database: Queryable): Promise<Trouble[]> {
  const rows = await database.query<TroubleRow>(
    'select * from trouble where restored_at is null order by since desc limit $1',
    [STANDING_MAX],
  )
  return rows.map(toTrouble)
}

import { Fault } from '../../domain/fault.ts'
import { covers, jurisdictionOf } from '../../domain/jurisdiction.ts'
import { whoOf } from '../live/visibility.ts'
import type { Queryable } from '../store/database.ts'
import type { Subject } from '../trust/policy.ts'

/** What decides whose a thing of a register is. */
export interface Placed {
  jurisdiction?: string | undefined
  siteId?: string | null
}

/** Whose a thing was and will be, with that of its site where it has no word of its own; `from` null: it is being added. */
export interface Move {
  from: string | null
  to: string
}

/**
 * Works out whose a thing is before and after a write, and lets the write stay within the writer's jurisdiction: what they add or change is theirs before
 * and after. That it is nobody's in particular, and so seen by everybody, only somebody of the whole centre begins or ends: hiding a camera that all
 * use is a move, too. Call in the transaction of the write, with the row locked. Price: one read of at most two sites.
 * @param before null: it is being added
 * @throws Fault `foreign-jurisdiction` with where it would go
 */
export async function stayWithin(
  tx: Queryable,
  subject: Subject,
  what: string,
  before: Placed | null,
  after: Placed,
): Promise<Move> {
  const [move] = await allStayWithin(tx, subject, what, [{ before, after }])
  return move!
}

/** The same of many things of one kind, with one read for all their sites. One that may not be written ends it for all. */
export async function allStayWithin(
  tx: Queryable,
  subject: Subject,
  what: string,
  writes: readonly { before: Placed | null; after: Placed; id?: string }[],
): Promise<Move[]> {
  const siteOf = await sitesOf(
    tx,
    writes.flatMap(({ before, after }) => [before?.siteId, after.siteId]),
  )
  const own = whoOf(subject).jurisdiction
  return writes.map(({ before, after, id }) => {
    const from = before === null ? null : jurisdictionOf(before, siteOf)
    const to = jurisdictionOf(after, siteOf)
    refuseForeign(own, id === undefined ? what : `${what} ${id}`, from, to)
    return { from, to }
  })
}

function refuseForeign(own: string, what: string, from: string | null, to: string): void {
  for (const place of from === null ? [to] : [from, to]) {
    if (covers(own, place)) continue
    const detail = `The ${what} would belong to ${place}; your account writes within ${own}.`
    throw new Fault('foreign-jurisdiction', detail, { own, to: place })
  }
  if (own !== '' && from !== null && (from === '') !== (to === '')) {
    const words = to === '' ? 'would belong to everybody' : 'belongs to everybody'
    const detail = `The ${what} ${words}; only an account of the whole centre may change that.`
    throw new Fault('foreign-jurisdiction', detail, { own, from, to })
  }
}

/** The body of its event: one that was moved says from where, so that the desks that have lost it drop it. */
export function withMove<T extends object>(body: T, { from, to }: Move): T & { movedFrom?: string } {
  return from === null || from === to ? body : { ...body, movedFrom: from }
}

async function sitesOf(tx: Queryable, ids: readonly (string | null | undefined)[]) {
  const wanted = [...new Set(ids.filter((id) => typeof id === 'string'))]
  const sites = new Map<string, { jurisdiction?: string }>()
  if (wanted.length === 0) return () => undefined
  const rows = await tx.query<{ id: string; body: { jurisdiction?: string } }>(
    'select id, body from site where id = any($1)',
    [wanted],
  )
  for (const { id, body } of rows) sites.set(id, body)
  return (id: string) => sites.get(id)
}

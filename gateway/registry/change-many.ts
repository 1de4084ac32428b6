import type { Clock } from '../../domain/clock.ts'
import { newId } from '../../domain/ids.ts'
import type { BulkAnswer } from '../../domain/wire/register.ts'
import type { EventLog } from '../live/event-log.ts'
import { whoOf, type Who } from '../live/visibility.ts'
import { thingRows } from '../live/visible-rows.ts'
import type { Tx } from '../store/database.ts'
import { auditBy, auditMany } from '../trust/audit.ts'
import type { Subject } from '../trust/policy.ts'
import { notThere } from './paging.ts'
import { visibleSiteIds, type Patch, type RegisterKind, type Thing } from './register-kinds.ts'
import { allStayWithin, withMove } from './stay-within.ts'

export interface ManyDeps {
  events: EventLog
  clock: Clock
}

export interface Act {
  /** Names the act in every audit row of it. */
  act: string
  subject: Subject
  actor: string
  reason: string | null
}

/**
 * One patch for many things, in one transaction: rows, events, and one audit row for each thing under the name of the act. Things that
 * are not there (or not the asker's to see) are told and stop nothing; what is so already is not written again.
 * @throws Fault `not-found` for a site that there is not; `foreign-jurisdiction` when one of them would leave the asker's own
 */
export async function changeMany<T extends Thing>(
  kind: RegisterKind<T>,
  deps: ManyDeps,
  wanted: { ids: readonly string[]; patch: Readonly<Record<string, unknown>>; reason?: string | undefined },
  by: { subject: Subject; actor: string },
): Promise<BulkAnswer> {
  const ids = [...new Set(wanted.ids)]
  const who = whoOf(by.subject)
  const act: Act = { ...by, act: newId(deps.clock.nowMs()), reason: wanted.reason ?? null }
  return await deps.events.transact(async (tx) => {
    await refuseUnseenSite(tx, who, wanted.patch)
    const found = await kind.lock(tx, ids, thingRows(who, `${kind.table}.body`, 2))
    const differs = (thing: T) =>
      Object.entries(wanted.patch).some(
        ([member, value]) => ((thing as Record<string, unknown>)[member] ?? emptyOf(member)) !== value,
      )
    const patches = found.filter(differs).map(({ id }) => ({ id, patch: wanted.patch }))
    await writePatches(kind, deps, tx, { known: new Map(found.map((thing) => [thing.id, thing])), patches }, act)
    const there = new Set(found.map(({ id }) => id))
    const changed = new Set(patches.map(({ id }) => id))
    return {
      act: changed.size > 0 ? act.act : null,
      rows: ids.map((id) => ({ id, outcome: changed.has(id) ? 'changed' : there.has(id) ? 'as-it-was' : 'not-there' })),
    }
  })
}

/**
 * Rows, audit and events of what is changed; nothing for nothing.
 * @param written.known the things as they are, locked, at least those that are patched
 * @throws Fault `foreign-jurisdiction`
 */
export async function writePatches<T extends Thing>(
  kind: RegisterKind<T>,
  { events }: Pick<ManyDeps, 'events'>,
  tx: Tx,
  { known, patches }: { known: ReadonlyMap<string, T>; patches: readonly Patch[] },
  { act, subject, actor, reason }: Act,
): Promise<void> {
  if (patches.length === 0) return
  const writes = patches.map(({ id, patch }) => {
    const before = known.get(id)!
    return { id, before, after: { ...before, ...patch } }
  })
  const moves = await allStayWithin(tx, subject, kind.table, writes)
  const moveOf = new Map(patches.map(({ id }, i) => [id, moves[i]!]))
  const now = await kind.write(tx, patches)
  const members = [...new Set(patches.flatMap(({ patch }) => Object.keys(patch)))]
  const facts = { verb: 'changed', members, act, things: patches.length }
  const entry = auditBy(subject, kind.writeAction, kind.table, null, { reason, facts })
  await auditMany(
    tx,
    entry,
    patches.map(({ id }) => id),
  )
  await events.appendAll(
    tx,
    now.map((thing) => ({
      kind: kind.table,
      action: 'changed',
      subjectId: thing.id,
      actor,
      body: withMove(thing, moveOf.get(thing.id)!),
    })),
  )
}

/** What a member is when the body does not have it. */
function emptyOf(member: string): unknown {
  return member === 'jurisdiction' ? '' : null
}

async function refuseUnseenSite(tx: Tx, who: Who, { siteId }: Readonly<Record<string, unknown>>): Promise<void> {
  if (typeof siteId !== 'string') return
  const sites = await visibleSiteIds(tx, thingRows(who, 'site.body', 1))
  if (!sites.has(siteId)) throw notThere('site', siteId)
}

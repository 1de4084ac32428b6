import type { DrillMark } from '../../domain/alarm.ts'
import { toIso, type Clock } from '../../domain/clock.ts'
import { checkDrillWindow, isDrillAt, type Drill } from '../../domain/drill.ts'
import { Fault } from '../../domain/fault.ts'
import { newId } from '../../domain/ids.ts'
import type { LogEvent } from '../../domain/wire/live.ts'
import type { CentreState } from '../live/centre-state.ts'
import type { EventLog } from '../live/event-log.ts'
import type { Database } from '../store/database.ts'
import { actorOf, audit, auditBy } from '../trust/audit.ts'
import type { Subject } from '../trust/policy.ts'

/** Planned and not over, of all sites: a city has a few a day. */
const STANDING_MAX = 2_000
const LISTED_MAX = 100

/** Planned drills of sites. What stands is answered from memory, so that it also marks a press while the database is away. */
export class Drills {
  readonly #deps: { database: Database; events: EventLog; state: CentreState; clock: Clock }
  readonly #standing = new Map<string, Drill>()
  #stop: (() => void) | null = null

  constructor(deps: { database: Database; events: EventLog; state: CentreState; clock: Clock }) {
    this.#deps = deps
  }

  async start(): Promise<void> {
    const { database, events, clock } = this.#deps
    this.#stop = events.subscribe((event) => this.#onEvent(event))
    const rows = await database.query<{ body: Drill }>(
      `select body from drill where to_at > $1 and body->>'cancelledAt' is null order by from_at limit $2`,
      [toIso(clock.nowMs()), STANDING_MAX],
    )
    for (const { body } of rows) this.#standing.set(body.id, body)
  }
  stop(): void {
    this.#stop?.()
  }

  /** The mark for a press at this site at this moment. Price: one look at each standing drill. */
  at(siteId: string, atMs: number): DrillMark | null {
    for (const drill of this.#standing.values()) {
      if (drill.siteId === siteId && isDrillAt(drill, atMs)) return { id: drill.id, to: drill.to, why: drill.why }
    }
    return null
  }

  /** @throws Fault `not-found` without such a site; `bad-request` for the window; `too-many-requests` */
  async plan(siteId: string, subject: Subject, wanted: { from: string; to: string; why: string }): Promise<Drill> {
    const { state, clock } = this.#deps
    if (!state.sites.has(siteId)) throw new Fault('not-found', 'There is no such site.', { kind: 'site', id: siteId })
    const nowMs = clock.nowMs()
    const [fromMs, toMs] = [Date.parse(wanted.from), Date.parse(wanted.to)]
    checkDrillWindow(fromMs, toMs, nowMs)
    for (const [id, drill] of this.#standing) if (Date.parse(drill.to) <= nowMs) this.#standing.delete(id)
    if (this.#standing.size >= STANDING_MAX) {
      throw new Fault('too-many-requests', `${STANDING_MAX} drills are planned already`)
    }
    const by = actorOf(subject)
    const drill: Drill = {
      id: newId(nowMs),
      siteId,
      from: toIso(fromMs),
      to: toIso(toMs),
      why: wanted.why,
      by,
      plannedAt: toIso(nowMs),
      cancelledAt: null,
    }
    return await this.#save(drill, subject, 'drill-planned')
  }

  /** Ends it, or takes it back. Again: nothing happens. @throws Fault `not-found` */
  async cancel(siteId: string, id: string, subject: Subject): Promise<Drill> {
    const { database, clock } = this.#deps
    const rows = await database.query<{ body: Drill }>('select body from drill where id = $1 and site_id = $2', [
      id,
      siteId,
    ])
    const drill = rows[0]?.body
    if (!drill) throw new Fault('not-found', 'There is no such drill.', { kind: 'drill', id })
    if (drill.cancelledAt !== null) return drill
    return await this.#save({ ...drill, cancelledAt: toIso(clock.nowMs()) }, subject, 'drill-cancelled')
  }

  /** Of one site, the latest first. */
  async ofSite(siteId: string): Promise<Drill[]> {
    const rows = await this.#deps.database.query<{ body: Drill }>(
      'select body from drill where site_id = $1 order by from_at desc, id desc limit $2',
      [siteId, LISTED_MAX],
    )
    return rows.map(({ body }) => body)
  }

  async #save(drill: Drill, subject: Subject, action: 'drill-planned' | 'drill-cancelled'): Promise<Drill> {
    const { id, siteId, why, from, to } = drill
    await this.#deps.events.transact(async (tx) => {
      await tx.execute(
        `insert into drill (id, site_id, from_at, to_at, body) values ($1, $2, $3, $4, $5)
         on conflict (id) do update set body = excluded.body`,
        [id, siteId, from, to, JSON.stringify(drill)],
      )
      await audit(tx, auditBy(subject, 'drill.plan', 'site', siteId, { reason: why, facts: { id, from, to, action } }))
      const actor = actorOf(subject)
      await this.#deps.events.append(tx, { kind: 'note', action, subjectId: siteId, actor, body: { text: why, drill } })
    })
    return drill
  }

  #onEvent(event: LogEvent): void {
    if (event.action !== 'drill-planned' && event.action !== 'drill-cancelled') return
    const { drill } = event.body as { drill: Drill }
    if (drill.cancelledAt === null) this.#standing.set(drill.id, drill)
    else this.#standing.delete(drill.id)
  }
}

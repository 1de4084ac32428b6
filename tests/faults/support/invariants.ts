import { expect } from 'vitest'
import { verifyChain } from '../../../gateway/live/event-rows.ts'
import type { Database } from '../../../gateway/store/database.ts'
import { until } from '../../support/api.ts'
import type { Ledger } from './pressing.ts'

/** What was promised and is not among what was kept: the one figure that must be 0. Keys are `"{device} {event id}"`. */
export function lostOf(promised: Iterable<string>, kept: ReadonlySet<string>): string[] {
  return [...promised].filter((key) => !kept.has(key))
}

export const keysOf = (ledger: Ledger): string[] => ledger.promised.map((one) => `${one.deviceId} ${one.eventId}`)

/** Longest that the centre may need to take in what waits in the journal after a fault. */
const DRAIN_MS = 15_000

/** Waits until every promised signal is a row. @throws with the number that is missing */
export async function untilStored(database: Database, ledger: Ledger): Promise<void> {
  await until('every promised signal is stored', DRAIN_MS, async () => {
    const lost = lostOf(keysOf(ledger), await storedKeys(database))
    if (lost.length > 0) throw new Error(`${lost.length} of ${ledger.promised.length} missing, first ${lost[0]}`)
    return true
  })
}

const LATE_TIMERS = `select id, kind, subject_id, step, due_at from timer where due_at < now() - interval '5 s' and fired_at is null and cancelled_at is null`

/** Timers that came due while nobody was there to fire them catch up within this: 100 in each sweep, four sweeps a second. */
const TIMERS_MS = 5_000

/** Waits until the timers have caught up with the clock; that none is late after it is I5. */
export async function untilTimersFired(database: Database): Promise<void> {
  await until('I5: overdue timers have fired', TIMERS_MS, async () => {
    const late = await database.query(LATE_TIMERS)
    if (late.length > 0) throw new Error(`${late.length} late, first ${JSON.stringify(late[0])}`)
    return true
  })
}

async function storedKeys(database: Database): Promise<Set<string>> {
  const rows = await database.query<{ key: string }>(`select device_id || ' ' || event_id as key from signal`)
  return new Set(rows.map(({ key }) => key))
}

/**
 * The invariants of the catalogue, asked of the database itself. I1 promised ⊆ stored; I2 one row for each signal, and each counted once
 * by its alarm; I3 every alarm was seen by a desk or is still being escalated; I5 every alarm has its escalations, none late, none
 * twice; I6 the log gapless, its chain whole; I7 every signal has its receipt. I4, I8 and I9 are in settle.ts, I10 is each scenario's own.
 */
export async function checkInvariants(
  database: Database,
  ledger: Ledger,
): Promise<{ signals: number; events: number }> {
  expect(lostOf(keysOf(ledger), await storedKeys(database)), 'I1: promised and lost').toEqual([])
  const none = async (what: string, sql: string) => expect(await database.query(sql), what).toEqual([])
  await none('I2: a signal twice', 'select device_id, event_id from signal group by 1, 2 having count(*) > 1')
  await none(
    'I2: an alarm that counts its signals wrongly',
    `select a.id, (a.body->>'occurrences')::int as counted, count(s.id)::int as signals
       from alarm a left join signal s on s.alarm_id = a.id group by a.id having count(s.id) <> (a.body->>'occurrences')::int`,
  )
  await none(
    'I2: an event of one occurrence twice',
    `select subject_id, body->>'occurrences' as occurrence from event
      where kind = 'alarm' and action in ('raised', 'repeated') group by 1, 2 having count(*) > 1`,
  )
  await none(
    'I3: an alarm that no desk has painted and nothing escalates',
    `select a.id from alarm a where a.state = 'raised' and a.priority < 4
        and not exists (select 1 from rendered r where r.alarm_id = a.id)
        and not exists (select 1 from timer t where t.kind = 'escalate' and t.subject_id = a.id)`,
  )
  await none('I5: a timer that did not fire', LATE_TIMERS)
  await none(
    'I5: an alarm without its four escalations',
    `select a.id from alarm a where a.priority < 4
        and (select count(*) from timer t where t.kind = 'escalate' and t.subject_id = a.id) <> 4`,
  )
  await none(
    'I5: an unanswered alarm behind its escalation',
    `select a.id, a.body->>'escalation' as escalation from alarm a join timer t on t.kind = 'escalate' and t.subject_id = a.id
      where a.state = 'raised' and t.fired_at is not null and (a.body->>'escalation')::int < t.step`,
  )
  await none(
    'I5: an escalation twice',
    `select subject_id from event where kind = 'alarm' and action = 'escalated'
      group by subject_id, body->>'occurrences', body->>'escalation' having count(*) > 1`,
  )
  await none(
    'I7: a signal without its receipt',
    `select s.id from signal s where not exists (
       select 1 from outbox o where o.device_id = s.device_id and o.payload->>'id' = s.event_id and o.payload->>'stage' = 'stored')`,
  )
  // As of one moment: the log goes on while its rows are read.
  const chain = await verifyChain(database)
  expect(chain.brokenAt, 'I6: the chain breaks at').toBeNull()
  const [counts] = await database.query<{ signals: number }>('select count(*)::int as signals from signal')
  return { signals: counts!.signals, events: chain.checked }
}

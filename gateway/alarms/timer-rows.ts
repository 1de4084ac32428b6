import { toIso } from '../../domain/clock.ts'
import type { Tx } from '../store/database.ts'

export type TimerKind = 'escalate' | 'unseen' | 'unshelve' | 'order-unanswered' | 'close-test'
/** They end when somebody answers. */
export const ANSWER_TIMERS = ['escalate', 'unseen'] as const satisfies readonly TimerKind[]

export interface Timer {
  id: number
  kind: TimerKind
  subjectId: string
  step: number
  dueAt: string
}

/** Sets timers, or sets them again. They live in rows, so that a restart loses none and none fires twice. */
export async function setTimers(
  tx: Tx,
  timers: readonly { kind: TimerKind; subjectId: string; step: number; dueAtMs: number }[],
): Promise<void> {
  if (timers.length === 0) return
  await tx.execute(
    `insert into timer (kind, subject_id, step, due_at)
     select * from unnest($1::text[], $2::text[], $3::integer[], $4::timestamptz[])
     on conflict (kind, subject_id, step) do update set due_at = excluded.due_at, fired_at = null, cancelled_at = null`,
    [
      timers.map((t) => t.kind),
      timers.map((t) => t.subjectId),
      timers.map((t) => t.step),
      timers.map((t) => toIso(t.dueAtMs)),
    ],
  )
}

export async function cancelTimers(
  tx: Tx,
  kinds: readonly TimerKind[],
  subjectIds: readonly string[],
  at: string,
): Promise<void> {
  if (subjectIds.length === 0) return
  await tx.execute(
    `update timer set cancelled_at = $3
      where kind = any($1) and subject_id = any($2) and fired_at is null and cancelled_at is null`,
    [kinds, subjectIds, at],
  )
}

/** No timer is set for longer (a forgotten test closes itself after five minutes). */
const LONGEST_MS = 6 * 60_000

/**
 * The clock was set by `stepMs` at about `beforeMs` of the old time: what was pending then keeps its distance from now. What has been set since is known
 * by its time, which lies elsewhere by the step; only after a step of less than six minutes it may move, too. A shelf ends at the time of day that
 * people were told.
 */
export async function moveTimers(tx: Tx, beforeMs: number, stepMs: number): Promise<void> {
  await tx.execute(
    `update timer set due_at = due_at + $3 * interval '1 ms'
      where kind <> 'unshelve' and fired_at is null and cancelled_at is null and due_at between $1 and $2`,
    [toIso(beforeMs - LONGEST_MS), toIso(beforeMs + LONGEST_MS), Math.round(stepMs)],
  )
}

/** Marks the due ones fired and gives them to this transaction alone, longest due first; what another sweep holds is left to it. */
export async function fireDueTimers(tx: Tx, at: string, limit: number): Promise<Timer[]> {
  const timers = await tx.query<Timer>(
    `update timer set fired_at = $1 where id in (
       select id from timer where due_at <= $1 and fired_at is null and cancelled_at is null
        order by due_at limit $2 for update skip locked)
     returning id, kind, subject_id as "subjectId", step, due_at as "dueAt"`,
    [at, limit],
  )
  return timers.toSorted((a, b) => a.dueAt.localeCompare(b.dueAt) || a.id - b.id)
}

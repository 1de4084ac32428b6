import type { z } from '../../domain/z.ts'
import { toIso, type Clock } from '../../domain/clock.ts'
import type { dutyLevelWriteSchema, DutyLevelNow } from '../../domain/duty-level.ts'
import { Fault } from '../../domain/fault.ts'
import type { CentreState } from '../live/centre-state.ts'
import { readDutyLevel, saveDutyLevel } from '../live/duty-level-row.ts'
import type { EventLog } from '../live/event-log.ts'
import { audit, auditBy } from '../trust/audit.ts'
import type { Subject } from '../trust/policy.ts'

export interface DutyLevelDeps {
  events: EventLog
  clock: Clock
  state: CentreState
}

/**
 * Puts another duty level in force: the promises of new incidents, coverage, escalations and recommendations follow with the event, in the
 * same turn. Row, audit and event are one transaction. The level that holds already: nothing happens.
 * @throws Fault `state-changed` with `{level, by, at}` when another was in force than the officer saw
 */
export async function changeDutyLevel(
  { events, clock }: DutyLevelDeps,
  write: z.infer<typeof dutyLevelWriteSchema>,
  subject: Subject,
  actor: string,
): Promise<DutyLevelNow> {
  return await events.transact(async (tx) => {
    const before = await readDutyLevel(tx, { lock: true })
    const { level, reason, expected } = write
    if (expected !== undefined && before.level !== expected) {
      const { level: now, by, at } = before
      throw new Fault('state-changed', `the duty level is already ${now}`, { level: now, by, at })
    }
    if (before.level === level) return before
    const after: DutyLevelNow = { level, at: toIso(clock.nowMs()), by: actor, reason }
    await saveDutyLevel(tx, after)
    const facts = { from: before.level, to: level }
    await audit(tx, auditBy(subject, 'duty-level.write', 'duty-level', null, { reason, facts }))
    await events.append(tx, { kind: 'duty', action: 'level-changed', subjectId: 'duty-level', actor, body: after })
    return after
  })
}

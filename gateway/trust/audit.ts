import type { Database, Queryable } from '../store/database.ts'
import { storable } from '../live/canonical.ts'
import type { Subject } from './policy.ts'

/** One line for the inspector. `action` is what was done, in the words of `ACTIONS` or a verb of its own (`sign-in`). */
export interface AuditEntry {
  actor: string
  sessionId?: string | null
  action: string
  objectKind: string
  objectId?: string | null
  reason?: string | null
  outcome: 'done' | 'begun' | 'refused'
  /** Never a secret. */
  facts?: Record<string, unknown>
}

/**
 * Writes the row; with a transaction, in it. Who awaits this before the effect has the row committed before the effect (design §11).
 * @throws Fault `database-away`: then the effect must not happen
 */
export async function audit(database: Queryable, entry: AuditEntry): Promise<void> {
  await database.execute(
    `insert into audit (actor, session_id, action, object_kind, reason, outcome, facts, object_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [...columnsOf(entry), entry.objectId ?? null],
  )
}

/** The same row for each of many objects, in one statement. */
export async function auditMany(database: Queryable, entry: AuditEntry, objectIds: readonly string[]): Promise<void> {
  await database.execute(
    `insert into audit (actor, session_id, action, object_kind, reason, outcome, facts, object_id)
     select $1, $2, $3, $4, $5, $6, $7::jsonb, object_id from unnest($8::text[]) as object_id`,
    [...columnsOf(entry), objectIds],
  )
}

function columnsOf({ actor, sessionId, action, objectKind, reason, outcome, facts }: AuditEntry): unknown[] {
  return [
    storable(actor),
    sessionId ?? null,
    action,
    objectKind,
    reason === undefined || reason === null ? null : storable(reason),
    outcome,
    JSON.stringify(storable(facts ?? {})),
  ]
}

export function actorOf(subject: Subject): string {
  switch (subject.type) {
    case 'officer':
      return subject.me.username
    case 'program':
      return 'centre'
    case 'anonymous':
      return 'anonymous'
    default: {
      const never: never = subject
      return never
    }
  }
}

export function sessionIdOf(subject: Subject): string | null {
  return subject.type === 'officer' ? subject.sessionId : null
}

/** The row of a write by a route: who, what, to which object. */
export function auditBy(
  subject: Subject,
  action: string,
  objectKind: string,
  objectId: string | null,
  rest: Pick<AuditEntry, 'reason' | 'facts'> & { outcome?: AuditEntry['outcome'] } = {},
): AuditEntry {
  return {
    actor: actorOf(subject),
    sessionId: sessionIdOf(subject),
    action,
    objectKind,
    objectId,
    outcome: rest.outcome ?? 'done',
    reason: rest.reason,
    facts: rest.facts,
  }
}

function backKey(subject: Subject, incidentId: string, cameraId: string): string {
  return `${sessionIdOf(subject) ?? actorOf(subject)} recording ${incidentId} ${cameraId}`
}

/** How long a look lasts without a byte before the next one is a new look. */
const LOOK_MS = 60_000
/** Looks kept in memory: 200 officers with walls of 100 tiles. */
const LOOKS_MAX = 20_000

/** Camera looks: one row per session and camera, committed before the first byte, again after a minute without any. */
export class WatchAudit {
  readonly #database: Database
  readonly #monotonicMs: () => number
  readonly #lastMs = new Map<string, number>()
  readonly #writing = new Map<string, Promise<void>>()

  constructor(database: Database, monotonicMs: () => number) {
    this.#database = database
    this.#monotonicMs = monotonicMs
  }

  /** Resolves when the look is on record. Price while it lasts: one Map look-up. */
  async look(subject: Subject, cameraId: string, how: 'live' | 'snapshot'): Promise<void> {
    const key = `${sessionIdOf(subject) ?? actorOf(subject)} ${how} ${cameraId}`
    await this.#look(key, auditBy(subject, 'camera.watch', 'camera', cameraId, { outcome: 'begun', facts: { how } }))
  }

  /** A look at what was recorded. A reason makes a new look, so that every reason is on record. */
  async lookBack(
    subject: Subject,
    { incidentId, cameraId }: { incidentId: string; cameraId: string },
    reason: string | null,
  ): Promise<void> {
    const key = backKey(subject, incidentId, cameraId)
    if (reason !== null) this.#lastMs.delete(key)
    const facts = { incidentId }
    const entry = auditBy(subject, 'recording.watch', 'camera', cameraId, { outcome: 'begun', reason, facts })
    await this.#look(key, entry)
  }

  /** Whether a look at this recording is on record and not over. */
  isLooking(subject: Subject, { incidentId, cameraId }: { incidentId: string; cameraId: string }): boolean {
    const lastMs = this.#lastMs.get(backKey(subject, incidentId, cameraId))
    return lastMs !== undefined && this.#monotonicMs() - lastMs < LOOK_MS
  }

  async #look(key: string, entry: AuditEntry): Promise<void> {
    const nowMs = this.#monotonicMs()
    const lastMs = this.#lastMs.get(key)
    if (lastMs !== undefined && nowMs - lastMs < LOOK_MS) {
      this.#lastMs.set(key, nowMs)
      return
    }
    let writing = this.#writing.get(key)
    if (!writing) {
      writing = audit(this.#database, entry).finally(() => this.#writing.delete(key))
      this.#writing.set(key, writing)
    }
    await writing
    if (this.#lastMs.size >= LOOKS_MAX) this.#forget(nowMs)
    this.#lastMs.set(key, nowMs)
  }

  #forget(nowMs: number): void {
    for (const [key, lastMs] of this.#lastMs) if (nowMs - lastMs >= LOOK_MS) this.#lastMs.delete(key)
    // All of them are fresh: the oldest looks get a second row, which is only one row too many.
    for (const key of this.#lastMs.keys()) {
      if (this.#lastMs.size < LOOKS_MAX) return
      this.#lastMs.delete(key)
    }
  }
}

import { createHash, randomBytes } from 'node:crypto'
import type { Clock } from '../../domain/clock.ts'
import { toIso } from '../../domain/clock.ts'
import { Fault } from '../../domain/fault.ts'
import { newId } from '../../domain/ids.ts'
import type { Me } from '../../domain/officer.ts'
import type { Database } from '../store/database.ts'
import { toMe, type UserRow } from './user-rows.ts'

/** A twelve-hour shift and the hand-over. */
export const SESSION_MS = 13 * 3_600_000
/** How long a session is believed without asking: the bound of a revocation. */
export const SESSION_CACHE_MS = 5_000
/** A session that is known is believed when the database hangs longer than this: an acknowledgement must be through within a second. */
const ANSWER_MS = 300
/** Sessions kept in memory; more than a city has desks and phones. */
const CACHED_MAX = 10_000

export interface Session {
  id: string
  me: Me
  expiresAtMs: number
}

interface Cached {
  session: Session | null
  checkedAtMs: number
}

type SessionRow = UserRow & { session_id: string; expires_at: string }
const SESSION_SQL = `select u.*, s.id as session_id, s.expires_at
  from session s join users u on u.id = s.user_id where not u.disabled and s.expires_at > now() and `

/** Sessions: 256 random bits, of which the database knows only the sha256. */
export class Sessions {
  readonly #database: Database
  readonly #clock: Clock
  readonly #cached = new Map<string, Cached>()
  readonly #asking = new Map<string, Promise<Session | null>>()

  constructor(deps: { database: Database; clock: Clock }) {
    this.#database = deps.database
    this.#clock = deps.clock
  }

  /** @returns the token, which is told this once */
  async open(user: UserRow): Promise<{ token: string; session: Session }> {
    const token = randomBytes(32).toString('base64url')
    const nowMs = this.#clock.nowMs()
    const session = { id: newId(nowMs), me: toMe(user), expiresAtMs: nowMs + SESSION_MS }
    await this.#database.execute('insert into session (token_hash, id, user_id, expires_at) values ($1, $2, $3, $4)', [
      tokenHash(token),
      session.id,
      user.id,
      toIso(session.expiresAtMs),
    ])
    this.#remember(`token ${tokenHash(token).toString('base64')}`, { session, checkedAtMs: this.#clock.monotonicMs() })
    this.#remember(`id ${session.id}`, { session, checkedAtMs: this.#clock.monotonicMs() })
    // Nobody needs them any more; a shift opens a few, so the table stays small.
    await this.#database.execute('delete from session where expires_at < now()')
    return { token, session }
  }

  /** Null for a token that is wrong, expired, revoked, or of a disabled user. Price: a Map look-up, once in 5 s a query. */
  find(token: string): Promise<Session | null> {
    if (token.length > 100) return Promise.resolve(null)
    const hash = tokenHash(token)
    return this.#find(`token ${hash.toString('base64')}`, 's.token_hash = $1', hash)
  }

  /** For tickets and open sockets, which remember the session but not its token. */
  findById(id: string): Promise<Session | null> {
    return this.#find(`id ${id}`, 's.id = $1', id)
  }

  async close(id: string): Promise<void> {
    await this.#database.execute('delete from session where id = $1', [id])
    this.#drop((session) => session.id === id)
  }

  /** Ends all sessions of a user but one (after a new password) or all (disabled, removed). */
  async closeOf(userId: string, exceptId: string | null = null): Promise<void> {
    await this.#database.execute('delete from session where user_id = $1 and id is distinct from $2', [
      userId,
      exceptId,
    ])
    this.#drop((session) => session.me.id === userId && session.id !== exceptId)
    this.refresh()
  }

  /** The next use of any session asks the database: after an account was changed here, nobody waits for the cache to age. */
  refresh(): void {
    for (const cached of this.#cached.values()) cached.checkedAtMs = -Infinity
  }

  #drop(isOver: (session: Session) => boolean): void {
    for (const [key, { session }] of this.#cached) if (session && isOver(session)) this.#cached.delete(key)
  }

  async #find(key: string, condition: string, value: unknown): Promise<Session | null> {
    const cached = this.#cached.get(key)
    if (cached && this.#clock.monotonicMs() - cached.checkedAtMs < SESSION_CACHE_MS) return this.#unexpired(cached)
    let asking = this.#asking.get(key)
    if (!asking) {
      asking = this.#ask(key, condition, value, cached).finally(() => this.#asking.delete(key))
      this.#asking.set(key, asking)
    }
    return await asking
  }

  async #ask(key: string, condition: string, value: unknown, cached: Cached | undefined): Promise<Session | null> {
    const askedAtMs = this.#clock.monotonicMs()
    const asked = this.#database.query<SessionRow>(SESSION_SQL + condition, [value])
    let rows: SessionRow[]
    try {
      rows = await (cached?.session ? soon(asked) : asked)
    } catch (error) {
      // While the database is away, or hangs, nobody can revoke anything, and a desk must go on answering alarms.
      if (cached && error instanceof Fault && error.code === 'database-away') return this.#unexpired(cached)
      throw error
    }
    const row = rows[0]
    const session = row ? { id: row.session_id, me: toMe(row), expiresAtMs: Date.parse(row.expires_at) } : null
    this.#remember(key, { session, checkedAtMs: askedAtMs })
    // An open socket asks by the id: it must be known before the first outage, not only after the first look.
    if (session && !key.startsWith('id ')) this.#remember(`id ${session.id}`, { session, checkedAtMs: askedAtMs })
    return session
  }

  #remember(key: string, cached: Cached): void {
    if (this.#cached.size >= CACHED_MAX) {
      const oldest = this.#cached.keys().next()
      if (!oldest.done) this.#cached.delete(oldest.value)
    }
    // Deleted first, so that the order of the Map is the order of the last check.
    this.#cached.delete(key)
    this.#cached.set(key, cached)
  }

  #unexpired(cached: Cached): Session | null {
    return cached.session && cached.session.expiresAtMs > this.#clock.nowMs() ? cached.session : null
  }
}

/** @throws Fault `database-away` when it takes longer; what comes later is dropped, the next use asks again */
async function soon<T>(asked: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Fault('database-away', 'the database does not answer')), ANSWER_MS)
  })
  try {
    return await Promise.race([asked, late])
  } finally {
    clearTimeout(timer)
  }
}

function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

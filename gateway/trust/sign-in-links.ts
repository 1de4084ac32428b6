import { createHash, randomBytes } from 'node:crypto'
import type { Clock } from '../../domain/clock.ts'
import { toIso } from '../../domain/clock.ts'
import type { Database } from '../store/database.ts'
import { readUser, type UserRow } from './user-rows.ts'

/** Long enough to find the one who is to have it, short enough to be forgotten in a terminal. */
export const LINK_MS = 24 * 3_600_000

/** A new one-time link for a user; the unused older ones stop working. @returns the token for `#/sign-in?link=` */
export async function createLink(database: Database, clock: Clock, userId: string): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  await database.tx(async (tx) => {
    await tx.execute('delete from sign_in_link where user_id = $1 and used_at is null', [userId])
    await tx.execute('insert into sign_in_link (token_hash, user_id, expires_at) values ($1, $2, $3)', [
      hashOf(token),
      userId,
      toIso(clock.nowMs() + LINK_MS),
    ])
  })
  return token
}

/** Null when it is unknown, used or too old. Of two who race, one wins. */
export async function useLink(database: Database, token: string): Promise<UserRow | null> {
  const rows = await database.query<{ user_id: string }>(
    `update sign_in_link set used_at = now() where token_hash = $1 and used_at is null and expires_at > now()
     returning user_id`,
    [hashOf(token)],
  )
  const row = rows[0]
  return row ? await readUser(database, row.user_id) : null
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

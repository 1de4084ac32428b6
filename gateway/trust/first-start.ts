import type { Clock } from '../../domain/clock.ts'
import { newId } from '../../domain/ids.ts'
import type { Database } from '../store/database.ts'
import type { PasswordHasher } from './password-hasher.ts'
import { createLink } from './sign-in-links.ts'
import { readUserByName } from './user-rows.ts'

/**
 * The first account. With VIGIL_ADMIN_PASSWORD it has that password (first start only: a password that was chosen later is never
 * overwritten); without, it signs in by a one-time link until it has chosen one.
 * @returns the token of a link that is to be printed (never logged): `{origin}/#/sign-in?link={token}`; null when none is needed
 */
export async function ensureAdmin(deps: {
  database: Database
  hasher: PasswordHasher
  clock: Clock
  adminPassword: string | undefined
}): Promise<{ linkToken: string | null }> {
  const { database, hasher, clock, adminPassword } = deps
  await database.execute(
    `insert into users (id, username, display_name, role) values ($1, 'admin', '系统管理员', 'admin')
     on conflict (username) do nothing`,
    [newId(clock.nowMs())],
  )
  const admin = await readUserByName(database, 'admin')
  if (!admin || admin.password_hash !== null || admin.disabled) return { linkToken: null }
  if (adminPassword !== undefined) {
    const hash = await hasher.hash(adminPassword)
    await database.execute('update users set password_hash = $2 where id = $1 and password_hash is null', [
      admin.id,
      hash,
    ])
    return { linkToken: null }
  }
  return { linkToken: await createLink(database, clock, admin.id) }
}

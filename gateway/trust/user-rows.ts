import type { Me, Role } from '../../domain/officer.ts'
import type { Queryable } from '../store/database.ts'

export interface UserRow {
  id: string
  username: string
  display_name: string
  role: Role
  jurisdiction: string
  patrol_id: string | null
  password_hash: string | null
  disabled: boolean
  created_at: string
}

export function toMe(row: UserRow): Me {
  return {
    id: row.id,
    username: row.username,
    displayName: row.display_name,
    role: row.role,
    jurisdiction: row.jurisdiction,
    patrolId: row.patrol_id,
    mustSetPassword: row.password_hash === null,
  }
}

export async function readUserByName(database: Queryable, username: string): Promise<UserRow | null> {
  const rows = await database.query<UserRow>('select * from users where username = $1', [username])
  return rows[0] ?? null
}

export async function readUser(database: Queryable, id: string): Promise<UserRow | null> {
  const rows = await database.query<UserRow>('select * from users where id = $1', [id])
  return rows[0] ?? null
}

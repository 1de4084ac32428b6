import { toIso, type Clock } from '../../domain/clock.ts'
import { Fault } from '../../domain/fault.ts'
import { newId } from '../../domain/ids.ts'
import { linkSchema, userPatchSchema, userSchema, userWriteSchema, type User } from '../../domain/wire/admin.ts'
import { pageQuerySchema, pageSchema } from '../../domain/wire/http.ts'
import { z } from '../../domain/z.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { Database } from '../store/database.ts'
import { audit, auditBy } from '../trust/audit.ts'
import type { PasswordHasher } from '../trust/password-hasher.ts'
import type { Sessions } from '../trust/sessions.ts'
import { createLink, LINK_MS } from '../trust/sign-in-links.ts'
import { readUser, type UserRow } from '../trust/user-rows.ts'
import { alreadyThere, notThere, pageOf } from './paging.ts'

export interface UserRouteDeps {
  database: Database
  sessions: Sessions
  hasher: PasswordHasher
  clock: Clock
}

const paramsSchema = z.object({ id: z.string().max(40) })

function toUser(row: UserRow): User {
  return {
    id: row.id,
    username: row.username,
    displayName: row.display_name,
    role: row.role,
    jurisdiction: row.jurisdiction,
    patrolId: row.patrol_id,
    disabled: row.disabled,
    hasPassword: row.password_hash !== null,
    createdAt: row.created_at,
  }
}

export function userRoutes(deps: UserRouteDeps): Route[] {
  const { database, clock } = deps
  return [
    defineRoute({
      method: 'get',
      path: '/users',
      summary: 'Accounts by name',
      action: 'user.write',
      query: pageQuerySchema,
      answer: pageSchema(userSchema),
      handler: async ({ query: { limit, cursor } }) => {
        const rows = await database.query<UserRow>(
          'select * from users where $1::text is null or username > $1 order by username limit $2',
          [cursor ?? null, limit + 1],
        )
        return pageOf(rows, limit, toUser, (row) => row.username)
      },
    }),
    addRoute(deps),
    changeRoute(deps),
    defineRoute({
      method: 'post',
      path: '/users/:id/link',
      summary: 'A one-time sign-in link for an account, shown this once; older ones stop working',
      action: 'user.write',
      params: paramsSchema,
      answer: linkSchema,
      status: 201,
      handler: async ({ params: { id }, subject }) => {
        const user = await readUser(database, id)
        if (!user) throw notThere('user', id)
        await audit(database, auditBy(subject, 'user.link', 'user', id))
        const link = await createLink(database, clock, id)
        return { link, expiresAt: toIso(clock.nowMs() + LINK_MS) }
      },
    }),
  ]
}

function addRoute({ database, hasher, clock }: UserRouteDeps): Route {
  return defineRoute({
    method: 'post',
    path: '/users',
    summary: 'Add an account',
    action: 'user.write',
    body: userWriteSchema,
    answer: userSchema,
    status: 201,
    handler: async ({ body, subject }) => {
      refusePatrolWithoutUnit(body.role, body.patrolId)
      const hash = body.password === undefined ? null : await hasher.hash(body.password)
      return await database.tx(async (tx) => {
        const rows = await tx.query<UserRow>(
          `insert into users (id, username, display_name, role, jurisdiction, patrol_id, password_hash)
           values ($1, $2, $3, $4, $5, $6, $7) on conflict (username) do nothing returning *`,
          [newId(clock.nowMs()), body.username, body.displayName, body.role, body.jurisdiction, body.patrolId, hash],
        )
        if (!rows[0]) throw alreadyThere('user', body.username)
        const facts = { username: body.username, role: body.role }
        await audit(tx, auditBy(subject, 'user.write', 'user', rows[0].id, { facts }))
        return toUser(rows[0])
      })
    },
  })
}

/** A disabled account, or one with another role, has to sign in again: its sessions end within 5 s. */
function changeRoute({ database, sessions }: UserRouteDeps): Route {
  return defineRoute({
    method: 'patch',
    path: '/users/:id',
    summary: 'Change or disable an account; accounts are never removed, the audit names them',
    action: 'user.write',
    params: paramsSchema,
    body: userPatchSchema,
    answer: userSchema,
    handler: async ({ params: { id }, body, subject }) => {
      const isSelf = subject.type === 'officer' && subject.me.id === id
      if (isSelf && (body.disabled === true || (body.role !== undefined && body.role !== 'admin'))) {
        throw new Fault('conflict', 'Nobody can lock themselves out; another admin must do this.')
      }
      const user = await database.tx(async (tx) => {
        const rows = await tx.query<UserRow>(
          `update users set display_name = coalesce($2, display_name), role = coalesce($3, role),
             jurisdiction = coalesce($4, jurisdiction), disabled = coalesce($5, disabled),
             patrol_id = case when $6 then $7 else patrol_id end
           where id = $1 returning *`,
          [
            id,
            body.displayName ?? null,
            body.role ?? null,
            body.jurisdiction ?? null,
            body.disabled ?? null,
            body.patrolId !== undefined,
            body.patrolId ?? null,
          ],
        )
        if (!rows[0]) throw notThere('user', id)
        refusePatrolWithoutUnit(rows[0].role, rows[0].patrol_id)
        await audit(tx, auditBy(subject, 'user.write', 'user', id, { facts: { changed: Object.keys(body) } }))
        return rows[0]
      })
      if (user.disabled || body.role !== undefined) await sessions.closeOf(id)
      else sessions.refresh()
      return toUser(user)
    },
  })
}

function refusePatrolWithoutUnit(role: string, patrolId: string | null): void {
  if (role !== 'patrol' || patrolId !== null) return
  throw new Fault('bad-request', 'An account of the role patrol needs the unit whose phone it is (patrolId).')
}

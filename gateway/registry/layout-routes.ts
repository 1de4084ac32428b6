import { Fault } from '../../domain/fault.ts'
import { wallLayoutsSchema, type WallLayouts } from '../../domain/wall.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { Database } from '../store/database.ts'
import type { Subject } from '../trust/policy.ts'

const NONE: WallLayouts = { revision: 0, layouts: [], tours: [], screens: {} }

/** The signed-in officer's own video walls. */
export function layoutRoutes(database: Database): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/me/layouts',
      summary: 'My video walls: named layouts, tours, what each monitor showed last',
      action: 'self',
      answer: wallLayoutsSchema,
      handler: ({ subject }) => readLayouts(database, ownId(subject)),
    }),
    defineRoute({
      method: 'put',
      path: '/me/layouts',
      summary: 'Store my video walls; refused when another window has stored since the named revision',
      action: 'self',
      body: wallLayoutsSchema,
      answer: wallLayoutsSchema,
      handler: ({ body, subject }) => storeLayouts(database, ownId(subject), body),
    }),
  ]
}

function ownId(subject: Subject): string {
  if (subject.type !== 'officer') throw new Fault('forbidden', 'Only people have a video wall.')
  return subject.me.id
}

async function readLayouts(database: Database, userId: string): Promise<WallLayouts> {
  const rows = await database.query<{ revision: number; body: Omit<WallLayouts, 'revision'> }>(
    'select revision, body from wall_layouts where user_id = $1',
    [userId],
  )
  const row = rows[0]
  return row ? { ...row.body, revision: row.revision } : NONE
}

/** Two monitors are two windows: the second to write must have seen what the first wrote. */
async function storeLayouts(
  database: Database,
  userId: string,
  { revision, ...body }: WallLayouts,
): Promise<WallLayouts> {
  const rows = await database.query<{ revision: number }>(
    `insert into wall_layouts as w (user_id, revision, body) select $1, 1, $3 where $2::int = 0
       or exists (select from wall_layouts where user_id = $1)
     on conflict (user_id) do update set revision = w.revision + 1, body = excluded.body, changed_at = now()
       where w.revision = $2
     returning revision`,
    [userId, revision, JSON.stringify(body)],
  )
  const stored = rows[0]
  if (stored) return { ...body, revision: stored.revision }
  const now = await readLayouts(database, userId)
  throw new Fault('state-changed', 'Another window has changed the layouts.', { revision: now.revision })
}

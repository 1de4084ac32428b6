import { pageQuerySchema, pageSchema } from '../../domain/wire/http.ts'
import type { EventKind } from '../../domain/wire/live.ts'
import { idSchema } from '../../domain/scalars.ts'
import { z } from '../../domain/z.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { EventLog } from '../live/event-log.ts'
import { whoOf } from '../live/visibility.ts'
import { thingRows } from '../live/visible-rows.ts'
import type { Database } from '../store/database.ts'
import { audit, auditBy } from '../trust/audit.ts'
import type { Action } from '../trust/policy.ts'
import { alreadyThere, notThere, pageOf } from './paging.ts'
import { stayWithin, withMove } from './stay-within.ts'

export interface RegistryDeps {
  database: Database
  events: EventLog
}

/** A table of `(id, body jsonb)` whose body is the whole entity. */
export interface EntityKind {
  table: 'site' | 'zone' | 'patrol'
  path: string
  schema: z.ZodObject
  /** The same without defaults, all optional but never the id. */
  patch: z.ZodObject
  eventKind: EventKind
  /** Absent: another part serves the list (patrols with their places). */
  listAction?: Action
  writeAction: Action
}

interface EntityRow {
  id: string
  body: Record<string, unknown>
}

export const idParamsSchema = z.object({ id: idSchema })

/** GET list, GET one, POST, PATCH and DELETE of one kind. Each write is one transaction: row, event, audit. */
export function entityRoutes(kind: EntityKind, deps: RegistryDeps): Route[] {
  const { database, events } = deps
  const { table, path, eventKind, writeAction: action } = kind
  const schema = kind.schema as z.ZodType<Record<string, unknown>>
  const change = (verb: 'added' | 'changed' | 'removed', id: string, actor: string, body: object) => ({
    kind: eventKind,
    action: verb,
    subjectId: id,
    actor,
    body,
  })
  const write = [
    defineRoute({
      method: 'post',
      path,
      summary: `Add a ${table}`,
      action,
      body: schema,
      answer: schema,
      status: 201,
      handler: ({ body, subject, actor }) =>
        events.transact(async (tx) => {
          const id = String(body['id'])
          await stayWithin(tx, subject, table, null, body)
          const added = await tx.execute(`insert into ${table} (id, body) values ($1, $2) on conflict do nothing`, [
            id,
            JSON.stringify(body),
          ])
          if (added === 0) throw alreadyThere(table, id)
          await audit(tx, auditBy(subject, action, table, id, { facts: { verb: 'added' } }))
          await events.append(tx, change('added', id, actor, body))
          return body
        }),
    }),
    defineRoute({
      method: 'patch',
      path: `${path}/:id`,
      summary: `Change a ${table}: only the members that are sent`,
      action,
      params: idParamsSchema,
      body: kind.patch as z.ZodType<Record<string, unknown>>,
      answer: schema,
      handler: ({ params: { id }, body, subject, actor }) =>
        events.transact(async (tx) => {
          const [before] = await tx.query<EntityRow>(`select id, body from ${table} where id = $1 for update`, [id])
          if (!before) throw notThere(table, id)
          const after = { ...before.body, ...body }
          const move = await stayWithin(tx, subject, table, before.body, after)
          await tx.execute(`update ${table} set body = body || $2::jsonb where id = $1`, [id, JSON.stringify(body)])
          await audit(
            tx,
            auditBy(subject, action, table, id, { facts: { verb: 'changed', members: Object.keys(body) } }),
          )
          await events.append(tx, change('changed', id, actor, withMove(after, move)))
          return after
        }),
    }),
    defineRoute({
      method: 'delete',
      path: `${path}/:id`,
      summary: `Remove a ${table}`,
      action,
      params: idParamsSchema,
      handler: ({ params: { id }, subject, actor }) =>
        events.transact(async (tx) => {
          if ((await tx.execute(`delete from ${table} where id = $1`, [id])) === 0) throw notThere(table, id)
          await audit(tx, auditBy(subject, action, table, id, { facts: { verb: 'removed' } }))
          await events.append(tx, change('removed', id, actor, { id }))
        }),
    }),
  ]
  return kind.listAction ? [...readRoutes(kind, kind.listAction, database), ...write] : write
}

function readRoutes(kind: EntityKind, action: Action, database: Database): Route[] {
  const { table, path } = kind
  const schema = kind.schema as z.ZodType<Record<string, unknown>>
  return [
    defineRoute({
      method: 'get',
      path,
      summary: `All of kind ${table}, by id`,
      action,
      query: pageQuerySchema,
      answer: pageSchema(schema),
      handler: async ({ query: { limit, cursor }, subject }) => {
        const mine = thingRows(whoOf(subject), `${table}.body`, 3)
        const rows = await database.query<EntityRow>(
          `select id, body from ${table} where ($1::text is null or id > $1) and ${mine.where} order by id limit $2`,
          [cursor ?? null, limit + 1, ...mine.params],
        )
        return pageOf(
          rows,
          limit,
          (row) => row.body,
          (row) => row.id,
        )
      },
    }),
    defineRoute({
      method: 'get',
      path: `${path}/:id`,
      summary: `One ${table}`,
      action,
      params: idParamsSchema,
      answer: schema,
      handler: async ({ params: { id } }) => {
        const rows = await database.query<EntityRow>(`select id, body from ${table} where id = $1`, [id])
        if (!rows[0]) throw notThere(table, id)
        return rows[0].body
      },
    }),
  ]
}

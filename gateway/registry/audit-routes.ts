import { auditRowSchema, type AuditRow } from '../../domain/wire/admin.ts'
import { pageQuerySchema, pageSchema } from '../../domain/wire/http.ts'
import { timeSchema } from '../../domain/scalars.ts'
import { z } from '../../domain/z.ts'
import { defineRoute, type Route } from '../http/route.ts'
import { whoOf } from '../live/visibility.ts'
import { auditRows } from '../live/visible-rows.ts'
import type { Database } from '../store/database.ts'
import { numberCursor, pageOf } from './paging.ts'

interface Row extends Omit<AuditRow, 'sessionId' | 'objectKind' | 'objectId'> {
  session_id: string | null
  object_kind: string
  object_id: string | null
}

const querySchema = pageQuerySchema.extend({
  actor: z.string().max(64).optional(),
  action: z.string().max(40).optional(),
  objectId: z.string().max(64).optional(),
  from: timeSchema.optional(),
  to: timeSchema.optional(),
})

/** Who did what, newest first: for the inspector. */
export function auditRoutes(database: Database): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/audit',
      summary: 'Who did, looked at and changed what, newest first',
      action: 'audit.read',
      query: querySchema,
      answer: pageSchema(auditRowSchema),
      handler: async ({ query, subject }) => {
        const mine = auditRows(whoOf(subject), 8)
        const rows = await database.query<Row>(
          `select n, at, actor, session_id, action, object_kind, object_id, reason, outcome, facts from audit
           where ($1::bigint is null or n < $1) and ($2::text is null or actor = $2) and ($3::text is null or action = $3)
             and ($4::text is null or object_id = $4) and ($5::timestamptz is null or at >= $5)
             and ($6::timestamptz is null or at < $6)
             and ${mine.where} order by n desc limit $7`,
          [
            numberCursor(query.cursor),
            query.actor ?? null,
            query.action ?? null,
            query.objectId ?? null,
            query.from ?? null,
            query.to ?? null,
            query.limit + 1,
            ...mine.params,
          ],
        )
        return pageOf(rows, query.limit, toAuditRow, (row) => String(row.n))
      },
    }),
  ]
}

function toAuditRow(row: Row): AuditRow {
  const { session_id: sessionId, object_kind: objectKind, object_id: objectId, ...rest } = row
  return { ...rest, sessionId, objectKind, objectId }
}

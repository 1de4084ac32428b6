import type { FlatThing } from '../../domain/registers/check-import.ts'
import type { RegisterFormat } from '../../domain/registers/register-columns.ts'
import { bulkAnswerSchema, bulkSchema, importAnswerSchema } from '../../domain/wire/register.ts'
import { z } from '../../domain/z.ts'
import { csvText, sendCsv, type CsvCell } from '../http/csv-answer.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { Action, Subject } from '../trust/policy.ts'
import { changeMany, type ManyDeps } from './change-many.ts'
import { importRegister, type ImportedRegister } from './import-register.ts'
import type { RegisterKind, Thing } from './register-kinds.ts'

/** Ids of 5,000 things, 43 bytes each, and a patch. */
const BULK_BYTES_MAX = 512 * 1024
/** 5,000 rows of 800 bytes. */
const IMPORT_BYTES_MAX = 4 * 1024 * 1024

/** `POST {path}/changes`: one patch for many. */
export function bulkRoute<T extends Thing>(
  kind: RegisterKind<T>,
  path: string,
  patch: z.ZodType,
  deps: ManyDeps & { onChanged?: () => Promise<void> },
): Route {
  return defineRoute({
    method: 'post',
    path: `${path}/changes`,
    summary: `Change many at once (${kind.table}): one act in the audit, and what became of each`,
    action: kind.writeAction,
    body: bulkSchema(patch),
    answer: bulkAnswerSchema,
    bodyBytesMax: BULK_BYTES_MAX,
    handler: async ({ body, subject, actor }) => {
      const wanted = body as { ids: string[]; patch: Record<string, unknown>; reason?: string }
      const answer = await changeMany(kind, deps, wanted, { subject, actor })
      if (answer.act !== null) await deps.onChanged?.()
      return answer
    },
  })
}

/** `POST {path}/import`: a spreadsheet, looked at or written. */
export function importRoute<T extends Thing>(
  register: ImportedRegister<T>,
  path: string,
  deps: ManyDeps & { onChanged?: () => Promise<void> },
): Route {
  return defineRoute({
    method: 'post',
    path: `${path}/import`,
    summary:
      'Take in a CSV file with the columns of the export. Every problem is told at once; with write=true it is written when there is none',
    action: register.kind.writeAction,
    query: z.object({ write: z.enum(['true', 'false']).default('false') }),
    bodyTypes: ['text/csv'],
    bodyBytesMax: IMPORT_BYTES_MAX,
    body: z.instanceof(Buffer),
    answer: importAnswerSchema,
    handler: async ({ body, query, subject, actor }) => {
      const answer = await importRegister(register, deps, body, query.write === 'true', { subject, actor })
      if (answer.act !== null) await deps.onChanged?.()
      return answer
    },
  })
}

/** `GET {path}/register.csv`: a file that `import` takes again. */
export function exportRoute(
  name: string,
  path: string,
  action: Action,
  format: RegisterFormat,
  readAll: (subject: Subject) => Promise<{ flat: FlatThing; told: readonly CsvCell[] }[]>,
): Route {
  const columns = format.columns.filter(({ isSecret }) => !isSecret)
  return defineRoute({
    method: 'get',
    path: `${path}/register.csv`,
    summary: 'The register as a CSV file, without any password; import takes it again',
    action,
    handler: async ({ subject, res }) => {
      const things = await readAll(subject)
      const heads = [...columns.map(({ column }) => column), ...format.told]
      const lines = things.map(({ flat, told }) => [...columns.map(({ member }) => cellOf(flat[member])), ...told])
      sendCsv(res, name, csvText([heads, ...lines]))
    },
  })
}

function cellOf(value: unknown): CsvCell {
  if (value === null || value === undefined) return null
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return typeof value === 'number' || typeof value === 'string' ? value : JSON.stringify(value)
}

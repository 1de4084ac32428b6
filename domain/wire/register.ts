import { cameraSchema } from '../camera.ts'
import { deviceSchema, supervisionSchema } from '../device.ts'
import { idSchema, jurisdictionSchema } from '../scalars.ts'
import { siteSchema } from '../site.ts'
import { z } from '../z.ts'

/** Bodies of `/api/v1` that change many things of a register in one act. */

/** Things of one act: twice the cameras of a large district. */
export const BULK_MAX = 5_000

const givesSomething = (patch: object) => Object.keys(patch).length > 0
const NOTHING_GIVEN = { message: 'nothing to change' }

/** "" takes the thing's own jurisdiction away: then it has that of its site. */
const jurisdiction = jurisdictionSchema

export const cameraBulkPatchSchema = z
  .strictObject({
    siteId: cameraSchema.shape.siteId,
    jurisdiction,
    enabled: z.boolean(),
    warm: z.boolean(),
    audio: z.boolean(),
  })
  .partial()
  .refine(givesSomething, NOTHING_GIVEN)
export type CameraBulkPatch = z.infer<typeof cameraBulkPatchSchema>

export const deviceBulkPatchSchema = z
  .strictObject({
    siteId: deviceSchema.shape.siteId,
    jurisdiction,
    power: deviceSchema.shape.power,
    /** Null: as its kind and power have it. */
    supervisionS: supervisionSchema,
  })
  .partial()
  .refine(givesSomething, NOTHING_GIVEN)
export type DeviceBulkPatch = z.infer<typeof deviceBulkPatchSchema>

export const siteBulkPatchSchema = z
  .strictObject({ jurisdiction, recordDays: siteSchema.shape.recordDays.unwrap() })
  .partial()
  .refine(givesSomething, NOTHING_GIVEN)
export type SiteBulkPatch = z.infer<typeof siteBulkPatchSchema>

/** `POST {register}/changes` */
export function bulkSchema<T extends z.ZodType>(patch: T) {
  return z.object({
    ids: z.array(idSchema).min(1).max(BULK_MAX),
    patch,
    /** Why; stands in the audit beside every thing that was changed. */
    reason: z.string().max(200).optional(),
  })
}

/** `not-there`: removed meanwhile, or of another jurisdiction; nobody is told which. */
export const BULK_OUTCOMES = ['changed', 'as-it-was', 'not-there'] as const
export type BulkOutcome = (typeof BULK_OUTCOMES)[number]

export const bulkAnswerSchema = z.object({
  /** Names the act in the audit (`facts.act`); null when nothing was changed. */
  act: z.string().nullable(),
  rows: z.array(z.object({ id: idSchema, outcome: z.enum(BULK_OUTCOMES) })),
})
export type BulkAnswer = z.infer<typeof bulkAnswerSchema>

/** What can be wrong with a file, by name; the dictionaries of the desk have a sentence for each. */
export const IMPORT_PROBLEMS = [
  'not-csv',
  'no-rows',
  'too-many-rows',
  'no-id-column',
  'unknown-column',
  'needed',
  'bad-id',
  'too-long',
  'not-a-number',
  'not-one-of',
  'not-yes-no',
  'bad-jurisdiction',
  'not-your-jurisdiction',
  'unknown-site',
  'twice',
  'id-taken',
  'kind-fixed',
  'source-fixed',
  'address-fixed',
  'login-fixed',
  'source-not-by-file',
  'bad-address',
  'address-not-allowed',
  'password-in-address',
  'half-a-place',
  'no-place',
] as const
export type ImportProblemCode = (typeof IMPORT_PROBLEMS)[number]

export const importProblemSchema = z.object({
  /** As a spreadsheet counts: the names of the columns are row 1. Null: of the whole file. */
  row: z.number().int().nullable(),
  id: z.string().nullable(),
  column: z.string().nullable(),
  /** The cell, cut to 60 characters. Never of a password. */
  found: z.string().nullable(),
  code: z.enum(IMPORT_PROBLEMS),
  /** What the sentence needs besides: limits, words that are allowed, the other row. */
  facts: z.record(z.string(), z.union([z.string(), z.number()])),
})
export type ImportProblem = z.infer<typeof importProblemSchema>

/** More are the same mistake again; `problemsLeftOff` counts them. */
export const IMPORT_PROBLEMS_MAX = 500

/** `POST {register}/import` */
export const importAnswerSchema = z.object({
  rows: z.number().int(),
  added: z.array(idSchema),
  changed: z.array(z.object({ id: idSchema, members: z.array(z.string()) })),
  asTheyWere: z.number().int(),
  problems: z.array(importProblemSchema),
  problemsLeftOff: z.number().int(),
  /** Only when it was asked for and nothing is wrong. */
  written: z.boolean(),
  act: z.string().nullable(),
})
export type ImportAnswer = z.infer<typeof importAnswerSchema>

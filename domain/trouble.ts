import { timeSchema } from './scalars.ts'
import { z } from './z.ts'

/** A fault of the equipment or of the centre itself. Never the siren. */
export const troubleSchema = z.object({
  /** `{subjectKind}:{subjectId}:{code}`: the same trouble is one row until it is restored. */
  id: z.string(),
  subjectKind: z.enum(['device', 'camera', 'program', 'journal', 'database', 'broker', 'city', 'site']),
  subjectId: z.string(),
  code: z.string(),
  detail: z.string(),
  /** Figures and names of the sentence, for a desk that says it in its own language. */
  facts: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  since: timeSchema,
  restoredAt: timeSchema.nullable(),
  count: z.number().int(),
})
export type Trouble = z.infer<typeof troubleSchema>

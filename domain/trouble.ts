import { timeSchema } from './scalars.ts'
import { z } from './z.ts'

/** A fault of the equipment or of the centre itself. Never the siren. */
export const troubleSchema = z.object({
  /** `{subjectKind}:{subjectId}:{code}`: the same trouble is one row until it is restored. */
  id: z.string(),
  subjectKind: z.enum(['device', 'camera', 'program', 'journal', 'database', 'broker', 'city']),
  subjectId: z.string(),
  code: z.string(),
  detail: z.string(),
  since: timeSchema,
  restoredAt: timeSchema.nullable(),
  count: z.number().int(),
})
export type Trouble = z.infer<typeof troubleSchema>

import { z } from '../z.ts'

/** `GET centre-settings`: what the centre was started with, as far as whoever works at a desk should know it. Nothing secret is in it. */
export const centreSettingsSchema = z.object({
  /** Days for which recordings are kept where a site has no other number. */
  recordDays: z.number().int(),
  recordBeforeS: z.number().int(),
  recordAfterS: z.number().int(),
  /** Null: as the disk allows. */
  recordMaxGb: z.number().int().nullable(),
  /** Days after which a button that nobody has tried is named; 0: never. */
  testEveryDays: z.number().int(),
  slewToCue: z.boolean(),
  isSimulating: z.boolean(),
  hasTls: z.boolean(),
})
export type CentreSettings = z.infer<typeof centreSettingsSchema>

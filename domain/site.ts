import { idSchema, jurisdictionSchema, latSchema, lngSchema } from './scalars.ts'
import { z } from './z.ts'

export const contactSchema = z.object({
  name: z.string().max(60),
  role: z.string().max(60),
  phone: z.string().max(40),
})
export type Contact = z.infer<typeof contactSchema>

/** A protected place (单位) and who to call. */
export const siteSchema = z.object({
  id: idSchema,
  name: z.string().max(120),
  nameEn: z.string().max(120).nullable(),
  kind: z.enum(['school', 'kindergarten', 'hospital', 'bank', 'government', 'shop', 'station', 'police', 'other']),
  address: z.string().max(200),
  lng: lngSchema,
  lat: latSchema,
  contacts: z.array(contactSchema).max(20),
  /** Cameras in the order in which an alarm of this site shows them; without any, the nearest are taken. */
  cameraIds: z.array(idSchema).max(50),
  notes: z.string().max(2000).nullable(),
  /** Days for which recordings of its cameras, and of its incidents, are kept; absent: as VIGIL_RECORD_DAYS says. */
  recordDays: z.number().int().min(1).max(3650).optional(),
  /** Whose place it is; absent or "": nobody's in particular. Its devices and cameras inherit it. */
  jurisdiction: jurisdictionSchema.optional(),
})
export type Site = z.infer<typeof siteSchema>

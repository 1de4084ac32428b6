import { idSchema } from './scalars.ts'
import { z } from './z.ts'

export const ROLES = ['officer', 'supervisor', 'commander', 'patrol', 'installer', 'inspector', 'admin'] as const
export const roleSchema = z.enum(ROLES)
export type Role = z.infer<typeof roleSchema>

/** Who is signed in. Jurisdiction is a path in the tree city/district/station/community, "" for all. */
export const meSchema = z.object({
  id: z.string(),
  username: z.string(),
  displayName: z.string(),
  role: roleSchema,
  jurisdiction: z.string(),
  /** Set for role `patrol`: the unit whose phone this is. */
  patrolId: idSchema.nullable(),
  /** True until the one who came by the one-time link has chosen a password. */
  mustSetPassword: z.boolean(),
})
export type Me = z.infer<typeof meSchema>

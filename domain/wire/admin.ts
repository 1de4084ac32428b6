import { roleSchema } from '../officer.ts'
import { idSchema, timeSchema } from '../scalars.ts'
import { z } from '../z.ts'

/** Bodies of `/api/v1` for accounts, the inspector and players without cookies. */

export const usernameSchema = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,31}$/)
const jurisdictionSchema = z
  .string()
  .max(200)
  .regex(/^([^/\s]+(\/[^/\s]+)*)?$/)

export const userSchema = z.object({
  id: z.string(),
  username: usernameSchema,
  displayName: z.string().max(60),
  role: roleSchema,
  /** Path in the tree city/district/station/community, "" for all. */
  jurisdiction: z.string(),
  patrolId: idSchema.nullable(),
  disabled: z.boolean(),
  hasPassword: z.boolean(),
  createdAt: timeSchema,
})
export type User = z.infer<typeof userSchema>

export const userWriteSchema = z.object({
  username: usernameSchema,
  displayName: z.string().min(1).max(60),
  role: roleSchema,
  jurisdiction: jurisdictionSchema.default(''),
  patrolId: idSchema.nullable().default(null),
  /** Absent: the account signs in by a one-time link first, see `POST users/{id}/link`. */
  password: z.string().min(8).max(256).optional(),
})
export type UserWrite = z.infer<typeof userWriteSchema>

export const userPatchSchema = z.object({
  displayName: z.string().min(1).max(60).optional(),
  role: roleSchema.optional(),
  jurisdiction: jurisdictionSchema.optional(),
  patrolId: idSchema.nullable().optional(),
  disabled: z.boolean().optional(),
})
export type UserPatch = z.infer<typeof userPatchSchema>

/** Told once. The whole link is `{origin}/#/sign-in?link={link}`. */
export const linkSchema = z.object({ link: z.string(), expiresAt: timeSchema })

/** Put behind a media address: `/live/{cameraId}/index.m3u8?ticket=…`. Opens within 60 s, lives while it is used. */
export const ticketSchema = z.object({ ticket: z.string(), expiresAt: timeSchema })

export const auditRowSchema = z.object({
  n: z.number().int(),
  at: timeSchema,
  actor: z.string(),
  sessionId: z.string().nullable(),
  action: z.string(),
  objectKind: z.string(),
  objectId: z.string().nullable(),
  reason: z.string().nullable(),
  outcome: z.string(),
  facts: z.record(z.string(), z.unknown()),
})
export type AuditRow = z.infer<typeof auditRowSchema>

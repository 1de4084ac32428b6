import { idSchema, jurisdictionSchema, latSchema, lngSchema, timeSchema } from './scalars.ts'
import { z } from './z.ts'

export const DEVICE_KINDS = ['button', 'taxi', 'patrol', 'tag', 'pendant', 'handheld'] as const
export const deviceKindSchema = z.enum(DEVICE_KINDS)
export type DeviceKind = z.infer<typeof deviceKindSchema>

/** The six words of the Homie convention for a device's life. */
export const DEVICE_STATES = ['init', 'ready', 'sleeping', 'disconnected', 'lost', 'alert'] as const
export const deviceStateSchema = z.enum(DEVICE_STATES)
export type DeviceState = z.infer<typeof deviceStateSchema>

/** A minute to a week. */
export const supervisionSchema = z.number().int().min(60).max(604_800).nullable()

/** Anything that speaks to the centre over MQTT. `id` is its MQTT username. */
export const deviceSchema = z.object({
  id: idSchema,
  kind: deviceKindSchema,
  name: z.string().max(120),
  siteId: idSchema.nullable(),
  /** Where the device hangs (gate, office, classroom 3); null for moving ones. */
  spot: z.string().max(120).nullable(),
  lng: lngSchema.nullable(),
  lat: latSchema.nullable(),
  /** mains: supervised within 90 s; battery: by its own window. */
  power: z.enum(['mains', 'battery', 'vehicle']),
  state: deviceStateSchema,
  lastSeenAt: timeSchema.nullable(),
  batteryPct: z.number().min(0).max(100).nullable(),
  hasCredential: z.boolean(),
  testedAt: timeSchema.nullable(),
  /** Seconds without a sign of life after which it is lost; none: 90 on mains, 3,600 on battery, 90,000 for a tag. */
  supervisionS: supervisionSchema.optional(),
  /** Its connection ended then and it has not come back; it is not called lost before its time. */
  offlineSince: timeSchema.nullable().optional(),
  registeredAt: timeSchema.optional(),
  /** Absent: that of its site. */
  jurisdiction: jurisdictionSchema.optional(),
})
export type Device = z.infer<typeof deviceSchema>

/** A registered device without what only its life can tell. */
export const deviceWriteSchema = deviceSchema.pick({ id: true, kind: true, name: true }).extend({
  siteId: idSchema.nullable().default(null),
  spot: z.string().max(120).nullable().default(null),
  lng: lngSchema.nullable().default(null),
  lat: latSchema.nullable().default(null),
  power: z.enum(['mains', 'battery', 'vehicle']).default('mains'),
  supervisionS: supervisionSchema.optional(),
  jurisdiction: jurisdictionSchema.optional(),
})
export type DeviceWrite = z.infer<typeof deviceWriteSchema>

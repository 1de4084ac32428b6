import { alarmTypeSchema, dispositionSchema, escalatedToSchema, prioritySchema } from './alarm.ts'
import { ALARM_LEVEL_MAX } from './run-card.ts'
import { idSchema, jurisdictionSchema, placeSchema, timeSchema } from './scalars.ts'
import { z } from './z.ts'

/** 警情: what people handle. */
export const incidentSchema = z.object({
  id: z.string(),
  /** For the radio: `20261121-0007`, counted per day. */
  number: z.string(),
  type: alarmTypeSchema,
  priority: prioritySchema,
  state: z.enum(['open', 'dispatched', 'enRoute', 'onScene', 'controlled', 'closed', 'merged']),
  place: placeSchema,
  siteId: idSchema.nullable(),
  /** The moving source (a taxi), whose place is the scene. */
  vehicleId: idSchema.nullable(),
  zoneId: idSchema.nullable(),
  /** The promise that held when it opened, seconds; null outside every zone. */
  goalS: z.number().int().nullable(),
  alarmIds: z.array(z.string()),
  /** Best first: the cameras that see the scene. */
  cameraIds: z.array(idSchema),
  owner: z.string().nullable(),
  /** How much the run card sends: absent is level 1, an officer may raise it. */
  alarmLevel: z.number().int().min(1).max(ALARM_LEVEL_MAX).optional(),
  openedAt: timeSchema,
  dispatchedAt: timeSchema.nullable(),
  enRouteAt: timeSchema.nullable(),
  onSceneAt: timeSchema.nullable(),
  controlledAt: timeSchema.nullable(),
  closedAt: timeSchema.nullable(),
  disposition: dispositionSchema.nullable(),
  closingNote: z.string().nullable(),
  mergedInto: z.string().nullable(),
  /** That of its first alarm, and everybody whom any of its alarms has called. */
  jurisdiction: jurisdictionSchema.optional(),
  escalatedTo: z.array(escalatedToSchema).max(32).optional(),
})
export type Incident = z.infer<typeof incidentSchema>

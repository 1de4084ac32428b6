import { patrolStatusSchema } from '../../../domain/patrol.ts'

export const PATROL_STATUSES = patrolStatusSchema.options

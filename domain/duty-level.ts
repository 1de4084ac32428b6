import { timeSchema } from './scalars.ts'
import { z } from './z.ts'
import { DUTY_LEVELS, type DutyLevel, type Zone } from './zone.ts'

export const dutyLevelSchema = z.enum(DUTY_LEVELS)

/** 勤务等级 as it stands, and who said so; `at` null: nobody has ever changed it. */
export const dutyLevelNowSchema = z.object({
  level: dutyLevelSchema,
  at: timeSchema.nullable(),
  by: z.string().nullable(),
  reason: z.string().nullable(),
})
export type DutyLevelNow = z.infer<typeof dutyLevelNowSchema>

export const dutyLevelWriteSchema = z.object({
  level: dutyLevelSchema,
  reason: z.string().trim().min(2).max(200),
  /** The level that the officer saw; with another in force the change is refused and its author named. */
  expected: dutyLevelSchema.optional(),
})

export const NORMAL_DUTY: DutyLevelNow = { level: 'normal', at: null, by: null, reason: null }

/** Waiting times of escalations and unanswered orders, as a share of the normal ones, by level. */
export type EscalationFactors = Record<DutyLevel, number>
export const DEFAULT_ESCALATION: EscalationFactors = { normal: 1, special: 0.7, wartime: 0.5 }

/** A zone as it counts at a level: `goalS` is the promise of that level. */
export type ZoneNow = Zone & { minPatrolsNow?: number | undefined }

/** The zone with the promise of this level in its `goalS`; at the normal level without minima the very same object. */
export function zoneAtLevel(zone: Zone, level: DutyLevel): ZoneNow {
  const goalS = byLevel({ normal: zone.goalS, ...zone.goals }, level) ?? zone.goalS
  const minPatrolsNow = byLevel(zone.minPatrols ?? {}, level)
  return goalS === zone.goalS && minPatrolsNow === undefined ? zone : { ...zone, goalS, minPatrolsNow }
}

/** What is given for the level, else for the next calmer one. */
function byLevel(values: Partial<Record<DutyLevel, number | undefined>>, level: DutyLevel): number | undefined {
  for (let i = DUTY_LEVELS.indexOf(level); i >= 0; i--) {
    const value = values[DUTY_LEVELS[i]!]
    if (value !== undefined) return value
  }
  return undefined
}

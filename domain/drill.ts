import { Fault } from './fault.ts'
import { idSchema, timeSchema } from './scalars.ts'
import { z } from './z.ts'

/** A drill of a school takes an hour; a window that stays open for a day would mark real calls. */
export const DRILL_MAX_MS = 4 * 3_600_000
/** Planned further ahead it would be forgotten. */
export const DRILL_AHEAD_MAX_MS = 30 * 86_400_000

/** A planned window in which presses of a site are marked as part of a drill. They are alarms all the same, with siren. */
export const drillSchema = z.object({
  id: z.string(),
  siteId: idSchema,
  from: timeSchema,
  to: timeSchema,
  why: z.string(),
  by: z.string(),
  plannedAt: timeSchema,
  cancelledAt: timeSchema.nullable(),
})
export type Drill = z.infer<typeof drillSchema>

/** @throws Fault `bad-request` for a window that is over, empty, too long or too far ahead */
export function checkDrillWindow(fromMs: number, toMs: number, nowMs: number): void {
  const isSound = fromMs < toMs && toMs > nowMs && toMs - fromMs <= DRILL_MAX_MS && fromMs - nowMs <= DRILL_AHEAD_MAX_MS
  if (isSound) return
  const hours = DRILL_MAX_MS / 3_600_000
  const days = DRILL_AHEAD_MAX_MS / 86_400_000
  throw new Fault('bad-request', `a drill ends after now, lasts at most ${hours} hours and begins within ${days} days`)
}

export function isDrillAt(drill: Drill, atMs: number): boolean {
  return drill.cancelledAt === null && Date.parse(drill.from) <= atMs && atMs < Date.parse(drill.to)
}

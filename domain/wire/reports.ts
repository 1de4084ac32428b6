import { idSchema, timeSchema } from '../scalars.ts'
import { z } from '../z.ts'

export const REPORT_BY = ['zone', 'hour', 'patrol', 'site'] as const
export const reportBySchema = z.enum(REPORT_BY)
export type ReportBy = z.infer<typeof reportBySchema>

/** How every percentile of these reports is meant; it is told with the figures. */
export const PERCENTILES =
  'p50 and p90 by nearest rank: the smallest measured value that at least 50 % or 90 % of the values do not exceed'

const pairSchema = z.tuple([z.number().nullable(), z.number().nullable()])
export const responseLineSchema = z.object({
  n: z.number().int(),
  /** Of those with a goal, the share that arrived within it. */
  insideShare: z.number().nullable(),
  /** Seconds, p50 and p90 of each NFPA phase. */
  handlingS: pairSchema,
  turnoutS: pairSchema,
  travelS: pairSchema,
  responseS: pairSchema,
})
export type ResponseLine = z.infer<typeof responseLineSchema>

export const responseTimesSchema = z.object({
  from: timeSchema,
  to: timeSchema,
  /** Assignments that reached the scene. */
  n: z.number().int(),
  percentiles: z.string(),
  /** The newest orders that could not be counted, at most 1,000; `excludedBy` counts all. */
  excluded: z.array(z.object({ assignmentId: z.string(), why: z.string() })),
  excludedBy: z.record(z.string(), z.number().int()),
  by: reportBySchema,
  /** By what was asked: zone, hour of the day (`00`–`23`, the centre's own time), patrol or site; null: none. */
  groups: z.array(responseLineSchema.extend({ key: z.string().nullable(), name: z.string() })),
  zones: z.array(
    responseLineSchema.extend({
      zoneId: idSchema.nullable(),
      name: z.string(),
      goalS: z.number().int().nullable(),
    }),
  ),
})
export type ResponseTimes = z.infer<typeof responseTimesSchema>

/** How many minutes of each day each zone could be reached inside its goal. */
export const coverageReportSchema = z.object({
  from: timeSchema,
  to: timeSchema,
  /** A minute is held when at least this share of the zone's roads could be reached. */
  heldShare: z.number(),
  timeZone: z.string(),
  days: z.array(
    z.object({
      zoneId: idSchema,
      name: z.string(),
      /** `2026-11-25`, in the centre's own time. */
      day: z.string(),
      /** The goals that held on that day, seconds; two when the duty level changed. */
      goalsS: z.array(z.number().int()),
      /** Minutes that were measured; fewer than 1,440: the centre was away, or the day is not over. */
      measured: z.number().int(),
      held: z.number().int(),
      /** Of the measured minutes; null without any. */
      heldOfMeasured: z.number().nullable(),
      /** Mean and worst share of roads reached, 0–1. */
      meanShare: z.number(),
      leastShare: z.number(),
    }),
  ),
})
export type CoverageReport = z.infer<typeof coverageReportSchema>

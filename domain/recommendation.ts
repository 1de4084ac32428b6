import { patrolStatusSchema } from './patrol.ts'
import { idSchema, lngLatSchema, timeSchema } from './scalars.ts'
import { z } from './z.ts'

/** Why a patrol was chosen, or passed over; the desk has a sentence for each. */
export const REASONS = [
  'fastest-by-road',
  'inside-goal',
  'outside-goal',
  'slower-by-road',
  'already-assigned',
  'off-duty',
  'out-of-service',
  'no-fix',
  'stale-fix',
  'unreachable-by-road',
  /** Its dot is beside the scene, and the way there is long: the other carriageway, the other bank. */
  'long-way-round',
  'declined-before',
  /** It was ordered to this incident and did not answer in time. */
  'no-answer',
  /** On the road in front of the vehicle that moves: it meets it sooner than the time to its present place says. */
  'ahead-of-vehicle',
] as const
export const reasonSchema = z.enum(REASONS)
export type Reason = z.infer<typeof reasonSchema>

/** What it would take to send a patrol that is on its way to a less urgent incident. */
export const divertOfferSchema = z.object({
  assignmentId: z.string(),
  incidentId: z.string(),
  number: z.string(),
  priority: z.number().int(),
  /** Seconds sooner than the best free patrol; null: there is none. */
  gainS: z.number().nullable(),
  /** Seconds later that somebody is at the other scene; null: nobody else can come. */
  costS: z.number().nullable(),
  /** No other patrol has an order there: that incident is open again, and sounds again. */
  leavesNobody: z.boolean(),
})
export type DivertOffer = z.infer<typeof divertOfferSchema>

export const candidateSchema = z.object({
  patrolId: idSchema,
  callsign: z.string(),
  status: patrolStatusSchema,
  /** Travel time by road, seconds; null: no way. */
  etaS: z.number().nullable(),
  /** How much later it may be because its fix is old. */
  etaSpreadS: z.number(),
  distanceM: z.number().nullable(),
  insideGoal: z.boolean().nullable(),
  fixAgeS: z.number().nullable(),
  canBeSent: z.boolean(),
  /** Share of all zones' roads that no free patrol would reach inside its goal any more, 0–1; absent: not asked or not free. */
  uncovers: z.number().optional(),
  reasons: z.array(reasonSchema),
  /** Its part in the plan; absent: none. */
  role: z.enum(['first', 'support']).optional(),
  /** It is busy with something less urgent and much nearer than the best free one. */
  divert: divertOfferSchema.optional(),
  /** The way along the roads, only for those that can be sent and are among the first five. */
  route: z.array(lngLatSchema).nullable(),
})
export type Candidate = z.infer<typeof candidateSchema>

/** Why fewer go, or go later, than the run card asks; the desk has a sentence for each. */
export const PLAN_SHORTFALLS = [
  'not-enough',
  'no-candidates',
  'no-fix',
  'unreachable',
  'declined',
  'wrong-kind',
  'outside-goal',
  'stale',
] as const

/** 1+N as the run card asks: how many at this level, who of the free ones, what is missing. */
export const responsePlanSchema = z.object({
  level: z.number().int(),
  /** Patrols that the run card asks for, the first one included. */
  wanted: z.number().int(),
  /** On this incident already. */
  sent: z.number().int(),
  /** Null once somebody is on the way. */
  first: idSchema.nullable(),
  /** Best first. */
  support: z.array(idSchema),
  shortfalls: z.array(z.object({ why: z.enum(PLAN_SHORTFALLS), patrols: z.number().int() })),
})
export type ResponsePlan = z.infer<typeof responsePlanSchema>

/** Who should go, and why each other should not. Stored with the assignment. */
export const recommendationSchema = z.object({
  incidentId: z.string(),
  at: timeSchema,
  goalS: z.number().int().nullable(),
  zoneId: idSchema.nullable(),
  /** Distance from the scene to the nearest road, metres. */
  sceneOffRoadM: z.number().nullable(),
  /** Best first. */
  candidates: z.array(candidateSchema),
  chosen: idSchema.nullable(),
  /** The support that this kind of incident asks for; absent in recommendations from before there were run cards. */
  plan: responsePlanSchema.optional(),
  shortfall: z.enum(['no-patrol-free', 'none-reachable', 'none-inside-goal', 'scene-off-network']).nullable(),
  /** Shapes reachable towards the scene within each time: GeoJSON MultiPolygon coordinates. */
  circles: z.array(z.object({ goalS: z.number().int(), coordinates: z.array(z.array(z.array(lngLatSchema))) })),
  computedInMs: z.number(),
})
export type Recommendation = z.infer<typeof recommendationSchema>

/** For each zone, how much of its roads the free patrols can reach inside its goal at this moment. */
export const coverageSchema = z.object({
  at: timeSchema,
  zones: z.array(
    z.object({
      zoneId: idSchema,
      name: z.string(),
      goalS: z.number().int(),
      /** 0–1, by road length. */
      share: z.number().min(0).max(1),
      roadKm: z.number(),
      freePatrols: z.number().int(),
      /** Free patrols that the duty level asks for in this zone; absent: no number was given. */
      minPatrols: z.number().int().optional(),
    }),
  ),
  computedInMs: z.number(),
})
export type Coverage = z.infer<typeof coverageSchema>

/** The present free patrols: what each of them alone holds, and the single move that restores most. Shares are of all zones' roads. */
export const moveUpsSchema = z.object({
  at: timeSchema,
  share: z.number(),
  uncovers: z.array(z.object({ patrolId: idSchema, share: z.number() })),
  best: z.object({ patrolId: idSchema, callsign: z.string(), to: lngLatSchema, gain: z.number() }).nullable(),
  computedInMs: z.number(),
})
export type MoveUpsNow = z.infer<typeof moveUpsSchema>

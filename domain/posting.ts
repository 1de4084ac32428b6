import { Fault } from './fault.ts'
import { idSchema, latSchema, lngSchema, timeSchema } from './scalars.ts'
import { z } from './z.ts'

export const POSTING_STATES = ['sent', 'accepted', 'there', 'ended'] as const
/** What a crew itself may say about it, as the routes name it. */
export const POSTING_STEPS = ['accept', 'there', 'decline'] as const
export type PostingStep = (typeof POSTING_STEPS)[number]
/** Why it is over: sent to an incident, let go by a desk, declined by the crew, no longer on duty, sent to another post. */
export const POSTING_ENDS = ['assigned', 'released', 'declined', 'off-duty', 'replaced'] as const
export type PostingEnd = (typeof POSTING_ENDS)[number]

/**
 * 补位令: a free patrol told to stand at a place. It belongs to no incident, has no clock and is in no report of response times; the patrol
 * stays free, and an order to an incident ends it.
 */
export const postingSchema = z.object({
  id: z.string(),
  patrolId: idSchema,
  lng: lngSchema,
  lat: latSchema,
  /** What the crew is told the place is called. */
  placeName: z.string().trim().min(1).max(120),
  state: z.enum(POSTING_STATES),
  sentAt: timeSchema,
  sentBy: z.string(),
  acceptedAt: timeSchema.nullable(),
  thereAt: timeSchema.nullable(),
  /** How it was known that the patrol is there. */
  arrival: z.enum(['detected', 'crew', 'desk']).nullable(),
  endedAt: timeSchema.nullable(),
  endedBy: z.string().nullable(),
  ended: z.enum(POSTING_ENDS).nullable(),
  /** Why the crew cannot go, in its own words. */
  endedReason: z.string().nullable(),
})
export type Posting = z.infer<typeof postingSchema>

export const postingWriteSchema = postingSchema.pick({ lng: true, lat: true, placeName: true }).extend({
  /** The one that the officer saw standing and wants replaced; with another in force nothing changes and its author is named. */
  replaces: z.string().max(64).optional(),
})
export type PostingWrite = z.infer<typeof postingWriteSchema>

/** The crew names the posting that it means: a tap out of a tunnel may be about one that is over. */
export const postingStepSchema = z.object({
  postingId: z.string().min(1).max(64),
  reason: z.string().trim().max(200).optional(),
})

/** What may happen to it. `at` is our clock, RFC 3339. */
export type PostingAction =
  | { do: 'accept'; at: string }
  | { do: 'there'; at: string; arrival: NonNullable<Posting['arrival']> }
  | { do: 'end'; at: string; by: string; why: PostingEnd; reason?: string | null }

/**
 * The posting after the step. Steps may be skipped forwards, never backwards.
 * @throws Fault `state-changed` for a step of one that is over
 * @returns the same object when the step was already made (terminals and phones repeat themselves)
 */
export function transitionPosting(posting: Posting, action: PostingAction): Posting {
  const { at } = action
  if (posting.state === 'ended') {
    if (action.do === 'end') return posting
    throw new Fault('state-changed', `the patrol is no longer sent there: ${posting.ended}`, { state: posting.ended })
  }
  switch (action.do) {
    case 'accept':
      return posting.acceptedAt === null ? { ...posting, state: 'accepted', acceptedAt: at } : posting
    case 'there':
      if (posting.state === 'there') return posting
      return {
        ...posting,
        state: 'there',
        acceptedAt: posting.acceptedAt ?? at,
        thereAt: at,
        arrival: action.arrival,
      }
    case 'end':
      return {
        ...posting,
        state: 'ended',
        endedAt: at,
        endedBy: action.by,
        ended: action.why,
        endedReason: action.reason ?? null,
      }
    default: {
      const never: never = action
      return never
    }
  }
}

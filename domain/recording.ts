import { idSchema, timeSchema } from './scalars.ts'
import { z } from './z.ts'

/** Half a minute before an alarm, two minutes after it: DB15/T 3968 asks for the first, the second is until a patrol is near. */
export const RECORD_BEFORE_S = 30
export const RECORD_AFTER_S = 120

/** Why there is no picture of a time. Each has its sentence in the dictionaries of the command-ui. */
export const GAP_REASONS = [
  /** Nobody watched the camera, it was connected because of the alarm. */
  'not-connected',
  /** Wanted, but the camera sent nothing usable; `detail` has its state. */
  'no-picture',
  'streamer-restarted',
  'disk-full',
  /** The disk was too slow, what was in memory had to go. */
  'disk-slow',
  /** Nobody has told why: a worker or its disk is gone. */
  'not-recorded',
  /** Kept its days, or made room. */
  'deleted',
] as const
export const gapReasonSchema = z.enum(GAP_REASONS)
export type GapReason = z.infer<typeof gapReasonSchema>

export const recordingGapSchema = z.object({
  fromAt: timeSchema,
  toAt: timeSchema,
  reason: gapReasonSchema,
  detail: z.string().nullable(),
})
export type RecordingGap = z.infer<typeof recordingGapSchema>

/** What is kept of one camera for one incident. */
export const cameraRecordingSchema = z.object({
  cameraId: idSchema,
  /** What was wanted: before the first press until after the last. */
  fromAt: timeSchema,
  untilAt: timeSchema,
  /** More may still come. */
  isRunning: z.boolean(),
  /** Runs of pictures without a hole, oldest first. */
  kept: z.array(z.object({ fromAt: timeSchema, toAt: timeSchema })),
  /** What is missing of it and why, oldest first; with `kept` it covers the wanted time. */
  gaps: z.array(recordingGapSchema),
  bytes: z.number().int(),
  /** For a player; null while there is nothing to play. */
  playlist: z.string().nullable(),
  /** The playlist cannot list all and ends here; from here on it is another one, with `?from=`. Absent: it lists all. */
  playlistUntilAt: timeSchema.optional(),
})
export type CameraRecording = z.infer<typeof cameraRecordingSchema>

export const recordingLockSchema = z.object({
  reason: z.string(),
  lockedBy: z.string(),
  lockedAt: timeSchema,
})
export const incidentRecordingsSchema = z.object({
  incidentId: z.string(),
  /** Never deleted while it stands; null: kept its days. */
  lock: recordingLockSchema.nullable(),
  /** True: to look at it a reason must be given (`?reason=`). */
  needsReason: z.boolean(),
  cameras: z.array(cameraRecordingSchema),
})
export type IncidentRecordings = z.infer<typeof incidentRecordingsSchema>

export interface Span {
  fromMs: number
  toMs: number
}

/** A date of a segment trembles by the network; a shorter hole is none. */
export const HOLE_MIN_MS = 750

/** Spans that touch (within `HOLE_MIN_MS`) become one. @param spans in any order @returns oldest first */
export function joinSpans(spans: readonly Span[]): Span[] {
  const joined: Span[] = []
  for (const span of [...spans].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = joined.at(-1)
    if (last && span.fromMs - last.toMs <= HOLE_MIN_MS) last.toMs = Math.max(last.toMs, span.toMs)
    else joined.push({ ...span })
  }
  return joined
}

/** What of `wanted` no span covers, holes of `HOLE_MIN_MS` and less left out. @param covered as of `joinSpans` */
export function holesOf(wanted: Span, covered: readonly Span[]): Span[] {
  const holes: Span[] = []
  let fromMs = wanted.fromMs
  for (const span of [...covered, { fromMs: wanted.toMs, toMs: wanted.toMs }]) {
    const toMs = Math.min(span.fromMs, wanted.toMs)
    if (toMs - fromMs > HOLE_MIN_MS) holes.push({ fromMs, toMs })
    fromMs = Math.max(fromMs, span.toMs)
  }
  return holes
}

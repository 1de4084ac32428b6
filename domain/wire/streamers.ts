import { cameraStateSchema } from '../camera.ts'
import { gapReasonSchema } from '../recording.ts'
import { idSchema, saidSchema } from '../scalars.ts'
import { z } from '../z.ts'

/** Between streamer workers and the core, with the internal token. */

/** What a worker says about one camera it serves. */
export const cameraReportSchema = z.object({
  id: idSchema,
  state: cameraStateSchema,
  /** A camera's own words may be in it. */
  reason: saidSchema(500).nullable(),
  codec: saidSchema(60).nullable(),
  widthPx: z.number().int().nullable(),
  heightPx: z.number().int().nullable(),
  bitrateBps: z.number().nullable(),
})
export type CameraReport = z.infer<typeof cameraReportSchema>

/** Every 2 s: `POST /api/v1/internal/streamers/{id}/beat`. */
export const streamerBeatSchema = z.object({
  baseUrl: z.string().max(200),
  metricsPort: z.number().int().nullable().default(null),
  cameras: z.array(cameraReportSchema).max(20_000),
})
export type StreamerBeat = z.infer<typeof streamerBeatSchema>

/** The cameras this worker shall serve from now on; all others it lets go. */
export const streamerOrdersSchema = z.object({
  revision: z.number().int(),
  cameras: z.array(
    z.object({
      id: idSchema,
      name: z.string(),
      /** No credential inside. */
      url: z.string(),
      /** Its larger stream, opened while somebody looks at it; null: there is none. */
      mainUrl: z.string().nullable().default(null),
      username: z.string().nullable(),
      password: z.string().nullable(),
      warm: z.boolean(),
      /** Wall clock, ms: keep the pictures of this time; null: nothing. It goes on while the core is away. */
      record: z.object({ fromMs: z.number(), untilMs: z.number() }).nullable().default(null),
      audio: z.boolean().default(false),
      /** 64 lower-case hex digits. */
      certificateSha256: z.string().nullable().default(null),
    }),
  ),
})
export type StreamerOrders = z.infer<typeof streamerOrdersSchema>

/** As many rows as a worker reports at once: more than a minute of 64 recorded cameras, about 1 MB. */
export const RECORDED_ROWS_MAX = 5_000
/** One segment, byte for byte as it was live, at its place in a file of the recordings' folder. */
export const recordedSegmentSchema = z.object({
  fileId: idSchema,
  cameraId: idSchema,
  /** The file begins with its init section of this length. */
  initBytes: z.number().int().min(1),
  offset: z.number().int().min(1),
  bytes: z.number().int().min(1),
  startedAtMs: z.number(),
  durationTicks: z.number().int().min(1),
  isDiscontinuous: z.boolean(),
})
export type RecordedSegment = z.infer<typeof recordedSegmentSchema>
export const recordedGapSchema = z.object({
  cameraId: idSchema,
  fromMs: z.number(),
  toMs: z.number(),
  reason: gapReasonSchema,
  detail: saidSchema(500).nullable(),
})
export type RecordedGap = z.infer<typeof recordedGapSchema>
/** A file that was read again: what was told of it behind these bytes is not on the disk (a loss of power). 0: nothing of it is. */
export const wholeFileSchema = z.object({ fileId: idSchema, bytes: z.number().int().min(0) })
export type WholeFile = z.infer<typeof wholeFileSchema>
/** `POST /api/v1/internal/streamers/{id}/recorded`: answered after the commit; until then the worker says it again. */
export const recordedSchema = z.object({
  segments: z.array(recordedSegmentSchema).max(RECORDED_ROWS_MAX),
  gaps: z.array(recordedGapSchema).max(RECORDED_ROWS_MAX),
  /** Takes effect before the segments. */
  whole: z.array(wholeFileSchema).max(RECORDED_ROWS_MAX).default([]),
  /** What writing to the disk fails with at the moment; null: it works. */
  diskFault: saidSchema(200).nullable(),
})
export type Recorded = z.infer<typeof recordedSchema>

/** `POST {worker}/probe`: does this address give video? A refusal is an answer too: 200 with a `camera-…` code. */
export const probeSchema = z.object({
  url: z.string(),
  username: z.string().nullable(),
  password: z.string().nullable(),
  certificateSha256: z.string().nullable().default(null),
})
export const probeAnswerSchema = z.discriminatedUnion('ok', [
  z.looseObject({
    ok: z.literal(true),
    codec: z.string().nullable(),
    widthPx: z.number().int().nullable(),
    heightPx: z.number().int().nullable(),
  }),
  z.looseObject({ ok: z.literal(false), code: z.string(), detail: z.string() }),
])

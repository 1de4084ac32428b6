import { cameraStateSchema } from '../camera.ts'
import { idSchema } from '../scalars.ts'
import { z } from '../z.ts'

/** Between streamer workers and the core, with the internal token. */

/** What a worker says about one camera it serves. */
export const cameraReportSchema = z.object({
  id: idSchema,
  state: cameraStateSchema,
  reason: z.string().max(500).nullable(),
  codec: z.string().max(60).nullable(),
  widthPx: z.number().int().nullable(),
  heightPx: z.number().int().nullable(),
  bitrateBps: z.number().nullable(),
  viewers: z.number().int().nullable().default(null),
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
      username: z.string().nullable(),
      password: z.string().nullable(),
      warm: z.boolean(),
    }),
  ),
})
export type StreamerOrders = z.infer<typeof streamerOrdersSchema>

/** `POST {worker}/probe`: does this address give video? A refusal is an answer too: 200 with a `camera-…` code. */
export const probeSchema = z.object({
  url: z.string(),
  username: z.string().nullable(),
  password: z.string().nullable(),
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

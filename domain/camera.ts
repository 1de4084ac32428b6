import { idSchema, jurisdictionSchema, latSchema, lngSchema, timeSchema } from './scalars.ts'
import { z } from './z.ts'

export const CAMERA_STATES = [
  'idle',
  'connecting',
  'online',
  'frozen',
  'no-key-frame',
  'stalled',
  'offline',
  'login-refused',
  'not-a-camera',
] as const
/** idle: nobody watches and it is not kept warm. frozen: it sends, and its picture stands still. Every other word is the officer's answer to "why is it dark". */
export const cameraStateSchema = z.enum(CAMERA_STATES)
export type CameraState = z.infer<typeof cameraStateSchema>

/** Beyond it what the camera itself stores and tells is at the wrong minute, and some refuse a login with the right time. */
export const CLOCK_OFF_MS = 2_000

/** What is made of the events of a camera that speaks ONVIF. `inputs-too`: what is wired to its input is a trouble as well while it is on. */
export const cameraEventsSchema = z.enum(['off', 'faults', 'inputs-too'])
export type CameraEventsUse = z.infer<typeof cameraEventsSchema>

/** SHA-256 of a certificate, as `openssl x509 -fingerprint -sha256` shows it, colons or not. */
const fingerprintSchema = z
  .string()
  .regex(/^(?:[0-9a-f]{2}:?){31}[0-9a-f]{2}$/i)
  .max(95)

export const cameraSchema = z.object({
  id: idSchema,
  name: z.string().max(120),
  siteId: idSchema.nullable(),
  lng: lngSchema,
  lat: latSchema,
  /** Where it looks, degrees clockwise from north; null: all round or unknown. */
  bearingDeg: z.number().min(0).max(360).nullable(),
  fovDeg: z.number().min(1).max(360),
  rangeM: z.number().min(1).max(2000),
  ptz: z.boolean(),
  /** Kept connected so that its first picture is there at once. */
  warm: z.boolean(),
  /** Its sound is passed on with the picture; off unless somebody has a reason for it. */
  audio: z.boolean(),
  enabled: z.boolean(),
  /** How it was added; the address without any credential. Of one that pushes: empty until it has got a key, then no more than that. */
  source: z.object({
    kind: z.enum(['rtsp', 'onvif', 'push']),
    address: z.string().max(500),
    username: z.string().max(64).nullable(),
    /** For rtsps: the one certificate that is trusted; null: an authority must have signed the camera's. */
    certificateSha256: fingerprintSchema.nullable(),
    /** The larger stream of a camera that was added by its RTSP address. */
    mainAddress: z.string().max(500).nullable().optional(),
  }),
  state: cameraStateSchema,
  /** In words, for the tile and the trouble; null while all is well. */
  stateReason: z.string().nullable(),
  stateAt: timeSchema.nullable(),
  codec: z.string().nullable(),
  widthPx: z.number().int().nullable(),
  heightPx: z.number().int().nullable(),
  /** How far its own clock is ahead of the centre's, to half a second; null: it has not told. Pictures carry the centre's time. */
  clockOffsetMs: z.number().int().nullable().optional(),
  /** The incident to whose scene an alarm has turned it; absent: it looks where it looks. */
  turnedTo: z.string().optional(),
  /** It has a larger stream too, at `/live/{id}/main/index.m3u8`; what is recorded and kept warm is the smaller one. */
  mainStream: z.boolean().optional(),
  /** Of cameras that are reached by ONVIF. */
  events: cameraEventsSchema.optional(),
  /** Absent: that of its site. */
  jurisdiction: jurisdictionSchema.optional(),
})
export type Camera = z.infer<typeof cameraSchema>

/** What an installer types. Addresses are typed fields, checked against the allowed networks; nothing is ever executed. */
export const cameraWriteSchema = z.object({
  id: idSchema.optional(),
  name: z.string().min(1).max(120),
  siteId: idSchema.nullable().default(null),
  lng: lngSchema,
  lat: latSchema,
  bearingDeg: z.number().min(0).max(360).nullable().default(null),
  fovDeg: z.number().min(1).max(360).default(70),
  rangeM: z.number().min(1).max(2000).default(60),
  warm: z.boolean().default(false),
  jurisdiction: jurisdictionSchema.optional(),
  audio: z.boolean().default(false),
  events: cameraEventsSchema.default('faults'),
  source: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('rtsp'),
      /** rtsp:// or rtsps://; a user and password inside are moved to the encrypted fields. */
      url: z.string().max(500),
      /** Its larger stream, for a picture that fills a screen; the same login. An ONVIF camera is asked for it. */
      mainUrl: z.string().max(500).optional(),
      username: z.string().max(64).optional(),
      password: z.string().max(128).optional(),
      /** Of a change: absent is the trusted one as before, null is none any more. */
      certificateSha256: fingerprintSchema.nullable().optional(),
    }),
    z.object({
      kind: z.literal('onvif'),
      host: z.string().max(253),
      port: z.number().int().min(1).max(65535).default(80),
      path: z.string().max(200).default('/onvif/device_service'),
      username: z.string().max(64).optional(),
      password: z.string().max(128).optional(),
    }),
    /** A body or vehicle camera that pushes by RTMP; it gets its address from `POST cameras/{id}/publish-key`. */
    z.object({ kind: z.literal('push') }),
  ]),
})
export type CameraWrite = z.infer<typeof cameraWriteSchema>
/** Only what is sent is changed: no defaults here, they would reset what is absent. */
export const cameraPatchSchema = cameraWriteSchema
  .omit({ id: true })
  .extend({
    siteId: cameraSchema.shape.siteId,
    bearingDeg: cameraSchema.shape.bearingDeg,
    fovDeg: cameraSchema.shape.fovDeg,
    rangeM: cameraSchema.shape.rangeM,
    warm: cameraSchema.shape.warm,
    audio: cameraSchema.shape.audio,
    events: cameraEventsSchema,
    enabled: cameraSchema.shape.enabled,
  })
  .partial()
export type CameraPatch = z.infer<typeof cameraPatchSchema>

/** In the two fields that encoders have: server, and stream key. The key is in it, so it is shown once. */
export const pushAddressSchema = z.object({ server: z.string(), streamKey: z.string() })
export type PushAddress = z.infer<typeof pushAddressSchema>

export const ptzSchema = z.union([
  z.object({
    move: z.object({
      pan: z.number().min(-1).max(1),
      tilt: z.number().min(-1).max(1),
      zoom: z.number().min(-1).max(1),
    }),
    /** The camera stops by itself after this long, so that a lost key-up cannot spin it. */
    durationMs: z.number().int().min(50).max(5000).default(500),
    reason: z.string().max(200).optional(),
  }),
  z.object({ stop: z.literal(true) }),
  z.object({ preset: z.string().max(64) }),
  /** Where the installer wants it to look when nobody steers. */
  z.object({ home: z.literal(true) }),
])
export type PtzOrder = z.infer<typeof ptzSchema>

/** The last order counts; for this long others see whose it was before they give their own. */
export const PTZ_HOLD_MS = 5_000
/** `GET cameras/{id}/ptz` */
export const ptzStateSchema = z.object({
  /** Who gave the last order; `centre`: an alarm has turned it, until it is turned back. Null: nobody within `PTZ_HOLD_MS`. */
  steering: z.object({ by: z.string(), name: z.string(), at: timeSchema, until: timeSchema }).nullable(),
})
export type PtzState = z.infer<typeof ptzStateSchema>

/** `GET cameras/{id}/presets` */
export const ptzPresetsSchema = z.object({
  items: z.array(z.object({ token: z.string(), name: z.string().nullable() })),
})

export const discoveredCameraSchema = z.object({
  address: z.string(),
  host: z.string(),
  port: z.number().int(),
  path: z.string(),
  name: z.string().nullable(),
  hardware: z.string().nullable(),
  /** Id of the camera that already has this address. */
  knownAs: idSchema.nullable(),
})
export type DiscoveredCamera = z.infer<typeof discoveredCameraSchema>

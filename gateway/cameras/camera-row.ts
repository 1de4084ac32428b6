import { cameraEventsSchema, type Camera, type CameraState } from '../../domain/camera.ts'
import { idSchema, jurisdictionSchema, latSchema, lngSchema } from '../../domain/scalars.ts'
import { z } from '../../domain/z.ts'
import type { Queryable } from '../store/database.ts'
import type { SecretBox } from '../trust/secret-box.ts'

/** Where a camera's ONVIF service is, for PTZ; the profile is the one whose stream we show. */
export const onvifPlaceSchema = z.object({
  host: z.string(),
  port: z.number().int(),
  path: z.string(),
  profileToken: z.string().nullable(),
})
export type OnvifPlace = z.infer<typeof onvifPlaceSchema>

/** What the column `camera.body` holds: what an installer has typed, without any password. */
export const cameraBodySchema = z.object({
  name: z.string(),
  siteId: idSchema.nullable(),
  lng: lngSchema,
  lat: latSchema,
  bearingDeg: z.number().nullable(),
  fovDeg: z.number(),
  rangeM: z.number(),
  warm: z.boolean(),
  /** Absent in rows from before there was sound. */
  audio: z.boolean().optional(),
  events: cameraEventsSchema.optional(),
  source: z.object({
    kind: z.enum(['rtsp', 'onvif', 'push']),
    address: z.string(),
    username: z.string().nullable(),
    /** 64 lower-case hex digits; absent: the certificate must be signed by a known authority. */
    certificateSha256: z.string().nullable().optional(),
    /** As typed, without any credential. */
    mainAddress: z.string().nullable().optional(),
  }),
  jurisdiction: jurisdictionSchema.optional(),
  onvif: onvifPlaceSchema.nullable(),
})
export type CameraBody = z.infer<typeof cameraBodySchema>

export interface CameraCredential {
  username: string
  password: string
}

export interface CameraRow {
  id: string
  body: CameraBody
  enabled: boolean
  credential_cipher: Buffer | null
  stream_address: string | null
  snapshot_address: string | null
  main_address: string | null
  ptz: boolean
  state: CameraState
  state_reason: string | null
  state_at: string | null
  /** Of its own clock against ours; null: it has not told. */
  clock_offset_ms: number | null
  /** See `Camera.turnedTo`. */
  turned_to: string | null
  stream: { codec?: string | null; widthPx?: number | null; heightPx?: number | null }
}

/** What is written when a camera is added or changed; its state begins as `idle`. */
export interface NewCamera {
  id: string
  body: CameraBody
  enabled: boolean
  credential: CameraCredential | null
  /** What the streamer opens, no credential inside. */
  streamAddress: string | null
  snapshotAddress: string | null
  mainAddress: string | null
  ptz: boolean
}

/** In place of the path of a device that pushes, which is told once, like its key: no more than that it has one. */
const SOME_PATH = '/push/…'

/** The camera as the public contract has it. */
export function toCamera(row: CameraRow): Camera {
  const { name, siteId, lng, lat, bearingDeg, fovDeg, rangeM, warm, source, jurisdiction } = row.body
  return {
    id: row.id,
    name,
    siteId,
    lng,
    lat,
    bearingDeg,
    fovDeg,
    rangeM,
    ptz: row.ptz,
    warm,
    audio: row.body.audio ?? false,
    enabled: row.enabled,
    source: {
      kind: source.kind,
      address: source.kind === 'push' && source.address !== '' ? SOME_PATH : source.address,
      username: source.username,
      certificateSha256: source.certificateSha256 ?? null,
      mainAddress: source.mainAddress ?? null,
    },
    state: row.state,
    stateReason: row.state_reason,
    stateAt: row.state_at,
    codec: row.stream.codec ?? null,
    widthPx: row.stream.widthPx ?? null,
    heightPx: row.stream.heightPx ?? null,
    clockOffsetMs: row.clock_offset_ms,
    ...(row.turned_to === null ? {} : { turnedTo: row.turned_to }),
    mainStream: row.main_address !== null,
    ...(row.body.onvif ? { events: row.body.events ?? 'faults' } : {}),
    ...(jurisdiction ? { jurisdiction } : {}),
  }
}

export function sealCredential(box: SecretBox, credential: CameraCredential | null): Buffer | null {
  return credential ? box.seal(JSON.stringify([credential.username, credential.password])) : null
}

/** @throws Fault `config-invalid` when the key is not the one it was sealed with */
export function openCredential(box: SecretBox, cipher: Uint8Array | null): CameraCredential | null {
  if (!cipher) return null
  const [username, password] = JSON.parse(box.open(cipher)) as [string, string]
  return { username, password }
}

/** Inserts one camera; a camera of that id is left as it is. @returns the row, or null when the id was taken */
export async function insertCamera(database: Queryable, box: SecretBox, camera: NewCamera): Promise<CameraRow | null> {
  const [row] = await insertCameras(database, box, [camera])
  return row ?? null
}

/** Any number in one statement. @returns the rows of those whose id was free */
export async function insertCameras(
  database: Queryable,
  box: SecretBox,
  cameras: readonly NewCamera[],
): Promise<CameraRow[]> {
  return await database.query<CameraRow>(
    `insert into camera (id, body, enabled, credential_cipher, stream_address, snapshot_address, ptz,
                         main_address)
     select * from unnest($1::text[], $2::jsonb[], $3::boolean[], $4::bytea[], $5::text[], $6::text[], $7::boolean[],
                          $8::text[])
     on conflict (id) do nothing returning *`,
    [
      cameras.map(({ id }) => id),
      cameras.map(({ body }) => JSON.stringify(body)),
      cameras.map(({ enabled }) => enabled),
      cameras.map(({ credential }) => sealCredential(box, credential)),
      cameras.map(({ streamAddress }) => streamAddress),
      cameras.map(({ snapshotAddress }) => snapshotAddress),
      cameras.map(({ ptz }) => ptz),
      cameras.map(({ mainAddress }) => mainAddress),
    ],
  )
}

export async function readCamera(database: Queryable, id: string): Promise<CameraRow | null> {
  const rows = await database.query<CameraRow>('select * from camera where id = $1', [id])
  return rows[0] ?? null
}

/** Every camera, by id. A district has thousands at most; each row is about 1 KB. */
export async function readCameras(database: Queryable): Promise<CameraRow[]> {
  return await database.query<CameraRow>('select * from camera order by id')
}

/**
 * Cameras of sites where somebody can press a button: those that say the site, and those that the site lists. An alarm shows and records
 * them, so they are kept connected: the picture and the half minute before the press are there at once.
 */
export async function readAlarmCameras(database: Queryable): Promise<Set<string>> {
  const rows = await database.query<{ id: string }>(
    `with pressed as (select distinct body ->> 'siteId' as id from device where kind = 'button' and body ->> 'siteId' is not null)
     select c.id from camera c join pressed p on p.id = c.body ->> 'siteId'
     union select jsonb_array_elements_text(s.body -> 'cameraIds') from site s join pressed p on p.id = s.id
      where jsonb_typeof(s.body -> 'cameraIds') = 'array'`,
  )
  return new Set(rows.map((row) => row.id))
}

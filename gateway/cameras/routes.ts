import {
  cameraPatchSchema,
  cameraSchema,
  cameraWriteSchema,
  discoveredCameraSchema,
  type CameraWrite,
} from '../../domain/camera.ts'
import { Fault } from '../../domain/fault.ts'
import { newId } from '../../domain/ids.ts'
import { pageQuerySchema, pageSchema } from '../../domain/wire/http.ts'
import { streamerBeatSchema, streamerOrdersSchema } from '../../domain/wire/streamers.ts'
import { z } from '../../domain/z.ts'
import { defineRoute, type Route } from '../http/route.ts'
import { whoOf } from '../live/visibility.ts'
import { thingRows } from '../live/visible-rows.ts'
import { idParamsSchema } from '../registry/entity-routes.ts'
import { notThere, pageOf } from '../registry/paging.ts'
import type { Database } from '../store/database.ts'
import { audit, auditBy, type WatchAudit } from '../trust/audit.ts'
import { cameraRegisterRoutes } from './camera-register.ts'
import { openCredential, readCameras, toCamera, type CameraRow } from './camera-row.ts'
import { discoverCameras } from './discover.ts'
import { examineSource, type ExamineDeps } from './examine-camera.ts'
import { knownCamera } from './known-camera.ts'
import { ptzRoutes, type PtzRouteDeps } from './ptz-routes.ts'
import { readRtspSource } from './rtsp-source.ts'
import { addCamera, changeCamera, removeCamera, type StoreDeps } from './store-camera.ts'
import type { StreamerFleet } from './streamer-fleet.ts'
import { Stills } from './take-still.ts'
import { fetchWorkerPoster } from './worker-client.ts'

export interface CameraRouteDeps extends StoreDeps, PtzRouteDeps, Omit<ExamineDeps, 'worker'> {
  database: Database
  fleet: StreamerFleet
  watches: WatchAudit
  /** Whether this crew may see a picture of this camera now. */
  crewSees: (patrolId: string, cameraId: string) => boolean
  isSimulating: boolean
}

const forceSchema = z.object({
  /** Store it although it does not answer now. */
  force: z.enum(['true', 'false']).default('false'),
})

export function cameraRoutes(deps: CameraRouteDeps): Route[] {
  return [
    ...cameraRegisterRoutes(deps),
    ...readRoutes(deps),
    ...writeRoutes(deps),
    discoverRoute(deps),
    ...ptzRoutes(deps),
    snapshotRoute(deps),
    posterRoute(deps),
    beatRoute(deps),
  ]
}

function readRoutes({ database }: CameraRouteDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/cameras',
      summary: 'Cameras by id',
      action: 'camera.list',
      query: pageQuerySchema,
      answer: pageSchema(cameraSchema),
      handler: async ({ query: { limit, cursor }, subject }) => {
        const mine = thingRows(whoOf(subject), 'camera.body', 3)
        const rows = await database.query<CameraRow>(
          `select * from camera where ($1::text is null or id > $1) and ${mine.where} order by id limit $2`,
          [cursor ?? null, limit + 1, ...mine.params],
        )
        return pageOf(rows, limit, toCamera, (row) => row.id)
      },
    }),
    defineRoute({
      method: 'get',
      path: '/cameras/:id',
      summary: 'One camera',
      action: 'camera.list',
      params: idParamsSchema,
      answer: cameraSchema,
      handler: async ({ params: { id } }) => toCamera(await knownCamera(database, id)),
    }),
  ]
}

function writeRoutes(deps: CameraRouteDeps): Route[] {
  const { database, fleet, box, clock } = deps
  const examine: ExamineDeps = { ...deps, worker: () => fleet.anyWorker() }
  return [
    defineRoute({
      method: 'post',
      path: '/cameras',
      summary: 'Add a camera by RTSP or ONVIF address; it is tried first, within 6 s',
      action: 'camera.write',
      query: forceSchema,
      body: cameraWriteSchema,
      answer: cameraSchema,
      status: 201,
      handler: async ({ body, query, subject, actor }) => {
        const id = body.id ?? newId(clock.nowMs())
        if (fleet.camera(id)) throw new Fault('conflict', `There is already a camera ${id}.`, { id })
        const found = await examineSource(body.source, null, query.force === 'true', examine)
        const camera = await addCamera(id, body, found, { subject, actor }, deps)
        await fleet.reload()
        return camera
      },
    }),
    defineRoute({
      method: 'patch',
      path: '/cameras/:id',
      summary: 'Change a camera: only the members that are sent; a new source is tried first',
      action: 'camera.write',
      params: idParamsSchema,
      query: forceSchema,
      body: cameraPatchSchema,
      answer: cameraSchema,
      handler: async ({ params: { id }, body, query, subject, actor }) => {
        const row = await knownCamera(database, id)
        // A password is not told to a stranger's host; there it must be typed again.
        const kept =
          body.source && staysAtHosts(body.source, row.body.source) ? openCredential(box, row.credential_cipher) : null
        const written = body.source && withKeptCertificate(body.source, row)
        const found = written ? await examineSource(written, kept, query.force === 'true', examine) : null
        const camera = await changeCamera(id, body, found, { subject, actor }, deps)
        await fleet.reload()
        return camera
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/cameras/:id',
      summary: 'Remove a camera',
      action: 'camera.write',
      params: idParamsSchema,
      handler: async ({ params: { id }, subject, actor }) => {
        await removeCamera(id, { subject, actor }, deps)
        await fleet.reload()
      },
    }),
  ]
}

function discoverRoute(deps: CameraRouteDeps): Route {
  return defineRoute({
    method: 'post',
    path: '/cameras/discover',
    summary: 'Cameras that answer WS-Discovery within 3 s',
    action: 'camera.write',
    answer: pageSchema(discoveredCameraSchema),
    handler: async ({ subject }) => {
      await audit(deps.database, auditBy(subject, 'camera.discover', 'camera', null))
      const cameras = await readCameras(deps.database)
      return { items: await discoverCameras({ ...deps, cameras }), next: null }
    },
  })
}

function snapshotRoute(deps: CameraRouteDeps): Route {
  const { database, watches, crewSees } = deps
  const stills = new Stills(deps)
  return defineRoute({
    method: 'get',
    path: '/cameras/:id/snapshot.jpg',
    summary: 'A still picture of now; for a crew, of the incident that it is assigned to',
    action: 'camera.still',
    object: ({ params, subject }) => {
      const own = subject.type === 'officer' ? subject.me.patrolId : null
      const isOwn = own !== null && crewSees(own, params['id']!)
      return { kind: 'camera', id: params['id']!, ...(isOwn && { patrolId: own }) }
    },
    params: idParamsSchema,
    handler: async ({ params: { id }, subject, res }) => {
      const row = await knownCamera(database, id)
      await watches.look(subject, id, 'snapshot')
      const { picture, takenAt } = await stills.take(row)
      if (takenAt !== null) res.setHeader('x-vigil-picture-at', takenAt)
      res.setHeader('content-type', 'image/jpeg')
      res.setHeader('content-length', picture.length)
      res.setHeader('cache-control', 'no-store')
      res.end(picture)
    },
  })
}

/** What a tile shows until the live picture is there; the officer is told how old it is. */
function posterRoute({ fleet, watches, internalToken }: CameraRouteDeps): Route {
  return defineRoute({
    method: 'get',
    path: '/cameras/:id/poster.mp4',
    summary:
      'The last picture in memory at once, as a one-picture MP4; x-vigil-picture-at says of when it is. 204 while there is none',
    action: 'camera.watch',
    params: idParamsSchema,
    handler: async ({ params: { id }, subject, res }) => {
      if (fleet.camera(id)?.enabled !== true) throw notThere('camera', id)
      const baseUrl = fleet.workerOf(id)
      if (baseUrl === null) throw new Fault('streamer-away', 'No streamer serves this camera at the moment.', { id })
      // Who sees the poster is about to see the live picture: one look.
      await watches.look(subject, id, 'live')
      const found = await fetchWorkerPoster({ baseUrl, internalToken }, id).catch((error: unknown) => {
        // A camera that nobody has looked at yet: as it should be, no failure.
        if (error instanceof Fault && error.code === 'no-picture') return null
        throw error
      })
      if (found === null) return void res.writeHead(204, { 'cache-control': 'no-store' }).end()
      const { picture, takenAt } = found
      if (takenAt !== null) res.setHeader('x-vigil-picture-at', takenAt)
      res.setHeader('content-type', 'video/mp4')
      res.setHeader('content-length', picture.length)
      res.setHeader('cache-control', 'no-store')
      res.end(picture)
    },
  })
}

function beatRoute({ fleet }: CameraRouteDeps): Route {
  return defineRoute({
    method: 'post',
    path: '/internal/streamers/:id/beat',
    summary: 'A streamer worker reports, and learns which cameras it shall serve',
    action: 'internal',
    params: idParamsSchema,
    body: streamerBeatSchema,
    answer: streamerOrdersSchema,
    // 20,000 cameras of 300 bytes.
    bodyBytesMax: 8 * 1024 * 1024,
    handler: ({ params: { id }, body }) => fleet.beat(id, body),
  })
}

/** Whether all that the login would be shown to has it already: the larger stream too, which is opened with the same. */
function staysAtHosts(written: CameraWrite['source'], stored: CameraRow['body']['source']): boolean {
  const known = [hostOf(stored), ...(stored.mainAddress ? [rtspHost(stored.mainAddress)] : [])]
  const main = written.kind === 'rtsp' && written.mainUrl !== undefined ? [rtspHost(written.mainUrl)] : []
  return [hostOf(written), ...main].every((host) => known.includes(host))
}

const rtspHost = (address: string): string => readRtspSource(address).host.toLowerCase()

function hostOf(source: CameraWrite['source'] | CameraRow['body']['source']): string | null {
  if (source.kind === 'push') return null
  if ('host' in source) return source.host.toLowerCase()
  const address = 'url' in source ? source.url : source.address
  return source.kind === 'rtsp' ? rtspHost(address) : new URL(address).hostname.toLowerCase()
}

/** Like a password, the trusted certificate stays until another, or none, is named. */
function withKeptCertificate(written: CameraWrite['source'], row: CameraRow): CameraWrite['source'] {
  const certificateSha256 = row.body.source.certificateSha256
  return written.kind === 'rtsp' && certificateSha256 ? { certificateSha256, ...written } : written
}

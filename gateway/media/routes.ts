import { toIso } from '../../domain/clock.ts'
import { Fault } from '../../domain/fault.ts'
import { idSchema } from '../../domain/scalars.ts'
import { ticketSchema } from '../../domain/wire/admin.ts'
import { z } from '../../domain/z.ts'
import type { StreamerFleet } from '../cameras/streamer-fleet.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { WatchAudit } from '../trust/audit.ts'
import type { Tickets } from '../trust/tickets.ts'
import type { LiveProxy } from './live-proxy.ts'
import { liveQuery } from './live-query.ts'

export interface MediaRouteDeps {
  fleet: StreamerFleet
  proxy: LiveProxy
  tickets: Tickets
  watches: WatchAudit
}

/** Names that a worker may have given to a part, and the two playlists; nothing that climbs out of a path. */
const fileSchema = z.string().regex(/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.(m3u8|m4s|mp4)$/)

/** The media paths. Who may is asked at every part, so a session that ends takes its pictures with it within 5 s. */
export function mediaRoutes(deps: MediaRouteDeps): Route[] {
  const { fleet, tickets } = deps
  return [
    liveRoute(
      deps,
      '!/live/:cameraId/:file',
      'Live picture: index.m3u8 (LL-HLS), index.m3u8?plain (whole segments), loop.m3u8?from&to (the seconds before), their parts',
    ),
    liveRoute(
      deps,
      '!/live/:cameraId/main/:file',
      'The same of its larger stream, where a camera has one (mainStream)',
    ),
    defineRoute({
      method: 'post',
      path: '/cameras/:id/ticket',
      summary: 'A short-lived ticket for a player without cookies: /live/{id}/index.m3u8?ticket=…',
      action: 'camera.watch',
      params: z.object({ id: idSchema }),
      answer: ticketSchema,
      status: 201,
      handler: ({ params: { id }, subject }) => {
        if (subject.type !== 'officer') throw new Fault('forbidden', 'Only people watch cameras.')
        if (!fleet.camera(id)) throw new Fault('not-found', `There is no camera ${id}.`, { id })
        const { ticket, expiresAtMs } = tickets.issue(subject.sessionId, id)
        return { ticket, expiresAt: toIso(expiresAtMs) }
      },
    }),
  ]
}

function liveRoute({ fleet, proxy, watches }: MediaRouteDeps, path: string, summary: string): Route {
  const folder = path.includes('/main/') ? 'main/' : ''
  return defineRoute({
    method: 'get',
    path,
    summary,
    action: 'camera.watch',
    object: ({ params }) => ({ kind: 'camera', id: params['cameraId'] }),
    params: z.object({ cameraId: idSchema, file: fileSchema }),
    handler: async ({ params: { cameraId, file }, subject, actor, req, res }) => {
      if (fleet.camera(cameraId)?.enabled !== true) {
        throw new Fault('not-found', `There is no camera ${cameraId}.`, { id: cameraId })
      }
      const asked = new URLSearchParams(/\?(.*)$/.exec(req.url ?? '')?.[1])
      const query = liveQuery(file, asked)
      const baseUrl = fleet.workerOf(cameraId)
      if (baseUrl === null) {
        throw new Fault('streamer-away', 'No streamer serves this camera at the moment.', { id: cameraId })
      }
      await watches.look(subject, cameraId, 'live')
      const ticket = req.headers.authorization === undefined ? asked.get('ticket') : null
      await proxy.serve({ baseUrl, cameraId, file: folder + file, query, viewer: actor, ticket }, res)
    },
  })
}

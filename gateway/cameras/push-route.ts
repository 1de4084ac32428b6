import { publishKey } from '../../devices/camera/publish-key.ts'
import { pushAddressSchema } from '../../domain/camera.ts'
import type { Clock } from '../../domain/clock.ts'
import { Fault } from '../../domain/fault.ts'
import { newId } from '../../domain/ids.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { EventLog } from '../live/event-log.ts'
import { idParamsSchema } from '../registry/entity-routes.ts'
import { notThere } from '../registry/paging.ts'
import { audit, auditBy } from '../trust/audit.ts'
import { toCamera, type CameraRow } from './camera-row.ts'
import type { StreamerFleet } from './streamer-fleet.ts'

export interface PushRouteDeps {
  events: EventLog
  fleet: StreamerFleet
  clock: Clock
  /** `VIGIL_SECRET_KEY` */
  secretKey: string
  rtmpPort: number
}

/**
 * Where a body or vehicle camera pushes to, and the key for it: told once, stored nowhere. Each call is a new path with a new key; what
 * is still pushed to the old one is read by nobody.
 */
export function publishKeyRoute(deps: PushRouteDeps): Route {
  const { events, fleet, clock, secretKey, rtmpPort } = deps
  return defineRoute({
    method: 'post',
    path: '/cameras/:id/publish-key',
    summary: 'A new RTMP address and key for a camera that pushes; shown once, the one before ends',
    action: 'camera.write',
    params: idParamsSchema,
    answer: pushAddressSchema,
    status: 201,
    handler: async ({ params: { id }, subject, actor, req }) => {
      // A name of chance: who knows a camera's name or id knows no path.
      const path = `/push/${newId(clock.nowMs())}`
      await events.transact(async (tx) => {
        const rows = await tx.query<CameraRow>(
          `update camera set stream_address = $2, changed_at = now(), body = jsonb_set(body, '{source,address}', to_jsonb($3::text))
            where id = $1 and body -> 'source' ->> 'kind' = 'push' returning *`,
          [id, `push:${path}`, path],
        )
        if (!rows[0]) {
          const known = await tx.query('select 1 from camera where id = $1', [id])
          if (known.length === 0) throw notThere('camera', id)
          throw new Fault(
            'conflict',
            'This camera is asked for its picture; only one whose source is push gets a key.',
            { id },
          )
        }
        await audit(tx, auditBy(subject, 'camera.write', 'camera', id, { facts: { verb: 'publish-key issued' } }))
        await events.append(tx, { kind: 'camera', action: 'changed', subjectId: id, actor, body: toCamera(rows[0]) })
      })
      await fleet.reload()
      const host = new URL(`http://${req.headers.host ?? 'localhost'}`).hostname
      const key = publishKey(secretKey, path)
      return { server: `rtmp://${host}:${rtmpPort}/push`, streamKey: `${path.slice('/push/'.length)}?key=${key}` }
    },
  })
}

import { ptzPresetsSchema, ptzSchema, ptzStateSchema } from '../../domain/camera.ts'
import { defineRoute, type Route } from '../http/route.ts'
import { idParamsSchema } from '../registry/entity-routes.ts'
import { audit, auditBy } from '../trust/audit.ts'
import { knownCamera } from './known-camera.ts'
import { Ptz, type PtzDeps } from './ptz.ts'
import { Steering } from './steering.ts'
import type { Clock } from '../../domain/clock.ts'

export interface PtzRouteDeps extends PtzDeps {
  clock: Clock
  /** Shared with what turns cameras by itself. */
  ptz?: Ptz
  steering?: Steering
  /** A person has given an order to this camera. */
  onHand?: (cameraId: string) => void
}

/** To turn a camera, and to see whose hand is on it. */
export function ptzRoutes(deps: PtzRouteDeps): Route[] {
  const { ptz = new Ptz(deps), steering = new Steering(deps.clock), onHand } = deps
  return [
    defineRoute({
      method: 'post',
      path: '/cameras/:id/ptz',
      summary: 'Turn a camera: move for a moment, stop, go to a preset or home. The last order wins',
      action: 'camera.ptz',
      params: idParamsSchema,
      body: ptzSchema,
      handler: async ({ params: { id }, body, subject, actor }) => {
        const row = await knownCamera(deps.database, id)
        const reason = 'move' in body ? body.reason : undefined
        const facts = { order: body as Record<string, unknown> }
        await audit(deps.database, auditBy(subject, 'camera.ptz', 'camera', id, { outcome: 'begun', reason, facts }))
        steering.take(id, actor, subject.type === 'officer' ? subject.me.displayName : actor)
        onHand?.(id)
        await ptz.move(row, body)
      },
    }),
    defineRoute({
      method: 'get',
      path: '/cameras/:id/presets',
      summary: 'Named positions of a camera that turns, as the camera tells them now; its token goes into an order',
      action: 'camera.ptz',
      params: idParamsSchema,
      answer: ptzPresetsSchema,
      handler: async ({ params: { id } }) => ({ items: await ptz.presets(await knownCamera(deps.database, id)) }),
    }),
    defineRoute({
      method: 'get',
      path: '/cameras/:id/ptz',
      summary: 'Who has steered this camera within the last five seconds',
      action: 'camera.ptz',
      params: idParamsSchema,
      answer: ptzStateSchema,
      handler: async ({ params: { id } }) => {
        await knownCamera(deps.database, id)
        return steering.now(id)
      },
    }),
  ]
}

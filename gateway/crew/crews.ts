import type { Route } from '../http/route.ts'
import { CrewChannel, type CrewChannelDeps } from './crew-channel.ts'
import { crewRoutes, type CrewRouteDeps } from './crew-routes.ts'
import { CrewViews } from './crew-view.ts'
import { messageRoutes, type MessageRouteDeps } from './message-routes.ts'
import { photoRoutes, type PhotoRouteDeps } from './photo-routes.ts'

export type CrewsDeps = Omit<CrewChannelDeps, 'viewOf'> &
  Omit<CrewRouteDeps, 'views'> &
  PhotoRouteDeps &
  Omit<MessageRouteDeps, 'database'>

/** Everything that the phones of crews talk to: their stream, their order, their places, photos and messages. */
export function createCrews(deps: CrewsDeps): {
  channel: CrewChannel
  routes: Route[]
  sees: (patrolId: string, cameraId: string) => boolean
} {
  const views = new CrewViews(deps)
  return {
    channel: new CrewChannel({ ...deps, viewOf: (patrolId) => views.of(patrolId) }),
    routes: [...crewRoutes({ ...deps, views }), ...photoRoutes(deps), ...messageRoutes(deps)],
    sees: (patrolId, cameraId) => views.sees(patrolId, cameraId),
  }
}

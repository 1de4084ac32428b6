import type { Clock } from '../../domain/clock.ts'
import type { Settings } from '../../domain/config.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import { createOnvifDoor, type OnvifDoor } from '../../devices/camera/onvif-door.ts'
import { createAllowedAddresses, type AllowedAddresses } from '../cameras/allowed-address.ts'
import { Ptz } from '../cameras/ptz.ts'
import { SlewToCue } from '../cameras/slew-to-cue.ts'
import { Steering } from '../cameras/steering.ts'
import { publishKeyRoute } from '../cameras/push-route.ts'
import { CameraClocks } from '../cameras/camera-clocks.ts'
import { CameraEvents } from '../cameras/camera-events.ts'
import { cameraRoutes } from '../cameras/routes.ts'
import type { StreamerFleet } from '../cameras/streamer-fleet.ts'
import type { Readiness } from '../http/health.ts'
import type { Route } from '../http/route.ts'
import { createHttpServer } from '../http/server.ts'
import { withJurisdiction } from '../live/route-jurisdiction.ts'
import { createLiveProxy } from '../media/live-proxy.ts'
import { mediaRoutes } from '../media/routes.ts'
import type { KeepRecordings } from '../recordings/keep-recordings.ts'
import { recordingRoutes } from '../recordings/routes.ts'
import { registryRoutes } from '../registry/routes.ts'
import type { Database } from '../store/database.ts'
import { WatchAudit } from '../trust/audit.ts'
import { createAuth } from '../trust/authenticate.ts'
import type { PasswordHasher } from '../trust/password-hasher.ts'
import { sessionRoutes } from '../trust/routes.ts'
import type { SecretBox } from '../trust/secret-box.ts'
import { Sessions } from '../trust/sessions.ts'
import { createTickets } from '../trust/tickets.ts'
import type { Core } from './compose.ts'
import { settingsRoute } from './settings-route.ts'

export interface ServeDeps {
  core: Pick<Core, 'events' | 'troubles' | 'state' | 'routes' | 'onDesk' | 'crewSees'>
  settings: Settings
  /** Absolute. */
  cityDir: string
  internalToken: string
  secretKey: string
  isSimulating: boolean
  simCameraPassword: string | undefined
  /** The built command-ui. */
  staticDir: string
  readiness: Readiness
  database: Database
  fleet: StreamerFleet
  keeper: KeepRecordings
  recordDir: string
  box: SecretBox
  hasher: PasswordHasher
  clock: Clock
  log: Log
  metrics: Metrics
}

/** Every route of the centre behind one HTTP server. @returns its port and how to end it */
export async function serveCentre(deps: ServeDeps): Promise<{ port: number; routes: Route[]; close(): Promise<void> }> {
  const { core, settings, box, clock, database, log, metrics } = deps
  const sessions = new Sessions({ database, clock })
  const tickets = createTickets(box, clock)
  const auth = createAuth({ sessions, tickets, internalToken: deps.internalToken })
  const proxy = createLiveProxy({
    internalToken: deps.internalToken,
    isLive: (baseUrl) => deps.fleet.isLive(baseUrl),
    clock,
    log,
    metrics,
  })
  const loopbackPorts = deps.isSimulating ? [settings.VIGIL_SIM_RTSP_PORT, settings.VIGIL_SIM_ONVIF_PORT] : []
  const simulated =
    deps.isSimulating && deps.simCameraPassword !== undefined
      ? { ports: loopbackPorts, credential: { username: 'vigil', password: deps.simCameraPassword } }
      : null
  const onvif = createOnvifDoor({ clock, log, metrics })
  const allowed = createAllowedAddresses(settings.VIGIL_CAMERA_NETWORKS, loopbackPorts)
  const turning = createTurning(deps, onvif, allowed)
  const parts = {
    ...deps,
    simulated,
    events: core.events,
    troubles: core.troubles,
    crewSees: core.crewSees,
    sessions,
    tickets,
    proxy,
    watches: new WatchAudit(database, clock.monotonicMs),
    allowed,
    onvif,
    ...turning,
    hasTls: settings.VIGIL_TLS_CERT !== undefined,
  }
  const clocks = new CameraClocks({ ...parts, reload: () => deps.fleet.reload() })
  clocks.start()
  const cameraEvents = new CameraEvents({ ...parts, rows: () => deps.fleet.rows() })
  cameraEvents.start()
  await turning.slew?.start()
  const routes = [
    ...core.routes,
    ...sessionRoutes(parts),
    ...cameraRoutes(parts),
    publishKeyRoute({ ...parts, rtmpPort: settings.VIGIL_RTMP_PORT }),
    ...mediaRoutes(parts),
    ...recordingRoutes(parts),
    ...registryRoutes(parts),
    settingsRoute(deps),
  ].map((route) => withJurisdiction(route, { state: core.state, database }))
  const { VIGIL_TLS_CERT: certPath, VIGIL_TLS_KEY: keyPath } = settings
  const server = await createHttpServer({
    auth,
    clock,
    log,
    metrics,
    routes,
    host: settings.VIGIL_HTTP_HOST,
    port: settings.VIGIL_HTTP_PORT,
    staticDir: deps.staticDir,
    readiness: deps.readiness,
    onDesk: core.onDesk,
    ...(certPath !== undefined && keyPath !== undefined ? { tls: { certPath, keyPath } } : {}),
  })
  return {
    port: server.port,
    routes,
    close: async () => {
      clocks.stop()
      cameraEvents.stop()
      turning.slew?.stop()
      turning.ptz.close()
      await server.close()
      proxy.close()
    },
  }
}

/** What gives cameras orders: the officers' routes, and the alarms. They share the hand and the stops. */
function createTurning(
  { core, settings, box, clock, database, log, metrics }: ServeDeps,
  onvif: OnvifDoor,
  allowed: AllowedAddresses,
) {
  const ptz = new Ptz({ database, onvif, allowed, box, log })
  const steering = new Steering(clock)
  const { events, state } = core
  const slew = settings.VIGIL_SLEW_TO_CUE
    ? new SlewToCue({ database, events, state, ptz, steering, clock, log, metrics })
    : null
  return { ptz, steering, slew, onHand: (cameraId: string) => slew?.onHand(cameraId) }
}

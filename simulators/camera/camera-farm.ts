import type { Clock } from '../../domain/clock.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import type { CameraFault, SimulatedCamera } from './camera.ts'
import { ClipLibrary } from './clip-library.ts'
import type { Clip } from './clip.ts'
import type { DigestAlgorithm } from './digest.ts'
import { CaptionStrip } from './osd/caption-strip.ts'
import { loadGlyphs } from './osd/glyphs.ts'
import { DISCOVERY_PORT, startDiscoveryResponder } from './onvif/discovery-responder.ts'
import { OnvifCamera, type PtzPosition } from './onvif/onvif-camera.ts'
import { startOnvifServer } from './onvif/onvif-server.ts'
import type { PullPoints } from './onvif/pull-points.ts'
import { Feed } from './rtsp/feed.ts'
import { startRtspServer } from './rtsp/rtsp-server.ts'

/** User of every simulated camera. */
export const CAMERA_USERNAME = 'vigil'

export interface CameraFarmOptions {
  cameras: readonly SimulatedCamera[]
  /** Default loopback. */
  host?: string
  /** 0: any free port. */
  rtspPort: number
  onvifPort: number
  /** Of user `vigil`, for RTSP and ONVIF. */
  password: string
  clock: Clock
  log: Log
  metrics: Metrics
  /** By camera id. */
  faults?: Readonly<Record<string, CameraFault>>
  /** Port of WS-Discovery (default 3702); null: not to be discovered. */
  discoveryPort?: number | null
  /** Ids of the cameras that answer probes; default: the first eight and those that can move, sixteen at most. */
  discoverable?: readonly string[]
  /** Default MD5 alone: some players take the last offer, whether they know it or not. */
  algorithms?: DigestAlgorithm[]
}

export interface CameraFarm {
  rtspPort: number
  onvifPort: number
  /** Null when probes are not answered. */
  discoveryPort: number | null
  setFault(cameraId: string, fault: CameraFault | null): void
  /** The events of its cameras: what they tell about themselves, and who listens. */
  events: Pick<PullPoints, 'set' | 'forget' | 'subscribers'>
  /** Where a camera that can move looks now; null: no such camera. */
  positionOf(cameraId: string): PtzPosition | null
  /** Cuts the power of all RTSP cameras, or gives it back. */
  setPower(isOn: boolean): Promise<void>
  /** Streams being sent now. */
  viewers(): number
  close(): Promise<void>
}

/**
 * Any number of cameras behind one RTSP and one ONVIF port:
 * `rtsp://host:rtspPort/cam/{id}/sub` (640×360), `/main` and `/h265` (640×360, without a caption); `http://host:onvifPort/{id}/onvif/device_service`.
 * Price: a camera nobody watches costs its caption (about 3 KB) and no time.
 */
export async function createCameraFarm(options: CameraFarmOptions): Promise<CameraFarm> {
  const { cameras, password, clock, log, metrics, host = '127.0.0.1' } = options
  const account = { username: CAMERA_USERNAME, password }
  const library = new ClipLibrary()
  const feeds = createFeeds(cameras, library)
  const rtsp = await startRtspServer({
    feeds,
    host,
    port: options.rtspPort,
    account,
    algorithms: options.algorithms ?? ['MD5'],
    clock,
    log,
    metrics,
  })
  for (const [cameraId, fault] of Object.entries(options.faults ?? {})) rtsp.setFault(cameraId, fault)
  const onvifCameras = new Map(cameras.map((c) => [c.id, new OnvifCamera(c, library.sceneFor(c), clock)]))
  const onvif = await startOnvifServer({
    cameras: onvifCameras,
    host,
    port: options.onvifPort,
    rtspPort: rtsp.port,
    account,
    clock,
    log,
    metrics,
  })
  const { discoveryPort = DISCOVERY_PORT } = options
  const shown = options.discoverable ?? chooseDiscoverable(cameras)
  const discovery =
    discoveryPort === null
      ? null
      : await startDiscoveryResponder({
          cameras: shown.flatMap((id) => onvifCameras.get(id) ?? []),
          onvifPort: onvif.port,
          port: discoveryPort,
          log,
          metrics,
        })
  return {
    rtspPort: rtsp.port,
    onvifPort: onvif.port,
    discoveryPort: discovery?.port ?? null,
    setFault: rtsp.setFault,
    events: onvif.pullPoints,
    positionOf: (cameraId) => onvifCameras.get(cameraId)?.position() ?? null,
    setPower: rtsp.setPower,
    viewers: rtsp.viewers,
    close: async () => {
      await Promise.all([rtsp.close(), onvif.close(), discovery?.close()])
    },
  }
}

/** Enough to try discovery with, few enough to read the list. */
const DISCOVERABLE_MAX = 16

function chooseDiscoverable(cameras: readonly SimulatedCamera[]): string[] {
  const moving = cameras.filter((camera) => camera.ptz)
  const chosen = new Set([...cameras.slice(0, 8), ...moving].map((camera) => camera.id))
  return [...chosen].slice(0, DISCOVERABLE_MAX)
}

function createFeeds(cameras: readonly SimulatedCamera[], library: ClipLibrary): Map<string, Feed> {
  const glyphs = loadGlyphs()
  const strips = new Map<string, CaptionStrip>()
  const stripOf = (clip: Clip) => {
    const key = `${clip.stream.widthMbs} ${clip.stream.frameNumBits}`
    const strip = strips.get(key) ?? new CaptionStrip(clip.stream, glyphs)
    strips.set(key, strip)
    return strip
  }
  const feeds = new Map<string, Feed>()
  for (const camera of cameras) {
    const scene = library.sceneFor(camera)
    feeds.set(`/cam/${camera.id}/sub`, new Feed(camera, scene.sub, stripOf(scene.sub)))
    feeds.set(`/cam/${camera.id}/main`, new Feed(camera, scene.main, stripOf(scene.main)))
    feeds.set(`/cam/${camera.id}/h265`, new Feed(camera, library.h265, null))
  }
  return feeds
}

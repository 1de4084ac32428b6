import { systemClock } from '../../../domain/clock.ts'
import { silentLog } from '../../../domain/log.ts'
import { Metrics } from '../../../domain/metrics.ts'
import { CAMERA_USERNAME, createCameraFarm } from '../../../simulators/camera/camera-farm.ts'
import type { SimulatedSound } from '../../../simulators/camera/camera.ts'
import { Feed } from '../../../simulators/camera/rtsp/feed.ts'
import { startRtspServer } from '../../../simulators/camera/rtsp/rtsp-server.ts'
import { answerParent } from './child.ts'
import { loadPlainClip } from './plain-clip.ts'

/**
 * The cameras of the bench in a process of their own: `farm-main.js cameras [clip]`, password in BENCH_PASSWORD. Without a clip the
 * simulated cameras of the product with one scene of 400 kbit/s; with one they send that file, `/cam/bench-{i}/sub` all the same. `with-sound` in place
 * of a clip: the second camera has G.711, the third AAC.
 */
const metrics = new Metrics()
const password = process.env['BENCH_PASSWORD'] ?? ''
const withSound = process.argv[3] === 'with-sound'
const clip = withSound ? undefined : process.argv[3]
const sounds: (SimulatedSound | undefined)[] = withSound ? [undefined, 'g711', 'aac'] : []
const cameras = Array.from({ length: Number(process.argv[2]) }, (_, i) => ({
  id: `bench-${i}`,
  name: `测试 ${i}`,
  scene: 'crossing',
  ptz: false,
  ...(sounds[i] ? { sound: sounds[i] } : {}),
}))
const shared = { rtspPort: 0, password, clock: systemClock, log: silentLog, metrics }

async function startPlain(
  path: string,
): Promise<{ rtspPort: number; viewers(): number; setPower(isOn: boolean): void }> {
  const footage = loadPlainClip(path)
  const feeds = new Map(cameras.map((camera) => [`/cam/${camera.id}/sub`, new Feed(camera, footage, null)]))
  const account = { username: CAMERA_USERNAME, password }
  const server = await startRtspServer({ ...shared, feeds, host: '127.0.0.1', port: 0, account, algorithms: ['MD5'] })
  return { rtspPort: server.port, viewers: server.viewers, setPower: () => undefined }
}

const farm = clip
  ? await startPlain(clip)
  : await createCameraFarm({ ...shared, cameras, onvifPort: 0, discoveryPort: null })
answerParent({
  'power-off': () => farm.setPower(false),
  'power-on': () => farm.setPower(true),
  sample: () => {
    const figure = (name: string) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(metrics.text())?.[1] ?? 0)
    return {
      viewers: farm.viewers(),
      dropped: figure('vigil_sim_pictures_dropped'),
      leaps: figure('vigil_sim_leaps'),
    }
  },
})
process.send?.({ ready: farm.rtspPort })

import { systemClock } from '../../../domain/clock.ts'
import { silentLog } from '../../../domain/log.ts'
import { Metrics } from '../../../domain/metrics.ts'
import type { SimulatedSound } from '../../../simulators/camera/camera.ts'
import { createCameraFarm } from '../../../simulators/camera/camera-farm.ts'
import { answerParent } from './child.ts'

/**
 * The cameras of the bench in a process of their own: `farm-main.js N`, one scene of 400 kbit/s, password in BENCH_PASSWORD; `with-sound`: the
 * second has G.711, the third AAC.
 */
const sounds: (SimulatedSound | undefined)[] = process.argv[3] === 'with-sound' ? [undefined, 'g711', 'aac'] : []
const metrics = new Metrics()
const cameras = Array.from({ length: Number(process.argv[2]) }, (_, i) => ({
  id: `bench-${i}`,
  name: `测试 ${i}`,
  scene: 'crossing',
  ptz: false,
  ...(sounds[i] ? { sound: sounds[i] } : {}),
}))
const farm = await createCameraFarm({
  cameras,
  rtspPort: 0,
  onvifPort: 0,
  discoveryPort: null,
  password: process.env['BENCH_PASSWORD'] ?? '',
  clock: systemClock,
  log: silentLog,
  metrics,
})
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

import { systemClock } from '../../../domain/clock.ts'
import { silentLog } from '../../../domain/log.ts'
import { Metrics } from '../../../domain/metrics.ts'
import { createCameraFarm, type CameraFarm, type CameraFarmOptions } from '../../../simulators/camera/camera-farm.ts'

export const PASSWORD = 'see "all" of it'

export function startFarm(options: Partial<CameraFarmOptions> = {}): Promise<CameraFarm> {
  return createCameraFarm({
    cameras: [
      { id: 'gate', name: '滨海小学正门', scene: 'crossing', ptz: false },
      { id: 'square', name: '中心广场', ptz: true },
    ],
    rtspPort: 0,
    onvifPort: 0,
    discoveryPort: null,
    password: PASSWORD,
    clock: systemClock,
    log: silentLog,
    metrics: new Metrics(),
    ...options,
  })
}

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

export async function until(isTrue: () => boolean, timeoutMs: number): Promise<void> {
  const steps = Math.ceil(timeoutMs / 20)
  for (let i = 0; i < steps && !isTrue(); i++) await pause(20)
  if (!isTrue()) throw new Error(`did not happen within ${timeoutMs} ms: ${isTrue.toString()}`)
}

import { CLOCK_OFF_MS, type Camera } from '../../domain/camera.ts'
import { timeMs } from '../data/clock.ts'

/** What is broken comes first. */
export const CAMERA_ORDER: readonly Camera['state'][] = [
  'login-refused',
  'not-a-camera',
  'offline',
  'frozen',
  'stalled',
  'no-key-frame',
  'connecting',
  'online',
  'idle',
]
const CAMERA_GOOD: readonly Camera['state'][] = ['connecting', 'online', 'idle']

export const CAMERA_LIFE = ['all', 'bad', 'clock', 'siteless', 'off'] as const
export type CameraLife = (typeof CAMERA_LIFE)[number]

export function fitsCamera(camera: Camera, life: CameraLife): boolean {
  switch (life) {
    case 'all':
      return true
    case 'bad':
      return camera.enabled && !CAMERA_GOOD.includes(camera.state)
    case 'clock':
      return Math.abs(camera.clockOffsetMs ?? 0) > CLOCK_OFF_MS
    case 'siteless':
      return camera.siteId === null
    case 'off':
      return !camera.enabled
    default: {
      const never: never = life
      return never
    }
  }
}

export type CameraColumn = 'state' | 'name' | 'id' | 'site' | 'since'

export function cameraKey(
  camera: Camera,
  by: CameraColumn,
  siteName: (id: string | null) => string,
): string | number | null {
  switch (by) {
    case 'state':
      return CAMERA_ORDER.indexOf(camera.state)
    case 'name':
      return camera.name
    case 'id':
      return camera.id
    case 'site':
      return siteName(camera.siteId) || null
    case 'since':
      return camera.stateAt === null ? null : timeMs(camera.stateAt)
    default: {
      const never: never = by
      return never
    }
  }
}

import type { Role } from '../../domain/officer.ts'
import type { Page } from '../route.ts'

const DUTY: readonly Role[] = ['officer', 'supervisor', 'commander', 'admin']

/** As the centre's policy has it; who may not is not shown a button that would only say no. */
export const WRITERS = {
  camera: ['installer', 'admin'],
  device: ['installer', 'admin'],
  site: ['supervisor', 'installer', 'admin'],
  zone: ['supervisor', 'commander', 'admin'],
  drill: ['supervisor', 'commander', 'admin'],
  duty: ['supervisor', 'commander', 'admin'],
  user: ['admin'],
  /** Sends patrols, closes roads. */
  dispatch: ['officer', 'supervisor', 'commander', 'admin'],
} as const satisfies Record<string, readonly Role[]>

/** Pages whose whole content a role may not have; the others are everybody's at a desk. */
export const READERS: Partial<Record<Page, readonly Role[]>> = {
  wall: [...DUTY, 'installer'],
  replay: DUTY,
  vehicles: DUTY,
  reports: [...DUTY, 'inspector'],
  audit: ['inspector', 'admin'],
}

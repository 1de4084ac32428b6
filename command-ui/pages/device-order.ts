import type { Device, DeviceKind } from '../../domain/device.ts'
import { timeMs } from '../data/clock.ts'

const DAY_MS = 86_400_000

/** As the domain's; written out because the schemas beside it would come with it. */
export const KINDS: readonly DeviceKind[] = ['button', 'pendant', 'tag', 'handheld', 'patrol', 'taxi']
/** What needs somebody comes first. */
export const DEVICE_ORDER: readonly Device['state'][] = ['alert', 'lost', 'disconnected', 'init', 'ready', 'sleeping']

export const DEVICE_LIFE = ['all', 'bad', 'silent', 'untested', 'uncredentialed', 'siteless'] as const
export type DeviceLife = (typeof DEVICE_LIFE)[number]

/** Only what is pressed can be tried. */
export function isPressed({ kind }: Device): boolean {
  return kind === 'button' || kind === 'pendant'
}

/** @param testEveryDays as the centre is set; 0: tests are not watched */
export function fitsDevice(device: Device, life: DeviceLife, nowMs: number, testEveryDays: number): boolean {
  switch (life) {
    case 'all':
      return true
    case 'bad':
      return device.state === 'lost' || device.state === 'disconnected' || device.state === 'alert'
    case 'silent':
      return device.lastSeenAt === null || nowMs - timeMs(device.lastSeenAt) > DAY_MS
    case 'untested': {
      if (!isPressed(device) || testEveryDays === 0) return false
      const since = device.testedAt ?? device.registeredAt
      return !since || nowMs - timeMs(since) > testEveryDays * DAY_MS
    }
    case 'uncredentialed':
      return !device.hasCredential
    case 'siteless':
      return device.siteId === null
    default: {
      const never: never = life
      return never
    }
  }
}

export type DeviceColumn = 'state' | 'name' | 'id' | 'site' | 'seen' | 'battery' | 'tested'

/** Times stand oldest first; a button that was never tried is the oldest of all. */
export function deviceKey(
  device: Device,
  by: DeviceColumn,
  siteName: (id: string | null) => string,
): string | number | null {
  switch (by) {
    case 'state':
      return DEVICE_ORDER.indexOf(device.state)
    case 'name':
      return device.name
    case 'id':
      return device.id
    case 'site':
      return siteName(device.siteId) || null
    case 'seen':
      return device.lastSeenAt === null ? 0 : timeMs(device.lastSeenAt)
    case 'battery':
      return device.batteryPct
    case 'tested':
      if (!isPressed(device)) return null
      return device.testedAt === null ? 0 : timeMs(device.testedAt)
    default: {
      const never: never = by
      return never
    }
  }
}

import type { Device } from '../../domain/device.ts'
import type { NewTrouble } from '../live/troubles.ts'

/** A mains device without a sign of life for this long is lost: what EN 50136 asks of a dual-path school or bank. */
export const LOST_AFTER_MS = 90_000
/** A button or pendant on a battery wakes once an hour: what NFPA 72 allows a single path. */
const BATTERY_LOST_AFTER_MS = 60 * 60_000
/** A tag reports once a day; an hour of grace. */
const TAG_LOST_AFTER_MS = 25 * 60 * 60_000
/** Of a vehicle whose engine runs: longer than any tunnel. With the engine off its terminal sleeps, and silence says nothing. */
const VEHICLE_LOST_AFTER_MS = 5 * 60_000
/** So many at one place have one cause: its switch, its gateway, its fuse. */
const SITE_MIN = 3
/** Fewer left of a great loss are troubles of their own again. */
const TOGETHER_LEFT_MIN = 3
/** Names in a trouble; the rest is a number. */
const NAMES_MAX = 8

/**
 * After how much silence a device is lost, ms; Infinity: silence says nothing. Its own window wins.
 * @param isRunning of a vehicle: whether its last fix said that the engine runs
 */
export function lostAfterMs(device: Device, isRunning: boolean): number {
  if (typeof device.supervisionS === 'number') return device.supervisionS * 1000
  switch (device.power) {
    case 'mains':
      return LOST_AFTER_MS
    case 'battery':
      return device.kind === 'tag' ? TAG_LOST_AFTER_MS : BATTERY_LOST_AFTER_MS
    case 'vehicle':
      return isRunning ? VEHICLE_LOST_AFTER_MS : Infinity
    default: {
      const never: never = device.power
      return never
    }
  }
}

/** Whether somebody must look after it when it is lost. Of a vehicle the desk shows the state, without a trouble: its crew is in it. */
export function isMissed(device: Device): boolean {
  return device.state === 'lost' && device.power !== 'vehicle'
}

/**
 * The troubles of all devices that are lost now: as few as there are causes. Those that were lost `together` are one, three or more of one site are one,
 * the others one each; as they come back the figures fall, and the last few have their own again. Pure.
 */
export function troublesOfLost(lost: readonly Device[], together: ReadonlySet<string>): NewTrouble[] {
  const troubles: NewTrouble[] = []
  const many = lost.filter((device) => together.has(device.id))
  const isOneCause =
    many.length >= TOGETHER_LEFT_MIN && new Set(many.map((device) => device.siteId ?? device.id)).size > 1
  if (isOneCause) {
    const facts = factsOf(many)
    const detail = `${many.length} devices were lost together and are away still: ${facts.names}`
    troubles.push({ subjectKind: 'broker', subjectId: 'devices', code: 'lost-together', detail, facts })
  }
  const bySite = new Map<string, Device[]>()
  for (const device of lost) {
    if (isOneCause && together.has(device.id)) continue
    const place = device.siteId ?? ''
    bySite.set(place, [...(bySite.get(place) ?? []), device])
  }
  for (const [siteId, devices] of bySite) {
    if (siteId !== '' && devices.length >= SITE_MIN) {
      const facts = factsOf(devices)
      const detail = `${devices.length} devices of one site are lost: ${facts.names}`
      troubles.push({ subjectKind: 'site', subjectId: siteId, code: 'site-lost', detail, facts })
      continue
    }
    for (const { id, name } of devices) {
      troubles.push({ subjectKind: 'device', subjectId: id, code: 'lost', detail: `${name}: no sign of life` })
    }
  }
  return troubles
}

function factsOf(devices: readonly Device[]): { count: number; names: string } {
  const names = devices.slice(0, NAMES_MAX).map((device) => device.name)
  return { count: devices.length, names: names.join('、') + (devices.length > NAMES_MAX ? ' …' : '') }
}

/** What the desks are told of it; null: nothing that they need. */
export function changeOf(before: Device, now: Device): string | null {
  if (now.state !== before.state) return now.state
  const wasOffline = (before.offlineSince ?? null) !== null
  const isOffline = (now.offlineSince ?? null) !== null
  if (wasOffline === isOffline || now.power !== 'mains') return null
  return isOffline ? 'offline' : 'online'
}

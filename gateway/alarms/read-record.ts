import { createHash } from 'node:crypto'
import type { Device } from '../../domain/device.ts'
import { reasonOf } from '../../domain/fault.ts'
import type { Decoded } from '../../devices/driver.ts'
import { driverOf } from '../../devices/registry.ts'
import type { JournalRecord } from '../intake/journal/format.ts'

/** What a record says, and the name under which it is one signal forever: the device's own id, else the hash of its bytes. */
export function readRecord(record: JournalRecord): { decoded: Decoded; eventId: string } {
  const decoded = decode(record)
  const eventId = decoded.eventId ?? 'sha256:' + createHash('sha256').update(record.payload).digest('hex')
  return { decoded, eventId }
}

function decode(record: JournalRecord): Decoded {
  if (record.truncated) return { readable: false, eventId: null, reason: 'longer than 4 KiB' }
  try {
    return driverOf(record.kind).decodeEvent(record.payload)
  } catch (error) {
    // A driver's bug must not turn a call for help away.
    return { readable: false, eventId: null, reason: reasonOf(error) }
  }
}

/** Stands in for a device that the edge knew but that has been removed since: its call is still answered. */
export function unregistered(record: JournalRecord): Device {
  return {
    id: record.deviceId,
    kind: record.kind,
    name: record.deviceId,
    siteId: null,
    spot: null,
    lng: null,
    lat: null,
    power: 'mains',
    state: 'ready',
    lastSeenAt: null,
    batteryPct: null,
    hasCredential: false,
    testedAt: null,
  }
}

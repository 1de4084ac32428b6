import { type Clock, toIso } from '../../domain/clock.ts'
import type { DeviceKind } from '../../domain/device.ts'
import type { OfflineReason, PresenceMessage } from './internal-topics.ts'

/** A page of the present list stays below 64 KB. */
const PAGE_DEVICES = 500

/** Who is connected. A device may hold more than one connection (its program and an installer's test). */
export class Presence<Connection> {
  readonly #clock: Clock
  readonly #publish: (message: PresenceMessage) => void
  readonly #devices = new Map<string, { kind: DeviceKind; connections: Set<Connection> }>()

  constructor(clock: Clock, publish: (message: PresenceMessage) => void) {
    this.#clock = clock
    this.#publish = publish
  }

  get size(): number {
    return this.#devices.size
  }

  /** Oldest first. */
  connectionsOf(deviceId: string): Connection[] {
    return [...(this.#devices.get(deviceId)?.connections ?? [])]
  }

  arrived(deviceId: string, kind: DeviceKind, connection: Connection): void {
    const device = this.#devices.get(deviceId)
    if (device) {
      device.connections.add(connection)
      return
    }
    this.#devices.set(deviceId, { kind, connections: new Set([connection]) })
    this.#publish({ type: 'online', at: toIso(this.#clock.nowMs()), deviceId, kind })
  }

  listening({ deviceId, kind }: { deviceId: string; kind: DeviceKind }): void {
    this.#publish({ type: 'listening', at: toIso(this.#clock.nowMs()), deviceId, kind })
  }

  left(deviceId: string, connection: Connection, why: OfflineReason): void {
    const device = this.#devices.get(deviceId)
    if (!device?.connections.delete(connection) || device.connections.size > 0) return
    this.#devices.delete(deviceId)
    this.#publish({ type: 'offline', at: toIso(this.#clock.nowMs()), deviceId, kind: device.kind, why })
  }

  /** Everybody, in pages; one empty page when nobody is there. */
  present(): PresenceMessage[] {
    const all = [...this.#devices].map(([deviceId, { kind }]) => ({ deviceId, kind }))
    const pages: PresenceMessage[] = []
    do {
      const devices = all.splice(0, PAGE_DEVICES)
      pages.push({ type: 'present', at: toIso(this.#clock.nowMs()), devices, last: all.length === 0 })
    } while (all.length > 0)
    return pages
  }
}

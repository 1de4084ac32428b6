import type { Socket } from 'node:net'

/** A connection as the broker sees it, with the fields that its published types hide. Its version is pinned. */
export interface EdgeClient {
  id: string
  conn: Socket
  _will?: { topic: string; payload: Buffer | string; retain: boolean }
  /** It said DISCONNECT. */
  _disconnected: boolean
}

/** What the edge itself publishes. */
export function packetOf(topic: string, message: object) {
  const payload = Buffer.from(JSON.stringify(message))
  return { cmd: 'publish' as const, topic, payload, qos: 1 as const, retain: false, dup: false }
}

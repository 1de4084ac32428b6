import type { Socket } from 'node:net'
import type { RefusalReason } from './internal-topics.ts'

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

export function addressOf(client: EdgeClient): string {
  return client.conn.remoteAddress ?? 'unknown'
}

/** 3: come again, we cannot know yet · 5: not authorised (MQTT 3.1.1 §3.2.2.3). */
export function loginError(reason: RefusalReason): Error & { returnCode: 3 | 5 } {
  return Object.assign(new Error(reason), {
    returnCode: reason === 'credentials-unavailable' ? (3 as const) : (5 as const),
  })
}

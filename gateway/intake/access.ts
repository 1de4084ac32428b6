import type { DeviceKind } from '../../domain/device.ts'
import { CENTRE_CHANNELS, DEVICE_CHANNELS, parseTopic, TOPIC_ROOT, topicOf } from '../../domain/wire/mqtt.ts'
import { CENTRE_TOPICS } from './internal-topics.ts'

/** Who is on a connection, by its credential. */
export type Identity = { type: 'device'; deviceId: string; kind: DeviceKind } | { type: 'centre' }

/**
 * Who may say what on the edge, exactly by prefix: a pattern with the user's name in it was the hole of CVE-2017-7650 (a user named `+`).
 * Pure; the edge asks it for every packet.
 */
export function mayPublish(who: Identity, topic: string, retain: boolean): 'yes' | 'foreign-topic' | 'retain' {
  const parsed = parseTopic(topic)
  if (!parsed) return 'foreign-topic'
  const channels = who.type === 'centre' ? CENTRE_CHANNELS : DEVICE_CHANNELS
  if (!channels.includes(parsed.channel)) return 'foreign-topic'
  if (who.type === 'device' && (parsed.deviceId !== who.deviceId || parsed.kind !== who.kind)) return 'foreign-topic'
  return retain && parsed.channel !== 'state' ? 'retain' : 'yes'
}

/** A device: any filter below its own prefix. The centre: everything of the contract, and what the edge tells. */
export function maySubscribe(who: Identity, filter: string): boolean {
  if (who.type === 'centre') {
    return filter.startsWith(`${TOPIC_ROOT}/`) || (CENTRE_TOPICS as readonly string[]).includes(filter)
  }
  return filter.startsWith(prefixOf(who))
}

/** Asked again for each message on its way out: a stored session may hold filters that were refused. */
export function mayReceive(who: Identity, topic: string): boolean {
  return who.type === 'centre' ? !topic.startsWith('$') : topic.startsWith(prefixOf(who))
}

/** The one topic on which a device may leave a will. */
export function willTopic(who: Identity): string | null {
  return who.type === 'device' ? topicOf(who.kind, who.deviceId, 'state') : null
}

function prefixOf(who: { deviceId: string; kind: DeviceKind }): string {
  return `${TOPIC_ROOT}/${who.kind}/${who.deviceId}/`
}

/** Whether a device that subscribes to this is told its receipts. */
export function hearsReceipts({ kind, deviceId }: { kind: DeviceKind; deviceId: string }, filter: string): boolean {
  return filter === topicOf(kind, deviceId, 'receipt') || /\/[#+]$/.test(filter)
}

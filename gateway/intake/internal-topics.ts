import type { DeviceKind } from '../../domain/device.ts'

/**
 * What the edge tells the centre (and nobody else: only user `vigil-centre` may subscribe, nobody may publish). They are not part of the
 * public contract. A new subscription is answered with the present state first, so nothing is missed while the core restarts.
 */
export const CENTRE_USER = 'vigil-centre'
export const PRESENCE_TOPIC = 'vigil/centre/presence'
export const REFUSALS_TOPIC = 'vigil/centre/refusals'
export const CONDITIONS_TOPIC = 'vigil/centre/conditions'
export const PULSE_TOPIC = 'vigil/centre/pulse'
/** All of them. */
export const CENTRE_TOPICS = [PRESENCE_TOPIC, REFUSALS_TOPIC, CONDITIONS_TOPIC, PULSE_TOPIC] as const

/** Once a second, as long as the intake's own loop goes round. */
export interface PulseMessage {
  program: string
  at: string
}

/** Presence: who is connected. `present` comes after a subscription, in pages, the last one marked. Times are RFC 3339. */
export type PresenceMessage =
  | { type: 'present'; at: string; devices: { deviceId: string; kind: DeviceKind }[]; last: boolean }
  /** A device's first connection was made. */
  | { type: 'online'; at: string; deviceId: string; kind: DeviceKind }
  /** It has subscribed to its receipts: what it was told while it was away can be told again. */
  | { type: 'listening'; at: string; deviceId: string; kind: DeviceKind }
  /** Its last connection ended, with or without a will. */
  | { type: 'offline'; at: string; deviceId: string; kind: DeviceKind; why: OfflineReason }

/** goodbye: DISCONNECT · silent: nothing for 1.5 keepalives · broken: the socket ended · refused: we closed it */
export type OfflineReason = 'goodbye' | 'silent' | 'broken' | 'refused'

export const REFUSAL_REASONS = [
  'unknown-device',
  'wrong-credential',
  'no-credential',
  'bad-name',
  'foreign-will',
  'foreign-topic',
  'foreign-subscription',
  'too-many-subscriptions',
  'half-open-qos2',
  'bad-packet',
  'retain',
  'too-large',
  'journal-failed',
  'too-many-connections',
  'slow-login',
  'credentials-unavailable',
] as const
export type RefusalReason = (typeof REFUSAL_REASONS)[number]

/** Something that was refused; the core makes a trouble of it. The same again within ten seconds is one message with a higher count. */
export interface Refusal {
  at: string
  reason: RefusalReason
  /** As the stranger named itself: at most 40 characters of [A-Za-z0-9_-], others replaced by `?`. */
  deviceId: string
  address: string
  /** In words, e.g. the topic. */
  detail: string
  count: number
}

/**
 * device-floods: it sends more than its share · cloned-device: terminals with the same credential throw each other out · journal-failed: nothing can be made
 * durable · retained-events: an external broker keeps events that somebody published as
 * retained · broker-drops: an external broker has thrown messages away
 */
export const CONDITION_CODES = [
  'device-floods',
  'cloned-device',
  'journal-failed',
  'retained-events',
  'broker-drops',
] as const

/** Something that stands at an intake; the core makes a trouble of it that is restored when it is no longer in the list. */
export interface Condition {
  code: (typeof CONDITION_CODES)[number]
  subjectKind: 'device' | 'journal' | 'broker'
  subjectId: string
  /** In words, English. */
  detail: string
  /** For the sentence on the desk. */
  facts: Record<string, string | number>
}

/** Everything that stands at one intake, at most 100; sent when it changes and every ten seconds. */
export interface ConditionsMessage {
  program: string
  at: string
  conditions: Condition[]
}

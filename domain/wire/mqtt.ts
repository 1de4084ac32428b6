import { SIGNAL_TYPES } from '../alarm.ts'
import { DEVICE_KINDS, deviceStateSchema, type DeviceKind } from '../device.ts'
import { ID_PATTERN } from '../ids.ts'
import { latSchema, lngSchema, timeSchema } from '../scalars.ts'
import { z } from '../z.ts'

/** The public MQTT contract, version 1: `vigil/1/{kind}/{deviceId}/{channel}`. */
export const TOPIC_ROOT = 'vigil/1'
/** Largest payload, bytes. A panic is under 200; 4 KiB holds a day of a tag's fixes. */
export const PAYLOAD_BYTES_MAX = 4096

export const CHANNELS = ['event', 'fix', 'state', 'beat', 'command', 'reply', 'receipt'] as const
export type Channel = (typeof CHANNELS)[number]
export const DEVICE_CHANNELS: readonly Channel[] = ['event', 'fix', 'state', 'beat', 'reply']
export const CENTRE_CHANNELS: readonly Channel[] = ['command', 'receipt']

export interface Topic {
  kind: DeviceKind
  deviceId: string
  channel: Channel
}

export function topicOf(kind: DeviceKind, deviceId: string, channel: Channel): string {
  return `${TOPIC_ROOT}/${kind}/${deviceId}/${channel}`
}

/** Null for anything that is not exactly a topic of this contract (wildcards, other roots, wrong ids). */
export function parseTopic(text: string): Topic | null {
  const parts = text.split('/')
  if (parts.length !== 5 || parts[0] !== 'vigil' || parts[1] !== '1') return null
  const [, , kind, deviceId, channel] = parts as [string, string, string, string, string]
  if (!(DEVICE_KINDS as readonly string[]).includes(kind)) return null
  if (!ID_PATTERN.test(deviceId)) return null
  if (!(CHANNELS as readonly string[]).includes(channel)) return null
  return { kind: kind as DeviceKind, deviceId, channel: channel as Channel }
}

export const eventPayloadSchema = z.looseObject({
  id: z.string().min(1).max(64),
  type: z.enum(SIGNAL_TYPES),
  at: timeSchema.optional(),
  lng: lngSchema.optional(),
  lat: latSchema.optional(),
})
export type EventPayload = z.infer<typeof eventPayloadSchema>

export const fixPayloadSchema = z.looseObject({
  at: timeSchema,
  lng: lngSchema,
  lat: latSchema,
  speedMps: z.number().min(0).max(150).optional(),
  bearingDeg: z.number().min(0).max(360).optional(),
  accuracyM: z.number().min(0).max(100_000).optional(),
  status: z.looseObject({ hired: z.boolean().optional(), acc: z.boolean().optional() }).optional(),
})
export type FixPayload = z.infer<typeof fixPayloadSchema>

export const statePayloadSchema = z.looseObject({ state: deviceStateSchema })
export const beatPayloadSchema = z.looseObject({
  batteryPct: z.number().min(0).max(100).optional(),
  rssiDbm: z.number().min(-200).max(20).optional(),
  uptimeS: z.number().min(0).optional(),
})
export type BeatPayload = z.infer<typeof beatPayloadSchema>

/** Names in the spirit of JT/T 808: 0x8202 track, 0x8801 snapshot, 0x8203 confirm, 0x8400 call-back, 0x8300 message. */
export const COMMAND_NAMES = ['track', 'snapshot', 'confirm', 'call-back', 'message', 'order'] as const
export const commandPayloadSchema = z.looseObject({
  id: z.string().min(1).max(64),
  name: z.enum(COMMAND_NAMES),
  args: z.record(z.string(), z.unknown()).optional(),
  expiresAt: timeSchema,
})
export type CommandPayload = z.infer<typeof commandPayloadSchema>

/** Args of `track`: report every `intervalS` for `forS` seconds. */
export interface TrackArgs {
  intervalS: number
  forS: number
}

/** Args of `order`: what a patrol's terminal shows and drives to. */
export interface OrderArgs {
  assignmentId: string
  incidentId: string
  incidentNumber: string
  type: string
  placeName: string
  lng: number
  lat: number
  etaS: number | null
  /** `[lng, lat]` along the roads, from the patrol to the scene. */
  route: [number, number][]
}

/**
 * A patrol's terminal answers an order with one `reply` per step, `id` = the command's id:
 * `{"id","ok":true,"body":{"assignmentId","step":"accept"|"en-route"|"on-scene"|"clear"}}` or
 * `{"id","ok":false,"body":{"assignmentId","step":"decline","reason"}}`.
 */
export const replyPayloadSchema = z.looseObject({
  id: z.string().min(1).max(64),
  ok: z.boolean(),
  body: z.record(z.string(), z.unknown()).optional(),
})
export type ReplyPayload = z.infer<typeof replyPayloadSchema>

export const RECEIPT_STAGES = ['stored', 'shown', 'acknowledged', 'dispatched', 'arrived', 'closed'] as const
export type ReceiptStage = (typeof RECEIPT_STAGES)[number]
export const receiptPayloadSchema = z.looseObject({
  /** Id of the event that this answers. */
  id: z.string(),
  stage: z.enum(RECEIPT_STAGES),
  alarmId: z.string().optional(),
})
export type ReceiptPayload = z.infer<typeof receiptPayloadSchema>

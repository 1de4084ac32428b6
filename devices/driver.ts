import type { SIGNAL_TYPES } from '../domain/alarm.ts'
import type { DeviceKind } from '../domain/device.ts'
import type { BeatPayload, FixPayload } from '../domain/wire/mqtt.ts'

export type SignalType = (typeof SIGNAL_TYPES)[number]

/** What a device has said on its `event` channel, in the words of the domain. */
export interface Reading {
  type: SignalType
  /** The device's own clock, ms since 1970; null when it told none or an unreadable one. Never orders anything. */
  takenAtMs: number | null
  /** Both or neither, WGS-84 degrees. */
  lng: number | null
  lat: number | null
  /** Percent, when the message says so. */
  batteryPct: number | null
}

/**
 * `eventId`: the device's own id of the event, which makes a repetition of the same message one signal forever. Null when the
 * message has none that can be used; the bytes then stand for themselves.
 */
export type Decoded =
  { readable: true; eventId: string; reading: Reading } | { readable: false; eventId: string | null; reason: string }

/** What a kind of device can do, for the installer's screen. */
export interface Abilities {
  /** Types it can send; others are still taken. */
  signals: readonly SignalType[]
  /** Sends fixes, so that its place moves. */
  moves: boolean
  /** Reports its battery. */
  battery: boolean
  /** Understands these commands. */
  commands: readonly ('track' | 'snapshot' | 'confirm' | 'call-back' | 'message' | 'order')[]
}

/**
 * The one contract between a vendor's bytes and the centre. Pure: no MQTT, no clock, no state. A new device is one file that
 * exports one `Driver`, and a captured message in `fixtures/`.
 */
export interface Driver {
  kind: DeviceKind
  vendor: string
  model: string
  abilities: Abilities
  /** Never throws: what cannot be read is an answer too. */
  decodeEvent(raw: Uint8Array): Decoded
  /** One fix or several, oldest first; null when not one of them can be read. */
  decodeFixes(raw: Uint8Array): FixPayload[] | null
  /** Null when it cannot be read. */
  decodeBeat(raw: Uint8Array): BeatPayload | null
}

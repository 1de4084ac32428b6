import { toIso, type Clock } from '../../domain/clock.ts'
import type { SIGNAL_TYPES } from '../../domain/alarm.ts'
import type { CommandPayload, ReceiptPayload, ReceiptStage } from '../../domain/wire/mqtt.ts'
import type { DeviceLink } from './device-link.ts'

const BEAT_MS = 30_000

/** A one-key button on the wall: beats, presses, and shows by its light how far the centre is. */
export class PanicButton {
  readonly link: DeviceLink
  /** The last receipt, which a real button would show as a light. */
  light: ReceiptStage | null = null
  #clock: Clock
  #startedMs: number
  #nextBeatMs: number
  #presses = 0
  #random: () => number

  constructor(link: DeviceLink, clock: Clock, random: () => number) {
    this.link = link
    this.#clock = clock
    this.#random = random
    this.#startedMs = clock.nowMs()
    this.#nextBeatMs = this.#startedMs + random() * 5000
  }

  step(): void {
    const nowMs = this.#clock.nowMs()
    if (nowMs < this.#nextBeatMs) return
    this.#nextBeatMs = nowMs + BEAT_MS
    this.link.send('beat', {
      rssiDbm: -50 - Math.round(this.#random() * 25),
      uptimeS: Math.round((nowMs - this.#startedMs) / 1000),
    })
  }

  press(type: (typeof SIGNAL_TYPES)[number] = 'panic'): string {
    const nowMs = this.#clock.nowMs()
    const id = `p${++this.#presses}-${nowMs.toString(36)}`
    this.link.send('event', { id, type, at: toIso(nowMs) }, { qos: 1 })
    return id
  }

  hear(receipt: ReceiptPayload): void {
    this.light = receipt.stage
  }

  /** A button has nothing to do for the centre, but it says that it heard. */
  obey(command: CommandPayload): void {
    this.link.send('reply', { id: command.id, ok: true }, { qos: 1 })
  }
}

import { randomInt } from 'node:crypto'
import type { Clock } from '../../../domain/clock.ts'
import { senderReport } from '../rtp/sender-report.ts'
import type { ViewerWire } from '../rtsp/viewer-wire.ts'
import type { SoundTrack } from './sound-track.ts'

const REPORT_EVERY_MS = 5_000
/** Later than this (the machine slept) sound is left out instead of sent in a burst. */
const LAG_MS_MAX = 1_500

/** Sends a camera's sound to one viewer. Its own timer: few cameras have a microphone. */
export class SoundSender {
  readonly ssrc = randomInt(0xffff_ffff)
  packets = 0
  octets = 0
  readonly #track: SoundTrack
  readonly #wire: ViewerWire
  readonly #clock: Clock
  readonly #cname: string
  readonly #baseTicks = randomInt(0xffff_ffff)
  #sequence = randomInt(0x1_0000)
  #timer: NodeJS.Timeout | null = null
  #originMs = 0
  #sent = 0
  #reportAtMs = 0

  constructor(track: SoundTrack, wire: ViewerWire, clock: Clock, cameraId: string) {
    this.#track = track
    this.#wire = wire
    this.#clock = clock
    this.#cname = `${cameraId}@vigil.invalid`
  }

  play(): void {
    if (this.#timer) return
    const packetMs = this.#packetMs
    this.#originMs = this.#clock.monotonicMs() - this.#sent * packetMs
    this.#timer = setInterval(() => this.#run(), packetMs)
  }

  pause(): void {
    if (this.#timer) clearInterval(this.#timer)
    this.#timer = null
  }

  get #packetMs(): number {
    return (this.#track.packetSamples * 1000) / this.#track.rateHz
  }

  #run(): void {
    const nowMs = this.#clock.monotonicMs()
    const due = Math.floor((nowMs - this.#originMs) / this.#packetMs)
    if ((due - this.#sent) * this.#packetMs > LAG_MS_MAX) this.#sent = due
    if (nowMs >= this.#reportAtMs) this.#report(nowMs)
    for (; this.#sent < due; this.#sent++) this.#send()
  }

  #ticks(): number {
    return (this.#baseTicks + this.#sent * this.#track.packetSamples) >>> 0
  }

  #report(nowMs: number): void {
    this.#reportAtMs = nowMs + REPORT_EVERY_MS
    const wallMs = this.#clock.nowMs() - nowMs + this.#originMs + this.#sent * this.#packetMs
    this.#wire.sendReport(senderReport(this, this.#ticks(), wallMs, this.#cname))
  }

  #send(): void {
    const { payloads, payloadType } = this.#track
    const payload = payloads[this.#sent % payloads.length]!
    const head = Buffer.alloc(16)
    head[0] = 0x24
    head[1] = this.#wire.channel
    head.writeUInt16BE(12 + payload.length, 2)
    head[4] = 0x80
    head[5] = 0x80 | payloadType
    head.writeUInt16BE(this.#sequence, 6)
    head.writeUInt32BE(this.#ticks(), 8)
    head.writeUInt32BE(this.ssrc, 12)
    this.#sequence = (this.#sequence + 1) & 0xffff
    this.packets++
    this.octets += payload.length
    // Sound that a viewer does not take is lost; the next is newer.
    if (this.#wire.canTake()) this.#wire.send(Buffer.concat([head, payload]))
  }
}

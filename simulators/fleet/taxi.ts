import { toIso, type Clock } from '../../domain/clock.ts'
import type { CommandPayload } from '../../domain/wire/mqtt.ts'
import type { DeviceLink } from './device-link.ts'
import type { Roamer } from './driver.ts'

/** A terminal on watch: so often while the centre tracks it, for at most this long (JT/T 808 0x8202). */
const TRACK_INTERVAL_LEAST_S = 1
const TRACK_FOR_MOST_S = 3600

/** A taxi with a foot switch: drives by chance, takes passengers, reports its fix every 5–10 s. */
export class Taxi {
  readonly link: DeviceLink
  #clock: Clock
  #roamer: Roamer
  #random: () => number
  #isHired = false
  #nextTripMs = 0
  #nextFixMs: number
  #everyMs: number
  #trackEveryMs = 0
  #trackUntilMs = 0
  #presses = 0

  constructor(link: DeviceLink, clock: Clock, roamer: Roamer, random: () => number) {
    this.link = link
    this.#clock = clock
    this.#roamer = roamer
    this.#random = random
    this.#everyMs = 5000 + random() * 5000
    this.#nextFixMs = clock.nowMs() + random() * this.#everyMs
  }

  step(seconds: number): void {
    this.#roamer.step(seconds)
    const nowMs = this.#clock.nowMs()
    if (nowMs > this.#nextTripMs) {
      this.#isHired = !this.#isHired
      this.#nextTripMs = nowMs + (this.#isHired ? 240_000 : 120_000) * (0.5 + this.#random())
      this.#roamer.rest(8 + this.#random() * 12)
    }
    if (nowMs < this.#nextFixMs) return
    this.#nextFixMs = nowMs + (nowMs < this.#trackUntilMs ? this.#trackEveryMs : this.#everyMs)
    this.link.send('fix', this.#fix(nowMs))
  }

  #fix(nowMs: number): object {
    const { lng, lat, speedMps, bearingDeg } = this.#roamer.motion
    return {
      at: toIso(nowMs),
      lng: round(lng + (this.#random() - 0.5) * 4e-5, 7),
      lat: round(lat + (this.#random() - 0.5) * 4e-5, 7),
      speedMps: round(speedMps, 1),
      bearingDeg: round(bearingDeg, 0) % 360,
      accuracyM: 5,
      status: { hired: this.#isHired, acc: true },
    }
  }

  /** The driver's foot on the switch. */
  press(): string {
    const nowMs = this.#clock.nowMs()
    const { lng, lat } = this.#roamer.motion
    const id = `p${++this.#presses}-${nowMs.toString(36)}`
    this.link.send('event', { id, type: 'panic', at: toIso(nowMs), lng: round(lng, 7), lat: round(lat, 7) }, { qos: 1 })
    return id
  }

  obey(command: CommandPayload): void {
    if (command.name === 'track') {
      const everyS = Math.max(TRACK_INTERVAL_LEAST_S, Number(command.args?.['intervalS']) || 2)
      const forS = Math.min(TRACK_FOR_MOST_S, Number(command.args?.['forS']) || 600)
      this.#trackEveryMs = everyS * 1000
      this.#trackUntilMs = this.#clock.nowMs() + forS * 1000
      this.#nextFixMs = this.#clock.nowMs()
    }
    this.link.send('reply', { id: command.id, ok: true }, { qos: 1 })
  }
}

function round(value: number, digits: number): number {
  const scale = 10 ** digits
  return Math.round(value * scale) / scale
}

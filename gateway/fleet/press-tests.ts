import type { Clock } from '../../domain/clock.ts'
import type { Device, DeviceKind } from '../../domain/device.ts'
import type { CentreState } from '../live/centre-state.ts'
import type { EventLog } from '../live/event-log.ts'
import type { Troubles } from '../live/troubles.ts'

/** What people press; a tag or a terminal has nothing to try. */
const PRESSED: readonly DeviceKind[] = ['button', 'pendant']
const LOOK_MS = 60_000
/** A guard who tries ten buttons in a row is answered soon, and with one event. */
const AFTER_TEST_MS = 2_000
const DAY_MS = 86_400_000
const NAMES_MAX = 8
const [KIND, ID, CODE] = ['city', 'press-tests', 'untested-buttons'] as const

/** Buttons that nobody has tried for long, oldest first. Pure. @param days beyond which a test is too old */
export function untestedOf(devices: Iterable<Device>, days: number, nowMs: number): Device[] {
  const sinceMs = (device: Device) => Date.parse(device.testedAt ?? device.registeredAt ?? '')
  const old = [...devices].filter((one) => PRESSED.includes(one.kind) && nowMs - sinceMs(one) > days * DAY_MS)
  return old.sort((a, b) => sinceMs(a) - sinceMs(b))
}

/** One trouble for all buttons that nobody has tried for a month, with their number; a press of type `test` takes its button out. */
export class PressTests {
  readonly #deps: { state: CentreState; troubles: Troubles; clock: Clock; days: number }
  #timers: NodeJS.Timeout[] = []
  #soon: NodeJS.Timeout | null = null
  #told = ''
  readonly #unsubscribe: () => void

  /** @param deps `days` 0: not watched */
  constructor(deps: { state: CentreState; events: EventLog; troubles: Troubles; clock: Clock; days: number }) {
    this.#deps = deps
    this.#unsubscribe = deps.events.subscribe((event) => {
      if (event.kind !== 'device' || event.action !== 'tested') return
      this.#soon ??= setTimeout(() => {
        this.#soon = null
        void this.look()
      }, AFTER_TEST_MS)
    })
  }

  start(): void {
    this.#timers = [setInterval(() => void this.look(), LOOK_MS)]
    void this.look()
  }
  stop(): void {
    for (const timer of this.#timers) clearInterval(timer)
    if (this.#soon) clearTimeout(this.#soon)
    this.#unsubscribe()
  }

  async look(): Promise<void> {
    const { state, troubles, clock, days } = this.#deps
    const old = days === 0 ? [] : untestedOf(state.devices.values(), days, clock.nowMs())
    if (old.length === 0) {
      this.#told = ''
      return troubles.restoreNow(KIND, ID, CODE)
    }
    const names = old.slice(0, NAMES_MAX).map((device) => device.name)
    const facts = { count: old.length, days, names: names.join('、') + (old.length > NAMES_MAX ? ' …' : '') }
    const detail = `${old.length} buttons have not been tested for over ${days} days: ${facts.names}`
    if (detail === this.#told) return
    this.#told = detail
    const trouble = { subjectKind: KIND, subjectId: ID, code: CODE, detail, facts }
    await (troubles.stands(KIND, ID, CODE) ? troubles.changeNow(trouble) : troubles.raiseNow(trouble))
  }
}

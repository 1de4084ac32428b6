import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Alarm } from '../../domain/alarm.ts'
import { Timers } from '../../gateway/alarms/timers.ts'
import { button, button2, signal, startCore, take, type TestCore } from './harness.ts'

const HOUR_MS = 3_600_000
const DUE_S = [10, 15, 30, 60]
/** Twice the product's, to save sweeps; all times here are multiples of it. */
const STEP_MS = 500

let core: TestCore
let timers: Timers
beforeEach(async () => {
  core = await startCore()
  // No order is ever given here.
  timers = new Timers({
    ...core,
    recommend: () => {
      throw new Error('nobody asks')
    },
  })
})
afterEach(() => core.stop())

const press = (body: object, device = button) => take(core, [signal(body, device, core.clock.nowMs())])

/** @returns at which second which step has come, since now */
async function follow(seconds: number, deviceId = button.id): Promise<number[]> {
  const at: number[] = []
  const from = core.told.length
  let seen = from
  for (let ms = 0; ms < seconds * 1_000; ms += STEP_MS) {
    core.clock.advance(STEP_MS)
    await timers.sweep()
    for (; seen < core.told.length; seen++) {
      const event = core.told[seen]!
      const isOurs = (event.body as Partial<Alarm>).deviceId === deviceId
      if (event.action === 'escalated' && isOurs) at.push((ms + STEP_MS) / 1_000)
    }
  }
  return at
}

describe('when the clock of the machine is set', () => {
  it.each([HOUR_MS, -HOUR_MS, 5_000, -5_000, 24 * HOUR_MS])(
    'by %i ms, every escalation comes once and in its time',
    async (byMs) => {
      await press({ id: 'a', type: 'panic' })
      expect(await follow(5)).toEqual([])
      core.clock.set(byMs)
      expect(await follow(60)).toEqual(DUE_S.map((s) => s - 5))
      expect(await follow(20)).toEqual([])
    },
  )

  it('again and again, nothing is lost, early or twice', async () => {
    await press({ id: 'a', type: 'panic' })
    const at: number[] = []
    for (let second = 0; second < 70; second++) {
      core.clock.set(second % 2 === 0 ? -HOUR_MS : HOUR_MS)
      at.push(...(await follow(1)).map((s) => s + second))
    }
    expect(at).toEqual(DUE_S)
  })

  it('a press that comes before anybody has noticed has its own time', async () => {
    await press({ id: 'a', type: 'panic' })
    core.clock.set(-HOUR_MS)
    await press({ id: 'b', type: 'panic' }, button2)
    const [first, second] = [await follow(61, button2.id), core.told]
    expect(first).toEqual(DUE_S)
    expect(second.filter(({ action }) => action === 'escalated')).toHaveLength(2 * DUE_S.length)
  })
})

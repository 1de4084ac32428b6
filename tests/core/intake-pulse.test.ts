import { expect, test } from 'vitest'
import { manualClock } from '../../domain/clock.ts'
import { Metrics } from '../../domain/metrics.ts'
import { IntakePulse } from '../../gateway/fleet/intake-pulse.ts'

function watch(isDeaf = () => false) {
  const clock = manualClock()
  const standing = new Set<string>()
  const troubles = {
    raiseNow: async ({ subjectId }: { subjectId: string }) => void standing.add(await Promise.resolve(subjectId)),
    restoreNow: async (_kind: string, subjectId: string) => void standing.delete(await Promise.resolve(subjectId)),
  }
  const told: string[] = []
  const pulse: IntakePulse = new IntakePulse({
    clock,
    metrics: new Metrics(),
    troubles,
    onChange: () => told.push(pulse.word()),
    isDeaf,
  })
  const beat = (program = 'intake-1') => pulse.take({ program, at: '' })
  /** Time goes by as the watch sees it, a look each quarter of a second. */
  const wait = async (ms: number, perQuarter: () => void = () => undefined) => {
    for (let passed = 0; passed < ms; passed += 250) {
      clock.advance(250)
      perQuarter()
      pulse.look()
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { clock, pulse, standing, told, beat, wait }
}

test('an intake that is silent for three and a half seconds is away, told at once and a trouble, until it is heard again', async () => {
  const { pulse, standing, told, beat, wait } = watch()
  beat()
  await wait(3_250)
  expect(pulse.word()).toBe('ok')
  await wait(250)
  expect(pulse.word()).toBe('away')
  expect([...standing]).toEqual(['intake-1'])
  await wait(10_000)
  beat()
  expect(pulse.word()).toBe('ok')
  await wait(250)
  expect(told).toEqual(['away', 'ok'])
  expect([...standing]).toEqual([])
})

test('one of two that is silent is a part of it; one that was taken away is forgotten after an hour, the last one never', async () => {
  const { pulse, standing, beat, wait } = watch()
  beat('intake-1')
  beat('intake-2')
  await wait(4_000, () => beat('intake-2'))
  expect(pulse.word()).toBe('degraded')
  expect([...standing]).toEqual(['intake-1'])
  await wait(3_600_000, () => beat('intake-2'))
  expect(pulse.word()).toBe('ok')
  expect([...standing]).toEqual([])
  await wait(4_000_000)
  expect(pulse.word()).toBe('away')
})

test('a centre that has just started gives it the same time, and then says that there is none', async () => {
  const { pulse, told, wait } = watch()
  await wait(3_250)
  expect(pulse.word()).toBe('ok')
  await wait(500)
  expect(told).toEqual(['away'])
})

test('when we ourselves were held up, the intake is not blamed', async () => {
  const { clock, pulse, told, beat, wait } = watch()
  beat()
  await wait(1_000)
  clock.advance(30_000)
  pulse.look()
  expect(pulse.word()).toBe('ok')
  await wait(1_000, () => beat())
  expect(told).toEqual([])
  await wait(4_000)
  expect(told).toEqual(['away'])
})

test('a broker that we cannot hear says nothing about an intake that may hear it', async () => {
  let deaf = false
  const { pulse, standing, beat, wait } = watch(() => deaf)
  beat()
  deaf = true
  await wait(30_000)
  expect(pulse.word()).toBe('degraded')
  expect([...standing]).toEqual([])
  deaf = false
  await wait(3_000, () => beat())
  expect(pulse.word()).toBe('ok')
  await wait(4_000)
  expect(pulse.word()).toBe('away')
})

test('names that somebody makes up find no room', async () => {
  const { pulse, beat, wait } = watch()
  for (let i = 0; i < 100; i++) beat(`made-up-${i}`)
  await wait(4_000, () => beat('made-up-0'))
  expect(pulse.word()).toBe('degraded')
})

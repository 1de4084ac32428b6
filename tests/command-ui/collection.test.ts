import { describe, expect, it, vi } from 'vitest'
import { ANNOUNCE_EVERY_MS, Collection } from '../../command-ui/data/collection.ts'
import { manualClock } from '../../domain/clock.ts'

interface Thing {
  id: string
  value: number
}

describe('a collection', () => {
  it('is the same array until something changes', () => {
    const things = new Collection<Thing>(manualClock())
    things.reset([{ id: 'a', value: 1 }])
    const before = things.all()
    expect(things.all()).toBe(before)
    things.upsert({ id: 'a', value: 2 })
    expect(things.all()).not.toBe(before)
    expect(things.all()).toEqual([{ id: 'a', value: 2 }])
  })

  it('tells the first change at once and a storm together', () => {
    vi.useFakeTimers()
    const clock = manualClock()
    const things = new Collection<Thing>(clock)
    let told = 0
    things.subscribe(() => told++)
    for (let i = 0; i < 1000; i++) things.upsert({ id: `t${i}`, value: i })
    expect(told).toBe(1)
    clock.advance(ANNOUNCE_EVERY_MS)
    vi.advanceTimersByTime(ANNOUNCE_EVERY_MS)
    expect(told).toBe(2)
    expect(things.all()).toHaveLength(1000)
    vi.useRealTimers()
  })

  it('makes room by what may go, and never by what may not', () => {
    const things = new Collection<Thing>(manualClock(), 3, ({ value }) => value === 0)
    for (const [id, value] of [
      ['open-1', 1],
      ['closed-1', 0],
      ['open-2', 1],
      ['open-3', 1],
      ['open-4', 1],
    ] as const) {
      things.upsert({ id, value })
    }
    expect(things.all().map(({ id }) => id)).toEqual(['open-1', 'open-2', 'open-3', 'open-4'])
  })

  it('forgets a listener that has left', () => {
    const clock = manualClock()
    const things = new Collection<Thing>(clock)
    let told = 0
    const leave = things.subscribe(() => told++)
    leave()
    things.upsert({ id: 'a', value: 1 })
    expect(told).toBe(0)
  })
})

import { describe, expect, it } from 'vitest'
import { manualClock } from '../../domain/clock.ts'
import type { ReadEveryMs } from '../../streamer/read-moderation.ts'
import { ReadModeration, readEveryMs } from '../../streamer/read-moderation.ts'

interface Reader {
  reads: number
  rests: boolean
  setRests(rests: boolean): void
  readOn(): void
}
function createReader(): Reader {
  const reader: Reader = {
    reads: 0,
    rests: false,
    setRests: (rests) => {
      reader.rests = rests
    },
    readOn: () => {
      reader.reads++
    },
  }
  return reader
}

const STEP_MS = 50

/** Moderation without a timer of its own: `run` turns the clock and calls the turns. */
function createRounds(streams = 1000) {
  const clock = manualClock()
  const moderation = new ReadModeration(clock, () => streams)
  const run = (ms: number, stepMs = STEP_MS) => {
    for (let at = 0; at < ms; at += stepMs) {
      clock.advance(stepMs)
      moderation.turn()
    }
  }
  return { moderation, run }
}

describe('rounds of reads', () => {
  it('read every stream once in its time, and spread the streams over the rounds', () => {
    const { moderation, run } = createRounds()
    const wanted: ReadEveryMs[] = [1000, 500, 250]
    const readers = wanted.map((everyMs) => ({ everyMs, own: Array.from({ length: 40 }, createReader) }))
    for (const { everyMs, own } of readers) for (const reader of own) moderation.join(reader, everyMs)
    let most = 0
    for (let i = 0; i < 100; i++) {
      const before = readers.flatMap(({ own }) => own).reduce((sum, { reads }) => sum + reads, 0)
      run(STEP_MS)
      most = Math.max(most, readers.flatMap(({ own }) => own).reduce((sum, { reads }) => sum + reads, 0) - before)
    }
    for (const { everyMs, own } of readers) for (const { reads } of own) expect(reads).toBe(5000 / everyMs)
    // 40 + 80 + 160 reads a second in twenty slots are fourteen each.
    expect(most).toBeLessThanOrEqual(3 * 14)
    moderation.stop()
  })

  it('miss nobody when the thread was busy for a while', () => {
    for (const busyMs of [120, 990, 1000, 5_000]) {
      const { moderation, run } = createRounds()
      const readers = Array.from({ length: 20 }, createReader)
      for (const reader of readers) moderation.join(reader, 1000)
      run(busyMs * 3, busyMs)
      run(1000)
      for (const { reads } of readers)
        expect(reads, `${busyMs} ms`).toBeGreaterThanOrEqual(1 + Math.min(3, (busyMs * 3) / 1000 - 1))
      expect(moderation.counts.lateSlots).toBeGreaterThan(0)
      moderation.stop()
    }
  })

  it('let a reader go that is wanted at once', () => {
    const { moderation, run } = createRounds()
    const reader = createReader()
    expect(moderation.leave(reader)).toBe(false)
    moderation.join(reader, 250)
    moderation.join(reader, 500)
    expect(reader.rests).toBe(true)
    expect(moderation.everyMs(reader)).toBe(500)
    expect(moderation.size).toBe(1)
    expect(moderation.leave(reader)).toBe(true)
    expect(reader.rests).toBe(false)
    run(2000)
    expect(reader.reads).toBe(0)
    expect(moderation.size).toBe(0)
  })

  it('are held only where there are many streams', () => {
    expect(createRounds(9).moderation.isOn).toBe(false)
    expect(createRounds(900).moderation.isOn).toBe(true)
  })
})

describe('how often an unwatched stream is read', () => {
  it('goes from often to seldom, and never so seldom that its bytes do not fit', () => {
    const steps = (bytesPerS: number) => {
      const list: (ReadEveryMs | null)[] = [null]
      for (let i = 0; i < 4; i++) list.push(readEveryMs(bytesPerS, list.at(-1)!))
      return list.slice(1)
    }
    expect(steps(50_000)).toEqual([250, 500, 1000, 1000])
    expect(steps(250_000)).toEqual([250, 500, 500, 500])
    expect(steps(900_000)).toEqual([250, 250, 250, 250])
    expect(steps(3_000_000)).toEqual([null, null, null, null])
  })

  it('follows a stream that becomes wider', () => {
    expect(readEveryMs(600_000, 1000)).toBe(250)
    expect(readEveryMs(3_000_000, 1000)).toBeNull()
  })
})

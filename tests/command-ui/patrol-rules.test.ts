import { expect, test } from 'vitest'
import type { Assignment } from '../../domain/assignment.ts'
import { toIso } from '../../domain/clock.ts'
import { HOLD_MS, nextEntry, retryAfterMs, verdictOf, type Entry } from '../../command-ui/patrol/entries.ts'
import { fixOf, type PlaceReading } from '../../command-ui/patrol/own-place.ts'
import { isOver, nextStep, stateWithTaps } from '../../command-ui/patrol/pending.ts'
import { fittedSize } from '../../command-ui/patrol/shrink-photo.ts'

const T = 1_790_000_000_000
const base = { userId: 'u', assignmentId: 'a', tappedAtMs: T, notBeforeMs: T, tries: 0 }
const step = (seq: number, step: 'accept' | 'en-route' | 'on-scene' | 'clear' | 'decline', more = {}): Entry => ({
  ...base,
  seq,
  id: `t${seq}`,
  kind: 'step',
  step,
  ...more,
})
const photo = (seq: number, tries: number): Entry => ({ ...base, seq, id: `p${seq}`, kind: 'photo', tries })

test('taps go in the order of the finger; a photo that failed lets them pass, and is not forgotten', () => {
  expect(nextEntry([], T)).toBeNull()
  expect(nextEntry([step(1, 'accept'), step(2, 'en-route')], T)).toMatchObject({ entry: { seq: 1 } })
  expect(nextEntry([photo(1, 0), step(2, 'on-scene')], T)).toMatchObject({ entry: { seq: 1 } })
  expect(nextEntry([photo(1, 1), photo(2, 0), step(3, 'on-scene')], T)).toMatchObject({ entry: { seq: 3 } })
  expect(nextEntry([photo(1, 1), photo(2, 0)], T)).toMatchObject({ entry: { seq: 1 } })
})

test('a held tap waits, and what came after it too; a clock that was set back holds nothing for an hour', () => {
  const held = step(1, 'clear', { notBeforeMs: T + HOLD_MS })
  expect(nextEntry([held, step(2, 'accept')], T + 1000)).toEqual({ waitMs: HOLD_MS - 1000 })
  expect(nextEntry([held], T + HOLD_MS)).toMatchObject({ entry: { seq: 1 } })
  expect(nextEntry([held], T - 3_600_000)).toMatchObject({ entry: { seq: 1 } })
})

test('a refusal is for good, everything else is tried again, ever slower and within bounds', () => {
  for (const status of [400, 403, 404, 409, 410, 413, 422]) expect(verdictOf(status)).toBe('never')
  for (const status of [0, 408, 429, 500, 502, 503, 504]) expect(verdictOf(status)).toBe('again')
  expect(verdictOf(401)).toBe('signed-out')
  expect(retryAfterMs(1, () => 0)).toBe(1000)
  expect(retryAfterMs(3, () => 1)).toBeGreaterThan(retryAfterMs(1, () => 1))
  for (const failures of [1, 5, 50, 5000]) expect(retryAfterMs(failures, () => 1)).toBeLessThanOrEqual(30_000)
})

test('the crew sees its taps at once, never a step back, and nothing of another order', () => {
  const ordered = { id: 'a', state: 'ordered' } as Assignment
  expect(stateWithTaps(ordered, [step(1, 'accept'), step(2, 'en-route')])).toBe('enRoute')
  expect(stateWithTaps({ ...ordered, state: 'onScene' }, [step(1, 'accept')])).toBe('onScene')
  expect(stateWithTaps(ordered, [{ ...step(1, 'accept'), assignmentId: 'b' }])).toBe('ordered')
  expect(stateWithTaps({ ...ordered, state: 'cancelled' }, [step(1, 'clear')])).toBe('cancelled')
  expect(isOver(stateWithTaps(ordered, [step(1, 'decline')]))).toBe(true)
  const way = ['ordered', 'accepted', 'enRoute', 'onScene', 'cleared'] as const
  expect(way.map(nextStep)).toEqual(['accept', 'en-route', 'on-scene', 'clear', null])
})

test('a place becomes a fix: one a second, by the centre’s clock, with a speed even where the phone tells none', () => {
  const reading = (ms: number, lng: number, speed: number | null = null): PlaceReading => ({
    timestamp: T + ms,
    coords: { longitude: lng, latitude: 22.7, accuracy: 4, speed, heading: null },
  })
  const first = fixOf(null, reading(0, 114.3), 0)!
  expect(first).toEqual({ at: toIso(T), lng: 114.3, lat: 22.7, speedMps: 0, accuracyM: 4 })
  expect(fixOf(first, reading(900, 114.3), 0)).toBeNull()
  // 0.0001° of longitude are 10.3 m at this latitude: 37 km/h, not standing.
  expect(fixOf(first, reading(1000, 114.3001), 0)!.speedMps).toBeCloseTo(10.3, 0)
  expect(fixOf(first, reading(1000, 114.3001, 3), 0)!.speedMps).toBe(3)
  expect(fixOf(first, reading(60_000, 114.4), 0)!.speedMps).toBe(0)
  expect(fixOf(null, reading(5000, 114.3), 5000)!.at).toBe(toIso(T))
  const turned = { ...reading(2000, 114.3), coords: { ...reading(0, 114.3).coords, heading: 359.7 } }
  expect(fixOf(first, turned, 0)!.bearingDeg).toBe(0)
})

test('a photo is at most 1,600 px and keeps its shape', () => {
  expect(fittedSize(4032, 3024)).toEqual({ widthPx: 1600, heightPx: 1200 })
  expect(fittedSize(3024, 4032)).toEqual({ widthPx: 1200, heightPx: 1600 })
  expect(fittedSize(640, 480)).toEqual({ widthPx: 640, heightPx: 480 })
  expect(fittedSize(10_000, 1)).toEqual({ widthPx: 1600, heightPx: 1 })
})

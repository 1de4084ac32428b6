import { expect, test } from 'vitest'
import { arrivalStart, watchArrival, type ArrivalFix } from '../../domain/arrival.ts'

function arrives(fixes: [s: number, distanceM: number, speedMps: number, jump?: boolean][]): boolean {
  let watch = arrivalStart
  for (const [s, distanceM, speedMps, jump = false] of fixes) {
    const fix: ArrivalFix = { distanceM, speedMps, takenAtMs: 1_790_000_000_000 + s * 1000, jump }
    watch = watchArrival(watch, fix)
  }
  return watch.arrived
}

test('arrived is near and slow for ten seconds: not by one fix, not by a jump, not by driving past', () => {
  expect(
    arrives([
      [0, 50, 1],
      [5, 40, 0],
      [10, 45, 0],
    ]),
  ).toBe(true)
  expect(
    arrives([
      [0, 50, 1],
      [9, 40, 0],
    ]),
  ).toBe(false)
  expect(arrives([[0, 5, 0]])).toBe(false)
  expect(
    arrives([
      [0, 5, 0, true],
      [20, 5, 0, true],
    ]),
  ).toBe(false)
  expect(
    arrives([
      [0, 50, 12],
      [5, 10, 12],
      [10, 50, 12],
    ]),
  ).toBe(false)
  expect(
    arrives([
      [0, 50, 1],
      [5, 50, 8],
      [10, 50, 1],
      [15, 50, 1],
    ]),
  ).toBe(false)
})

test('a minute without a fix begins the stay again, and a place beyond 60 m does not begin one', () => {
  expect(
    arrives([
      [0, 50, 0],
      [70, 50, 0],
    ]),
  ).toBe(false)
  expect(
    arrives([
      [0, 50, 0],
      [70, 50, 0],
      [80, 50, 0],
    ]),
  ).toBe(true)
  expect(
    arrives([
      [0, 50, 0],
      [70, 80, 0],
      [80, 80, 0],
      [90, 80, 0],
    ]),
  ).toBe(false)
})

test('a fix that wanders between 60 and 90 m does not end a stay, and cannot begin one', () => {
  expect(
    arrives([
      [0, 55, 1],
      [5, 80, 1],
      [10, 85, 1],
    ]),
  ).toBe(true)
  expect(
    arrives([
      [0, 80, 1],
      [10, 80, 1],
      [20, 80, 1],
    ]),
  ).toBe(false)
  expect(
    arrives([
      [0, 55, 1],
      [5, 95, 1],
      [10, 55, 1],
    ]),
  ).toBe(false)
})

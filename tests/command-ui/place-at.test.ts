import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fixBefore, placeAt } from '../../command-ui/replay/place-at.ts'
import type { Trail } from '../../domain/fix.ts'

const point = (atMs: number, lng: number): Trail['points'][number] => [atMs, lng, 30, 10, 90]

describe('where a patrol was', () => {
  it('is on the straight line between two fixes', () => {
    expect(placeAt([point(0, 100), point(10_000, 101)], 2_500)?.at).toEqual([100.25, 30])
  })

  it('is nowhere before its first fix, and where it was last known after the last one', () => {
    const points = [point(1_000, 100), point(2_000, 101)]
    expect(placeAt(points, 999)).toBeNull()
    expect(placeAt(points, 60_000)).toEqual({ at: [101, 30], speedMps: 10, ageS: 58 })
  })

  it('stays where it was last known across a silence: the line would be a guess', () => {
    expect(placeAt([point(0, 100), point(31_000, 101)], 30_000)).toEqual({ at: [100, 30], speedMps: 10, ageS: 30 })
  })

  it('takes the fix that a walk through all of them finds', () => {
    const times = fc.array(fc.integer({ min: 0, max: 1000 })).map((all) => all.sort((a, b) => a - b))
    fc.assert(
      fc.property(times, fc.integer({ min: -10, max: 1010 }), (all, atMs) => {
        expect(
          fixBefore(
            all.map((ms) => point(ms, 0)),
            atMs,
          ),
        ).toBe(all.findLastIndex((ms) => ms <= atMs))
      }),
    )
  })
})

import { expect, it } from 'vitest'
import { camerasAhead } from '../../domain/cameras-ahead.ts'
import { M_PER_DEG_LAT, mPerDegLng } from '../../domain/geo/distance.ts'

/** Metres east and north of a place. */
const at = (id: string, east: number, north: number) => ({
  id,
  lng: 114 + east / mPerDegLng(22),
  lat: 22 + north / M_PER_DEG_LAT,
  enabled: true,
})
const street = [at('behind', -80, 0), at('next', 120, 10), at('after', 260, 0), at('far', 2_000, 0)]
const taxi = (east: number, speedMps = 12, bearingDeg = 90) => ({ ...at('taxi', east, 0), speedMps, bearingDeg })

it('what it comes to comes first, what lies behind last, and what is far not at all', () => {
  expect(camerasAhead(street, taxi(0), [], 6)).toEqual(['next', 'after', 'behind'])
  expect(camerasAhead(street, taxi(0, 12, 270), [], 6)[0]).toBe('behind')
  expect(camerasAhead(street, taxi(0), [], 2)).toEqual(['next', 'after'])
})

it('one that has been passed gives way, one that is nearly as good stays', () => {
  expect(camerasAhead(street, taxi(70), ['next', 'after'], 2)[0], 'it is still before it').toBe('next')
  expect(camerasAhead(street, taxi(70), [], 2)[0], 'who had not shown it would begin with the one after').toBe('after')
  expect(camerasAhead(street, taxi(140), ['next', 'after'], 2)[0]).toBe('after')
})

it('of a vehicle that stands, or does not say where it goes, the nearest', () => {
  expect(camerasAhead(street, taxi(-60, 0), [], 1)).toEqual(['behind'])
  expect(camerasAhead(street, { ...taxi(-60), bearingDeg: null }, [], 1)).toEqual(['behind'])
  expect(camerasAhead([{ ...street[0]!, enabled: false }, street[1]!], taxi(-60, 0), [], 6)).toEqual(['next'])
})

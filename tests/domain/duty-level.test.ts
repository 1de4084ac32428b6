import { expect, test } from 'vitest'
import { zoneAtLevel } from '../../domain/duty-level.ts'
import type { Zone } from '../../domain/zone.ts'
import { zone } from '../core/harness.ts'

test('a zone keeps its own goal where a level says nothing, and wartime falls back on special', () => {
  expect(zoneAtLevel(zone, 'wartime')).toBe(zone)
  const strict: Zone = { ...zone, goals: { special: 120 }, minPatrols: { normal: 2, wartime: 5 } }
  expect(zoneAtLevel(strict, 'normal')).toMatchObject({ goalS: 180, minPatrolsNow: 2 })
  expect(zoneAtLevel(strict, 'special')).toMatchObject({ goalS: 120, minPatrolsNow: 2 })
  expect(zoneAtLevel(strict, 'wartime')).toMatchObject({ goalS: 120, minPatrolsNow: 5 })
  expect(zoneAtLevel({ ...strict, goals: { wartime: 60 } }, 'special').goalS).toBe(180)
})

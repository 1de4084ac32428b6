import { describe, expect, it } from 'vitest'
import { cameraThen } from '../../command-ui/replay/picture-then.ts'
import { destination } from '../../domain/geo/distance.ts'
import type { Trail } from '../../domain/fix.ts'
import type { CameraRecording } from '../../domain/recording.ts'

const BEGAN_MS = Date.parse('2026-11-26T08:00:00Z')
const SCENE: [number, number] = [114.3, 22.7]
const iso = (s: number) => new Date(BEGAN_MS + s * 1000).toISOString()
/** Kept from one second to another, of a camera so many metres east of the scene. */
function recording(cameraId: string, ...runs: [number, number][]): CameraRecording {
  const kept = runs.map(([from, to]) => ({ fromAt: iso(from), toAt: iso(to) }))
  return { cameraId, fromAt: iso(0), untilAt: iso(150), isRunning: false, kept, gaps: [], bytes: 1, playlist: '/x' }
}
const placeOf = (id: string) => {
  const [lng, lat] = destination(...SCENE, 90, Number(id))
  return { lng, lat }
}
/** East at 10 m/s, a fix every two seconds. */
const points = [...Array(60).keys()].map((i): Trail['points'][number] => {
  const [lng, lat] = destination(...SCENE, 90, i * 20)
  return [BEGAN_MS + i * 2_000, lng, lat, 10, 90]
})
const trail = { vehicleId: 'taxi-1', from: iso(0), to: iso(120), truncated: false, points }

describe('the camera to look through', () => {
  const then = (all: CameraRecording[], s: number, shown: string | null, of: Trail | null = null) =>
    cameraThen(all, placeOf, of, BEGAN_MS + s * 1000, shown)

  it('is the best that has kept the moment', () => {
    const all = [recording('0', [0, 40], [60, 150]), recording('50', [0, 150])]
    expect(then(all, 10, null)).toBe('0')
    expect(then(all, 50, '0'), 'while the best has a hole').toBe('50')
    expect(then(all, 70, '50')).toBe('0')
  })

  it('stays where nobody has kept it, and is one with pictures at the beginning', () => {
    const all = [{ ...recording('0'), playlist: null }, recording('50', [20, 30])]
    expect(then(all, 0, null)).toBe('50')
    expect(then(all, 40, '0')).toBe('0')
    expect(then([], 0, null)).toBeNull()
  })

  it('goes with the vehicle that called, camera by camera, each once', () => {
    const all = [recording('0', [-30, 150]), recording('400', [10, 90]), recording('800', [40, 120])]
    const seen: string[] = []
    for (let s = 0; s < 100; s++) {
      const id = then(all, s, seen.at(-1) ?? null, trail)!
      if (id !== seen.at(-1)) seen.push(id)
    }
    expect(seen).toEqual(['0', '400', '800'])
  })
})

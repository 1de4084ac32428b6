import { describe, expect, it } from 'vitest'
import { destination } from '../../domain/geo/distance.ts'
import { slewTo } from '../../domain/slew.ts'

const camera = { ptz: true, lng: 114.05, lat: 22.55, bearingDeg: 90, rangeM: 100 }
const sceneAt = (bearing: number, distance: number) => destination(camera.lng, camera.lat, bearing, distance)

describe('turning to a scene', () => {
  it.each([
    ['straight ahead', 90, 90, 0],
    ['a quarter to the right', 90, 180, 0.5],
    ['a quarter to the left', 90, 0, -0.5],
    ['over north, the short way', 350, 20, 30 / 180],
    ['over north, back', 10, 340, -30 / 180],
  ])('%s', (_name, home, scene, pan) => {
    const slew = slewTo({ ...camera, bearingDeg: home }, sceneAt(scene, 50))!
    expect(slew.pan).toBeCloseTo(pan, 3)
    expect(slew).toMatchObject({ zoom: 0, bearingDeg: scene, distanceM: 50 })
  })

  it('never leaves the space of the camera, and always looks where it says, whichever way it hangs', () => {
    let visited = 0
    for (let home = 0; home <= 360; home += 15) {
      for (let scene = 0; scene < 360; scene += 7) {
        const slew = slewTo({ ...camera, bearingDeg: home }, sceneAt(scene, 40))!
        expect(Math.abs(slew.pan)).toBeLessThanOrEqual(1)
        const looks = (((home + slew.pan * 180) % 360) + 360) % 360
        expect(Math.min(Math.abs(looks - scene), 360 - Math.abs(looks - scene))).toBeLessThan(0.01)
        visited++
      }
    }
    expect(visited).toBe(25 * 52)
  })

  it('looks further down the nearer the scene is', () => {
    const tilts = [5, 20, 50, 95].map((distance) => slewTo(camera, sceneAt(10, distance))!.tilt)
    expect(tilts[0]).toBeCloseTo(-0.5, 2)
    expect(tilts).toEqual([...tilts].sort((a, b) => a - b))
    expect(Math.max(...tilts)).toBeLessThan(0)
  })

  it('is not turned where it cannot see, or nobody knows where it looks', () => {
    expect(slewTo(camera, sceneAt(10, 101))).toBeNull()
    expect(slewTo(camera, sceneAt(10, 2))).toBeNull()
    expect(slewTo({ ...camera, bearingDeg: null }, sceneAt(10, 50))).toBeNull()
    expect(slewTo({ ...camera, ptz: false }, sceneAt(10, 50))).toBeNull()
  })
})

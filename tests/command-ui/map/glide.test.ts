import { describe, expect, test } from 'vitest'
import { EXTRAPOLATE_MAX_S, FADE_S, Glides } from '../../../command-ui/map/glide.ts'
import type { GlideFix } from '../../../command-ui/map/glide.ts'
import { seeded } from '../../support/seeded.ts'

const fixAt = (x: number, y: number, takenAtS: number, speedMps = 10, bearingDeg = 90): GlideFix => ({
  x,
  y,
  speedMps,
  bearingDeg,
  takenAtS,
})
const out = new Float64Array(2)
const placeAt = (glides: Glides, index: number, nowS: number): [number, number] => {
  glides.placeAt(index, nowS, out)
  return [out[0]!, out[1]!]
}

describe('gliding dots', () => {
  test('a new dot stands at its fix', () => {
    const glides = new Glides(4, 100)
    const index = glides.add(7, fixAt(50, -20, 99), 0, 100)
    expect(placeAt(glides, index, 100)).toEqual([50, -20])
    expect(placeAt(glides, index, 160)).toEqual([50, -20])
  })

  test('a dot arrives at its fix and then runs on for three seconds at most', () => {
    const glides = new Glides(4, 0)
    const index = glides.add(7, fixAt(0, 0, 0), 0, 0)
    glides.moveTo(index, fixAt(10, 0, 1), 1)
    expect(placeAt(glides, index, 2)[0]).toBeCloseTo(10, 3)
    expect(placeAt(glides, index, 4)[0]).toBeCloseTo(30, 3)
    expect(placeAt(glides, index, 2 + EXTRAPOLATE_MAX_S)[0]).toBeCloseTo(40, 3)
    expect(placeAt(glides, index, 60)[0]).toBeCloseTo(40, 3)
    expect(glides.movingUntilS).toBeCloseTo(2 + EXTRAPOLATE_MAX_S, 5)
  })

  test('a car that stops does not run on', () => {
    const glides = new Glides(4, 0)
    const index = glides.add(7, fixAt(0, 0, 0), 0, 0)
    glides.moveTo(index, fixAt(10, 0, 1, 0), 1)
    expect(placeAt(glides, index, 30)[0]).toBeCloseTo(10, 3)
  })

  test('whatever fixes come, a dot never jumps unless the receiver did', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = seeded(seed)
      const glides = new Glides(4, 0)
      let nowS = 0
      let x = 0
      let y = 0
      const index = glides.add(1, fixAt(0, 0, 0), 0, 0)
      for (let step = 0; step < 40; step++) {
        const waitS = 0.4 + random() * 11
        nowS += waitS
        const speed = random() * 25
        const bearing = random() * 360
        x += Math.sin((bearing * Math.PI) / 180) * speed * waitS
        y += Math.cos((bearing * Math.PI) / 180) * speed * waitS
        const before = placeAt(glides, index, nowS)
        glides.moveTo(index, fixAt(x, y, nowS - 0.3, speed, bearing), nowS)
        const after = placeAt(glides, index, nowS)
        expect(Math.hypot(after[0] - before[0], after[1] - before[1]), `seed ${seed}`).toBeLessThan(0.01)
        const end = placeAt(glides, index, nowS + 30)
        expect(Math.hypot(end[0] - x, end[1] - y), `seed ${seed}`).toBeLessThan(25 * EXTRAPOLATE_MAX_S + 1)
      }
    }
  })

  test('steady driving with a fix every ten seconds is shown at a steady speed', () => {
    const glides = new Glides(4, 0)
    const index = glides.add(1, fixAt(0, 0, 0, 12), 0, 0)
    for (let n = 1; n <= 6; n++) glides.moveTo(index, fixAt(n * 120, 0, n * 10, 12), n * 10)
    const steps: number[] = []
    for (let s = 60; s < 70; s += 0.5) steps.push(placeAt(glides, index, s + 0.5)[0] - placeAt(glides, index, s)[0])
    expect(Math.min(...steps)).toBeGreaterThan(5)
    expect(Math.max(...steps)).toBeLessThan(7)
  })

  test('a late fix that is older than the last one is left out', () => {
    const glides = new Glides(4, 0)
    const index = glides.add(1, fixAt(0, 0, 10), 0, 10)
    glides.moveTo(index, fixAt(500, 0, 8), 11)
    expect(placeAt(glides, index, 20)).toEqual([0, 0])
  })

  test('the same fix told again does not begin the glide anew', () => {
    const glides = new Glides(4, 0)
    const index = glides.add(1, fixAt(0, 0, 0), 0, 0)
    glides.moveTo(index, fixAt(20, 0, 2), 2)
    const expected = placeAt(glides, index, 3)
    glides.moveTo(index, fixAt(20, 0, 2.04), 2.5)
    expect(placeAt(glides, index, 3)).toEqual(expected)
  })

  test('a receiver that jumps across the town is shown as a jump, not as a drive through houses', () => {
    const glides = new Glides(4, 0)
    const index = glides.add(1, fixAt(0, 0, 0), 0, 0)
    glides.moveTo(index, fixAt(4000, 0, 1), 1)
    expect(placeAt(glides, index, 1)).toEqual([4000, 0])
  })

  test('removing a dot leaves every other where it was', () => {
    const glides = new Glides(2, 0)
    for (let key = 0; key < 50; key++) glides.add(key, fixAt(key, key * 2, 0), key % 3, 0)
    for (let key = 0; key < 50; key += 3) glides.remove(key)
    glides.remove(999)
    for (let key = 0; key < 50; key++) {
      const index = glides.indexOf(key)
      if (key % 3 === 0) expect(index).toBe(-1)
      else {
        expect(glides.keyAt(index)).toBe(key)
        expect(placeAt(glides, index, 5)).toEqual([key, key * 2])
      }
    }
    expect(glides.count).toBe(33)
  })

  test('after a day on duty places and ages are still exact', () => {
    const glides = new Glides(4, 0)
    const index = glides.add(1, fixAt(0, 0, 0), 0, 0)
    for (let s = 5; s <= 86_400; s += 5) {
      glides.rebase(s)
      glides.moveTo(index, fixAt((s / 5) % 300, 0, s, 1), s)
    }
    expect(glides.ageS(index, 86_401)).toBeCloseTo(1, 3)
    expect(placeAt(glides, index, 86_402)[0]).toBeCloseTo((86_400 / 5) % 300, 2)
  })

  test('a dot fades in and out, and turning back in the middle does not flash', () => {
    const glides = new Glides(4, 0)
    const index = glides.add(1, fixAt(0, 0, 0), 0, 0)
    glides.setShown(index, false, 10)
    expect(glides.shownAt(index, 10 + FADE_S / 2)).toBeCloseTo(0.5, 3)
    glides.setShown(index, true, 10 + FADE_S / 2)
    expect(glides.shownAt(index, 10 + FADE_S / 2)).toBeCloseTo(0.5, 3)
    expect(glides.shownAt(index, 12)).toBe(1)
  })
})

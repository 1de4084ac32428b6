import { describe, expect, test } from 'vitest'
import { CellCounts } from '../../../command-ui/map/cell-counts.ts'
import { DirtyRows } from '../../../command-ui/map/dirty-rows.ts'
import { GLIDE_STRIDE, Glides } from '../../../command-ui/map/glide.ts'
import { seeded } from '../../support/seeded.ts'

describe('what is sent to the graphics card', () => {
  test('holds every changed row, and little else when few have changed', () => {
    for (let seed = 1; seed <= 30; seed++) {
      const random = seeded(seed)
      const rows = 1 + Math.floor(random() * 7000)
      const dirty = new DirtyRows()
      const changed = new Set(Array.from({ length: 1 + Math.floor(random() * 40) }, () => Math.floor(random() * rows)))
      for (const row of changed) dirty.mark(row)
      const sent = new Set<number>()
      let pieces = 0
      dirty.take(rows, (from, count) => {
        pieces++
        expect(from + count, `seed ${seed}`).toBeLessThanOrEqual(rows)
        for (let row = from; row < from + count; row++) sent.add(row)
      })
      expect(
        [...changed].filter((row) => !sent.has(row)),
        `seed ${seed}`,
      ).toEqual([])
      expect(pieces, `seed ${seed}`).toBeLessThanOrEqual(32)
      if (pieces > 1) expect(sent.size, `seed ${seed}`).toBeLessThanOrEqual(changed.size * 16 * 6)
      let again = 0
      dirty.take(rows, () => again++)
      expect([again, dirty.isEmpty], `seed ${seed}`).toEqual([0, true])
    }
  })

  test('a copy that takes only what is said to have changed stays the same as the rows', () => {
    const wrong: string[] = []
    for (let seed = 1; seed <= 20; seed++) {
      const random = seeded(seed)
      const glides = new Glides(8, 0)
      let copy = new Float32Array(0)
      let nowS = 0
      for (let step = 0; step < 200; step++) {
        nowS += random() * 40
        const key = Math.floor(random() * 60)
        const index = glides.indexOf(key)
        const fix = {
          x: random() * 900,
          y: random() * 900,
          speedMps: random() * 15,
          bearingDeg: random() * 360,
          takenAtS: nowS,
        }
        if (index < 0) glides.add(key, fix, 0, nowS)
        else if (random() < 0.1) glides.remove(key)
        else if (random() < 0.3) glides.setLook(index, Math.floor(random() * 3))
        else if (random() < 0.35) glides.setShown(index, random() < 0.5, nowS)
        else glides.moveTo(index, fix, nowS)
        if (random() < 0.05) glides.rebase(nowS + 4000)
        if (random() < 0.05) glides.replant((place) => place.fill(place[0]! + 5))
        if (copy.length !== glides.rows.length) {
          // As the buffer does: other rows are sent as a whole.
          copy = new Float32Array(glides.rows.length)
          glides.dirty.markAll(glides.count)
        }
        const rows = glides.rows
        const target = copy
        glides.dirty.take(glides.count, (from, count) => {
          target.set(rows.subarray(from * GLIDE_STRIDE, (from + count) * GLIDE_STRIDE), from * GLIDE_STRIDE)
        })
        const used = glides.count * GLIDE_STRIDE
        const bytesOf = (floats: Float32Array) => Buffer.from(floats.buffer, 0, used * 4)
        if (!bytesOf(copy).equals(bytesOf(rows))) wrong.push(`seed ${seed}, step ${step}`)
      }
      expect(glides.count, `seed ${seed}`).toBeGreaterThan(5)
    }
    expect(wrong).toEqual([])
  })
})

test('counts of cells are those of a map, round after round', () => {
  const cells = new CellCounts()
  for (let seed = 1; seed <= 30; seed++) {
    const random = seeded(seed)
    const count = Math.floor(random() * 9000)
    const counts = new Map<number, number>()
    cells.begin(count)
    let counted = 0
    let wrong = 0
    for (let i = 0; i < count; i++) {
      const key = Math.floor(random() * 300) * 2 ** 33 + Math.floor(random() * 40)
      const before = counts.get(key) ?? 0
      if (cells.take(key, 2) !== before < 2) wrong++
      if (before < 2) {
        counts.set(key, before + 1)
        counted++
      }
    }
    expect(wrong, `seed ${seed}`).toBe(0)
    expect(counted, `seed ${seed}`).toBe([...counts.values()].reduce((sum, n) => sum + n, 0))
  }
})

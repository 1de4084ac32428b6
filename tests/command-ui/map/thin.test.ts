import { describe, expect, test } from 'vitest'
import { rankOf, thinDots, thinGridAt } from '../../../command-ui/map/thin-dots.ts'
import type { ThinDots } from '../../../command-ui/map/thin-dots.ts'
import { boxAt, thinLabels } from '../../../command-ui/map/thin-labels.ts'
import type { LabelBox } from '../../../command-ui/map/thin-labels.ts'
import { seeded } from '../../support/seeded.ts'

function crowd(count: number, seed: number, sideM: number): ThinDots {
  const random = seeded(seed)
  const order = Array.from({ length: count }, (_, i) => i).sort((a, b) => rankOf(a) - rankOf(b))
  return {
    grid: { cellM: 400, perCell: 1, isAllNear: false },
    order,
    count,
    placeX: Float64Array.from({ length: count }, () => (random() - 0.5) * sideM),
    placeY: Float64Array.from({ length: count }, () => (random() - 0.5) * sideM),
    farness: new Float64Array(count).fill(1),
    isPinned: () => false,
    shown: new Uint8Array(count),
  }
}

describe('thinning taxis', () => {
  test('no cell of the ground shows more than its share, and none that has taxis shows none', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const dots = crowd(3000, seed, 12_000)
      const total = thinDots(dots)
      const inCell = new Map<string, { shown: number; all: number; leastRank: number; shownRank: number }>()
      for (let i = 0; i < dots.count; i++) {
        const name = `${Math.floor(dots.placeX[i]! / 400)}/${Math.floor(dots.placeY[i]! / 400)}`
        const cell = inCell.get(name) ?? { shown: 0, all: 0, leastRank: Infinity, shownRank: -1 }
        cell.all++
        cell.leastRank = Math.min(cell.leastRank, rankOf(i))
        if (dots.shown[i]) {
          cell.shown++
          cell.shownRank = rankOf(i)
        }
        inCell.set(name, cell)
      }
      for (const [name, cell] of inCell) {
        expect(cell.shown, `seed ${seed}, cell ${name}`).toBe(1)
        expect(cell.shownRank, `seed ${seed}, cell ${name}`).toBe(cell.leastRank)
      }
      expect(total, `seed ${seed}`).toBe(inCell.size)
    }
  })

  test('seven thousand taxis become a few hundred over the district', () => {
    const metresPerPx = 18
    const dots = { ...crowd(7000, 3, 14_000), grid: thinGridAt(12, metresPerPx) }
    expect(thinDots(dots)).toBeLessThan(300)
  })

  test('close by, all are shown; far behind them in a tilted view they are still thinned', () => {
    const dots = { ...crowd(2000, 4, 2000), grid: thinGridAt(17.2, 0.6) }
    expect(thinDots(dots)).toBe(2000)
    dots.farness = new Float64Array(2000).fill(8)
    expect(thinDots(dots)).toBeLessThan(1000)
  })

  test('a taxi in an emergency is shown whatever the crowd', () => {
    const dots = { ...crowd(5000, 5, 1000), isPinned: (index: number) => index === 1234 }
    thinDots(dots)
    expect(dots.shown[1234]).toBe(1)
  })

  test('the picture stays the same while nobody changes a cell', () => {
    const dots = crowd(3000, 6, 12_000)
    thinDots(dots)
    const before = [...dots.shown]
    thinDots(dots)
    expect([...dots.shown]).toEqual(before)
  })
})

describe('callsigns', () => {
  const labelsOf = (count: number, seed: number): LabelBox[] => {
    const random = seeded(seed)
    return Array.from({ length: count }, () => ({
      x: random() * 800,
      y: random() * 600,
      widthPx: 46,
      heightPx: 20,
      importance: Math.floor(random() * 4),
      side: 0,
    }))
  }
  const overlap = (a: number[], b: number[]) => a[0]! < b[2]! && a[2]! > b[0]! && a[1]! < b[3]! && a[3]! > b[1]!

  test('never lie on one another', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const labels = labelsOf(150, seed)
      const total = thinLabels(labels, 800, 600)
      const boxes = labels.filter((label) => label.side >= 0).map((label) => boxAt(label, label.side))
      expect(boxes.length, `seed ${seed}`).toBe(total)
      for (const [i, a] of boxes.entries()) {
        for (const b of boxes.slice(i + 1)) expect(overlap(a, b), `seed ${seed}`).toBe(false)
      }
    }
  })

  test('the more important one is written, the other gives way', () => {
    const at = { widthPx: 60, heightPx: 20, side: 0 }
    // Dots packed on a 12 px lattice: only the first label finds a free side, if any.
    const labels: LabelBox[] = []
    for (let i = 0; i < 100; i++)
      labels.push({ ...at, x: 300 + (i % 10) * 12, y: 300 + Math.floor(i / 10) * 12, importance: 5 })
    labels.push({ ...at, x: 300 + 9 * 12, y: 300, importance: 0 })
    thinLabels(labels, 800, 600)
    expect(labels.at(-1)!.side).toBe(0)
    expect(labels.filter((label) => label.side < 0).length).toBeGreaterThan(50)
  })

  test('a label keeps its side while there is room on it', () => {
    const label: LabelBox = { x: 400, y: 300, widthPx: 46, heightPx: 20, importance: 1, side: 2 }
    thinLabels([label], 800, 600)
    expect(label.side).toBe(2)
  })

  test('what is off the screen takes no room', () => {
    const labels = [{ x: -500, y: 10, widthPx: 46, heightPx: 20, importance: 0, side: 0 }]
    expect(thinLabels(labels, 800, 600)).toBe(0)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PageRuns } from '../../streamer/fmp4/page-runs.ts'
import { SlabPool, type Slab } from '../../streamer/fmp4/slab.ts'

const deed = fc.record({ take: fc.boolean(), pages: fc.integer({ min: 1, max: 24 }), which: fc.nat(1000) })

describe('runs of pages', () => {
  it('never overlap, and all of them come back as one', () => {
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 200 }), (deeds) => {
        const runs = new PageRuns(64)
        const owner: (number | null)[] = Array.from({ length: 64 }, () => null)
        const taken = new Map<number, number>()
        const longestFree = () =>
          Math.max(
            ...owner
              .map((o) => (o === null ? '.' : '#'))
              .join('')
              .split('#')
              .map((run) => run.length),
          )
        for (const { take, pages, which } of deeds) {
          if (take) {
            const before = longestFree()
            const first = runs.take(pages)
            expect(first >= 0).toBe(before >= pages)
            if (first < 0) continue
            expect(owner.slice(first, first + pages).every((o) => o === null)).toBe(true)
            owner.fill(first, first, first + pages)
            taken.set(first, pages)
          } else if (taken.size > 0) {
            const [first, length] = [...taken][which % taken.size]!
            const keep = which % length
            runs.give(first, keep)
            owner.fill(null, first + keep, first + length)
            if (keep > 0) taken.set(first, keep)
            else taken.delete(first)
          }
          expect(runs.largest).toBe(longestFree())
          expect(runs.freePages).toBe(owner.filter((o) => o === null).length)
        }
        for (const first of taken.keys()) runs.give(first)
        expect(runs.largest).toBe(64)
      }),
      { numRuns: 300 },
    )
  })

  it('take the shortest free run that is long enough', () => {
    const runs = new PageRuns(20)
    const [a, , b] = [runs.take(6), runs.take(2), runs.take(3), runs.take(9)]
    runs.give(a!)
    runs.give(b!)
    expect(runs.take(3)).toBe(b)
    expect(() => runs.give(b! + 1)).toThrow(/taken/)
  })
})

describe('slabs', () => {
  it('keep their bytes while they are held, and nobody else gets the memory', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ bytes: fc.integer({ min: 0, max: 300_000 }), which: fc.nat(1000) }), { maxLength: 150 }),
        (deeds) => {
          const pool = new SlabPool()
          const held: { slab: Slab; mark: number; length: number }[] = []
          deeds.forEach(({ bytes, which }, i) => {
            const slab = pool.take(bytes)
            const mark = (i % 255) + 1
            slab.bytes.fill(mark)
            const length = Math.min(bytes, which * 100)
            if (which % 3 === 0) slab.trim(length)
            held.push({ slab, mark, length: which % 3 === 0 ? length : slab.bytes.length })
            if (which % 2 === 0) held.splice(which % held.length, 1)[0]!.slab.release()
          })
          for (const { slab, mark, length } of held)
            expect(slab.bytes.subarray(0, length).every((byte) => byte === mark)).toBe(true)
          for (const { slab } of held) slab.release()
          expect(pool.usedBytes).toBe(0)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('are released once per holder', () => {
    const slab = new SlabPool().take(1)
    slab.hold()
    slab.release()
    slab.release()
    expect(() => slab.release()).toThrow(/once per holder/)
  })

  it('come from the same memory for hours: a thousand streams allocate nothing new', () => {
    const pool = new SlabPool()
    const random = fc.sample(fc.integer({ min: 30_000, max: 60_000 }), { numRuns: 4000, seed: 1 })
    const lines = Array.from({ length: 100 }, () => [] as Slab[])
    const total = () => pool.usedBytes + pool.freeBytes
    let settled = 0
    for (let second = 0; second < 200; second++) {
      lines.forEach((line, i) => {
        line.push(pool.take(random[(second * 100 + i) % random.length]!))
        if (line.length > 6) line.shift()!.release()
      })
      if (second === 20) settled = total()
    }
    expect(total()).toBeLessThanOrEqual(settled * 1.3)
    for (const line of lines) for (const slab of line) slab.release()
    // Two empty chunks wait for the next streams.
    expect(total()).toBeLessThanOrEqual(16 * 1024 * 1024)
  })
})

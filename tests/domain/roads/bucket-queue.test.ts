import { describe, expect, it } from 'vitest'
import { BucketQueue } from '../../../domain/roads/bucket-queue.ts'
import { openSearch, reverseSearch } from '../../../domain/roads/reverse-search.ts'
import { seeded } from '../../support/seeded.ts'
import { randomGraph, randomSnap } from './random-graph.ts'

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9))

describe('the queue of the searches', () => {
  it('gives back everything once, bucket by bucket, also more than it had room for', () => {
    const chance = seeded(SEED)
    const queue = new BucketQueue(4)
    for (const cutS of [100, Infinity, 0]) {
      queue.start(cutS)
      const keys = Array.from({ length: 500 }, () => chance() * Math.min(cutS, 20_000))
      for (const [i, key] of keys.entries()) queue.push(i, key)
      const seen = new Set<number>()
      const width = cutS === Infinity ? 4 : cutS / 2048
      const end = cutS === Infinity ? 2047 * 4 : Infinity
      for (let before = 0; queue.length > 0;) {
        seen.add(queue.pop())
        expect(keys[[...seen].at(-1)!], `seed ${SEED}`).toBe(queue.key)
        if (queue.key < end) expect(queue.key, `seed ${SEED}`).toBeGreaterThanOrEqual(before - width)
        before = queue.key
      }
      expect(seen.size).toBe(500)
    }
  })

  it('keeps nothing of a search that was left before its end', () => {
    const queue = new BucketQueue()
    queue.start(10)
    for (const [item, key] of [[1, 3], [2, 5], [3, 9]] as const) queue.push(item, key) // prettier-ignore
    expect([queue.isDoneTo(2), queue.isDoneTo(4), queue.pop(), queue.isDoneTo(4)]).toEqual([true, false, 1, true])
    queue.start(20)
    expect([queue.length, queue.isDoneTo(20)]).toEqual([0, true])
    queue.push(7, 1)
    expect([queue.pop(), queue.key, queue.length]).toEqual([7, 1, 0])
  })
})

it('a search in steps knows at each step all times up to there, and in the end all', () => {
  let steps = 0
  for (let round = 0; round < 200; round++) {
    const chance = seeded(SEED + round)
    const graph = randomGraph(chance)
    if (graph.edgeCount === 0) continue
    const scene = randomSnap(graph, chance)
    const whole = reverseSearch(graph, scene, { cutS: 500 })
    const open = openSearch(graph, scene, { cutS: 500 })
    for (let untilS = 0; untilS <= 500; untilS += 20 + chance() * 100) {
      open.settle(untilS)
      steps++
      for (let j = 0; j < graph.junctionCount; j++) {
        const known = open.timeS[j]!
        if (whole.timeS[j]! <= untilS) expect(known, `seed ${SEED + round}`).toBe(whole.timeS[j])
        else expect(known, `seed ${SEED + round}`).toBeGreaterThanOrEqual(whole.timeS[j]!)
      }
    }
    open.settle(500)
    expect(open.timeS, `seed ${SEED + round}`).toEqual(whole.timeS)
    expect(open.lengthM, `seed ${SEED + round}`).toEqual(whole.lengthM)
  }
  expect(steps).toBeGreaterThan(400)
})

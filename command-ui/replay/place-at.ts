import type { Trail } from '../../domain/fix.ts'
import type { LngLat } from '../../domain/scalars.ts'

type Point = Trail['points'][number]

export interface PlaceThen {
  at: LngLat
  speedMps: number
  /** Since the newest fix before that moment, seconds. */
  ageS: number
}

/** As the centre counts a silence. Across a longer one the place stays where it was last known. */
const SILENCE_MS = 30_000

/** Index of the newest fix not after that moment; −1: none. Price: log n. */
export function fixBefore(points: readonly Point[], atMs: number): number {
  let [low, high] = [0, points.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (points[middle]![0] <= atMs) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** Where it was, between two fixes on the straight line. @returns null before its first fix */
export function placeAt(points: readonly Point[], atMs: number): PlaceThen | null {
  const i = fixBefore(points, atMs)
  const before = points[i]
  if (!before) return null
  const after = points[i + 1]
  const ageS = (atMs - before[0]) / 1000
  if (!after || after[0] - before[0] > SILENCE_MS) return { at: [before[1], before[2]], speedMps: before[3], ageS }
  const share = (atMs - before[0]) / (after[0] - before[0])
  const between = (from: number, to: number) => from + (to - from) * share
  return { at: [between(before[1], after[1]), between(before[2], after[2])], speedMps: before[3], ageS }
}

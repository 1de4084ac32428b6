import type { LngLat } from '../../domain/scalars.ts'

/** One degree of a great circle, metres. */
const DEGREE_M = 111_195

/** The point at a share (0–1) of a line's length, for a label that sits on the road. Lengths by the flat-earth rule: a district is small. */
export function pointAlong(line: readonly LngLat[], share: number): LngLat | null {
  const first = line[0]
  if (!first) return null
  const squeeze = Math.cos((first[1] * Math.PI) / 180)
  const lengthOf = (i: number) => Math.hypot((line[i]![0] - line[i - 1]![0]) * squeeze, line[i]![1] - line[i - 1]![1])
  let total = 0
  for (let i = 1; i < line.length; i++) total += lengthOf(i)
  let left = total * share
  for (let i = 1; i < line.length; i++) {
    const length = lengthOf(i)
    if (left <= length && length > 0) {
      const u = left / length
      const a = line[i - 1]!
      const b = line[i]!
      return [a[0] + (b[0] - a[0]) * u, a[1] + (b[1] - a[1]) * u]
    }
    left -= length
  }
  return line[line.length - 1] ?? first
}

/** Length of a line, metres, by the flat-earth rule. */
export function lengthM(line: readonly LngLat[]): number {
  const squeeze = Math.cos(((line[0]?.[1] ?? 0) * Math.PI) / 180)
  let degrees = 0
  for (let i = 1; i < line.length; i++) {
    degrees += Math.hypot((line[i]![0] - line[i - 1]![0]) * squeeze, line[i]![1] - line[i - 1]![1])
  }
  return degrees * DEGREE_M
}

/** West, south, east, north of many points; null without any. */
export function boundsOf(points: Iterable<LngLat>): [number, number, number, number] | null {
  let west = Infinity
  let south = Infinity
  let east = -Infinity
  let north = -Infinity
  for (const [lng, lat] of points) {
    west = Math.min(west, lng)
    east = Math.max(east, lng)
    south = Math.min(south, lat)
    north = Math.max(north, lat)
  }
  return west <= east ? [west, south, east, north] : null
}

/** The same box with a share of its width and height added on each side. */
export function widened(box: [number, number, number, number], share: number): [number, number, number, number] {
  const [west, south, east, north] = box
  const dx = (east - west) * share
  const dy = (north - south) * share
  return [west - dx, south - dy, east + dx, north + dy]
}

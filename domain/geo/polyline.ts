import type { LngLat } from '../scalars.ts'
import { bearingDeg, M_PER_DEG_LAT, mPerDegLng, nearDistanceM } from './distance.ts'

/** Length of a line in metres. */
export function lineLengthM(line: readonly LngLat[]): number {
  let total = 0
  for (let i = 1; i < line.length; i++) {
    total += nearDistanceM(line[i - 1]![0], line[i - 1]![1], line[i]![0], line[i]![1])
  }
  return total
}

/**
 * The place `alongM` metres from the start of a line, and the direction of the line there. Clamped to its ends.
 * @param line at least one point
 */
export function pointAlong(line: readonly LngLat[], alongM: number): { lng: number; lat: number; bearingDeg: number } {
  let leftM = Math.max(0, alongM)
  let [lng, lat] = line[0]!
  let bearing = 0
  for (let i = 1; i < line.length; i++) {
    const [aLng, aLat] = line[i - 1]!
    const [bLng, bLat] = line[i]!
    const lengthM = nearDistanceM(aLng, aLat, bLng, bLat)
    if (lengthM === 0) continue
    bearing = bearingDeg(aLng, aLat, bLng, bLat)
    const share = Math.min(1, leftM / lengthM)
    lng = aLng + (bLng - aLng) * share
    lat = aLat + (bLat - aLat) * share
    if (leftM <= lengthM) break
    leftM -= lengthM
  }
  return { lng, lat, bearingDeg: bearing }
}

/** Fewer points, none of the dropped ones further than `toleranceM` from the line that stays (Douglas–Peucker). */
export function simplifyLine(line: readonly LngLat[], toleranceM: number): LngLat[] {
  if (line.length <= 2) return line.slice()
  const kx = mPerDegLng(line[0]![1])
  const keep = new Uint8Array(line.length)
  keep[0] = keep[line.length - 1] = 1
  const stack: [number, number][] = [[0, line.length - 1]]
  for (let span = stack.pop(); span; span = stack.pop()) {
    const [first, last] = span
    let worst = -1
    let worstM = toleranceM
    for (let i = first + 1; i < last; i++) {
      const offM = offSegmentM(line[i]!, line[first]!, line[last]!, kx)
      if (offM > worstM) {
        worstM = offM
        worst = i
      }
    }
    if (worst < 0) continue
    keep[worst] = 1
    stack.push([first, worst], [worst, last])
  }
  return line.filter((_, i) => keep[i] === 1)
}

function offSegmentM(p: LngLat, a: LngLat, b: LngLat, kx: number): number {
  const px = (p[0] - a[0]) * kx
  const py = (p[1] - a[1]) * M_PER_DEG_LAT
  const bx = (b[0] - a[0]) * kx
  const by = (b[1] - a[1]) * M_PER_DEG_LAT
  const lengthSq = bx * bx + by * by
  const share = lengthSq === 0 ? 0 : Math.max(0, Math.min(1, (px * bx + py * by) / lengthSq))
  return Math.hypot(px - share * bx, py - share * by)
}

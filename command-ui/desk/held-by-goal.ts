import type { Coverage } from '../../domain/recommendation.ts'

/** Zones with the same promise together, weighted by the length of their roads, the strictest first. */
export function heldByGoal(coverage: Coverage): { goalS: number; share: number }[] {
  const byGoal = new Map<number, { km: number; coveredKm: number }>()
  for (const zone of coverage.zones) {
    const sum = byGoal.get(zone.goalS) ?? { km: 0, coveredKm: 0 }
    sum.km += zone.roadKm
    sum.coveredKm += zone.roadKm * zone.share
    byGoal.set(zone.goalS, sum)
  }
  return [...byGoal]
    .map(([goalS, { km, coveredKm }]) => ({ goalS, share: km > 0 ? coveredKm / km : 0 }))
    .sort((a, b) => a.goalS - b.goalS)
}

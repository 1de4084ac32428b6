import { systemClock, toIso } from '../../domain/clock.ts'
import type { PatrolNow } from '../../domain/patrol.ts'
import type { Candidate, Recommendation } from '../../domain/recommendation.ts'

/** Who could go, in the words of the contract: 1+2, one with an old fix, one that could be diverted. */
export function madeUpRecommendation(
  incidentId: string,
  place: { lng: number; lat: number },
  patrols: readonly PatrolNow[],
  sent: number,
): Recommendation {
  const free = patrols.filter((patrol) => patrol.status === 'free').slice(0, 7)
  const sendable = free.map((patrol, i): Candidate => {
    const from: [number, number] = [patrol.lng!, patrol.lat!]
    const to: [number, number] = [place.lng, place.lat]
    return {
      patrolId: patrol.id,
      callsign: patrol.callsign,
      status: patrol.status,
      etaS: 96 + i * 41,
      etaSpreadS: i === 2 ? 18 : 2,
      distanceM: 780 + i * 520,
      insideGoal: 96 + i * 41 <= 180,
      fixAgeS: i === 2 ? 44 : 1 + i,
      canBeSent: true,
      reasons:
        i === 0 ? ['fastest-by-road', 'inside-goal'] : ['slower-by-road', ...(i === 2 ? ['stale-fix' as const] : [])],
      route: i < 5 ? [from, [to[0], from[1]], to] : null,
    }
  })
  const others = patrols
    .filter((patrol) => patrol.status !== 'free')
    .map((patrol): Candidate => ({
      patrolId: patrol.id,
      callsign: patrol.callsign,
      status: patrol.status,
      etaS: 75,
      etaSpreadS: 2,
      distanceM: 610,
      insideGoal: true,
      fixAgeS: 3,
      canBeSent: false,
      reasons: [patrol.status === 'off' ? 'off-duty' : 'already-assigned'],
      route: null,
    }))
  const planned = sendable.slice(0, Math.max(0, 3 - sent))
  const support = planned.slice(sent === 0 ? 1 : 0)
  for (const candidate of support) candidate.role = 'support'
  if (sent === 0 && sendable[0]) sendable[0].role = 'first'
  const busy = others.find(({ reasons }) => reasons.includes('already-assigned'))
  if (busy) {
    const other = { assignmentId: 'a-9', incidentId: 'i-9', number: '20261121-0009', priority: 3 }
    busy.divert = { ...other, gainS: 75, costS: 240, leavesNobody: true }
  }
  return {
    plan: {
      level: 1,
      wanted: 3,
      sent,
      first: sent === 0 ? (sendable[0]?.patrolId ?? null) : null,
      support: support.map(({ patrolId }) => patrolId),
      shortfalls: [{ why: 'outside-goal', patrols: 1 }],
    },
    incidentId,
    at: toIso(systemClock.nowMs()),
    goalS: 180,
    zoneId: 'zone-2',
    sceneOffRoadM: 12,
    candidates: [...sendable, ...others],
    chosen: sendable[0]?.patrolId ?? null,
    shortfall: null,
    circles: [],
    computedInMs: 9.4,
  }
}

import type { Patrol, PatrolStatus } from './patrol.ts'
import type { Candidate, DivertOffer } from './recommendation.ts'
import { reverseSearch, type SearchSpace } from './roads/reverse-search.ts'
import type { RoadGraph } from './roads/graph.ts'
import type { Snap, Snapper } from './roads/snap.ts'

/** What a patrol is on its way to. */
export interface BusyWith {
  assignmentId: string
  incidentId: string
  number: string
  priority: number
  scene: { lng: number; lat: number }
  /** Who else has an open order there. */
  otherPatrolIds: readonly string[]
}

/** Taking a car from somebody is for a gain that is worth the radio traffic. */
const GAIN_MIN_S = 60
/** Each offer costs a search of the other scene. */
const OFFERS_MAX = 3
const SCENE_SNAP_MAX_M = 5000
const DIVERTIBLE: readonly PatrolStatus[] = ['ordered', 'accepted', 'en-route']

export interface DivertInput {
  /** Of the incident that asks; 1 is the most urgent. */
  priority: number
  busy: ReadonlyMap<string, BusyWith>
  candidates: readonly Candidate[]
  chosen: Candidate | null
  /** Where each candidate is on the roads; null: nowhere. */
  snapOf: (patrolId: string) => Snap | null
  kindOf: (patrolId: string) => Patrol['kind']
  /** Seconds of a way for that kind of patrol. */
  secondsOf: (kind: Patrol['kind'], eta: { etaS: number; distanceM: number }) => number
  graph: RoadGraph
  snap: Snapper
  space: SearchSpace
  cutS: number
}

/**
 * Patrols that are on their way to something less urgent and would be here a minute sooner than the best free one, with what it would cost
 * the other incident: how much later its next patrol would be there. Nobody is taken from a scene where it has arrived. Price: one search
 * for each offer, at most three.
 */
export function offerDiverts(input: DivertInput): Map<string, DivertOffer> {
  const { candidates, chosen, busy, priority } = input
  const bestS = chosen ? lateS(chosen) : Infinity
  const offers = new Map<string, DivertOffer>()
  const eligible = candidates
    .filter((candidate) => {
      const other = busy.get(candidate.patrolId)
      if (!other || other.priority <= priority || !DIVERTIBLE.includes(candidate.status)) return false
      return candidate.etaS !== null && bestS - lateS(candidate) >= GAIN_MIN_S
    })
    .sort((a, b) => lateS(a) - lateS(b))
    .slice(0, OFFERS_MAX)
  for (const candidate of eligible) {
    const other = busy.get(candidate.patrolId)!
    const { assignmentId, incidentId, number, otherPatrolIds } = other
    offers.set(candidate.patrolId, {
      assignmentId,
      incidentId,
      number,
      priority: other.priority,
      gainS: bestS === Infinity ? null : Math.round(bestS - lateS(candidate)),
      costS: costOf(input, candidate, other),
      leavesNobody: otherPatrolIds.length === 0,
    })
  }
  return offers
}

/** How much later somebody is at the other scene; null: nobody else could come. */
function costOf(input: DivertInput, candidate: Candidate, other: BusyWith): number | null {
  const { graph, snap, space, cutS, snapOf, kindOf, secondsOf } = input
  const scene = snap(other.scene.lng, other.scene.lat, SCENE_SNAP_MAX_M)
  if (!scene) return null
  const search = reverseSearch(graph, scene, { cutS, space })
  const secondsFrom = (patrolId: string): number => {
    const from = snapOf(patrolId)
    const eta = from && search.etaFrom(from)
    return eta ? secondsOf(kindOf(patrolId), eta) : Infinity
  }
  const free = input.candidates.filter((one) => one.canBeSent && one !== input.chosen).map((one) => one.patrolId)
  const nextS = [...free, ...other.otherPatrolIds].reduce((least, id) => Math.min(least, secondsFrom(id)), Infinity)
  const ownS = secondsFrom(candidate.patrolId)
  if (nextS === Infinity) return null
  return ownS === Infinity ? 0 : Math.max(0, Math.round(nextS - ownS))
}

function lateS({ etaS, etaSpreadS }: Candidate): number {
  return etaS === null ? Infinity : etaS + etaSpreadS
}

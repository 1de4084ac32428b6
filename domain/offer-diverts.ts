import { nearDistanceM } from './geo/distance.ts'
import type { Patrol, PatrolStatus } from './patrol.ts'
import type { Candidate, DivertOffer } from './recommendation.ts'
import { openSearch, type Eta, type OpenSearch, type SearchSpace } from './roads/reverse-search.ts'
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
/** More is a list that nobody reads while somebody waits. */
const OFFERS_MAX = 3
/** How far a search of the other scene goes at first, and how much further each time when nobody was found. */
const FIRST_S = 60
const FURTHER = 1.6
/** A place is snapped and a line of road is measured to parts in ten thousand. */
const LINE_SHARE = 0.99
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
  secondsOf: (kind: Patrol['kind'], eta: Eta) => number
  graph: RoadGraph
  snap: Snapper
  space: SearchSpace
  cutS: number
}

/**
 * Patrols that are on their way to something less urgent and would be here a minute sooner than the best free one, with what it would cost
 * the other incident: how much later its next patrol would be there. Nobody is taken from a scene where it has arrived. Price: for each
 * offer, at most three, a search of the other scene that ends where its next patrol is found; with one patrol in forty free that is a
 * fortieth of the district. None when nobody else could go.
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
  const { graph, snap, space, cutS, kindOf } = input
  const free = input.candidates.filter((one) => one.canBeSent && one !== input.chosen).map((one) => one.patrolId)
  const place = (id: string): Placed[] => {
    const at = input.snapOf(id)
    return at ? [{ kind: kindOf(id), at }] : []
  }
  const next = [...free, ...other.otherPatrolIds].flatMap(place)
  const scene = next.length === 0 ? null : snap(other.scene.lng, other.scene.lat, SCENE_SNAP_MAX_M)
  if (!scene) return null
  const search = openSearch(graph, scene, { cutS, space })
  let untilS = Math.min(FIRST_S, cutS)
  for (;;) {
    search.settle(untilS)
    const found = nearestOf(input, search, next, untilS)
    const [own] = place(candidate.patrolId).map((from) => timeOf(input, search, from, untilS))
    const isKnown = found.leastS <= found.atLeastS && (!own || own.isFinal || own.s >= found.leastS)
    if (isKnown || untilS >= cutS) {
      if (found.leastS === Infinity) return null
      return own?.isFinal ? Math.max(0, Math.round(found.leastS - own.s)) : 0
    }
    untilS = Math.min(cutS, untilS * FURTHER, found.hintS)
  }
}

interface Placed {
  kind: Patrol['kind']
  at: Snap
}

/**
 * Time of one patrol while its search has been settled to `untilS`: final, or what it takes at least. The way on foot is that of the cars, so
 * its time is final with theirs.
 */
function timeOf(
  { secondsOf }: DivertInput,
  search: OpenSearch,
  { kind, at }: Placed,
  untilS: number,
): { s: number; isFinal: boolean; hintS: number } {
  const eta = search.etaFrom(at)
  if (eta && eta.etaS <= untilS) return { s: secondsOf(kind, eta), isFinal: true, hintS: Infinity }
  const distanceM = LINE_SHARE * nearDistanceM(at.lng, at.lat, search.scene.lng, search.scene.lat)
  return { s: secondsOf(kind, { etaS: untilS, distanceM }), isFinal: false, hintS: eta?.etaS ?? Infinity }
}

/** The least final time, what all others take at least, and where to go on if that is not enough. */
function nearestOf(input: DivertInput, search: OpenSearch, placed: readonly Placed[], untilS: number) {
  const found = { leastS: Infinity, atLeastS: Infinity, hintS: Infinity }
  for (const from of placed) {
    const { s, isFinal, hintS } = timeOf(input, search, from, untilS)
    if (isFinal) found.leastS = Math.min(found.leastS, s)
    else found.atLeastS = Math.min(found.atLeastS, s)
    found.hintS = Math.min(found.hintS, hintS)
  }
  return found
}

function lateS({ etaS, etaSpreadS }: Candidate): number {
  return etaS === null ? Infinity : etaS + etaSpreadS
}

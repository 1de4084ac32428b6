import { describe, expect, it } from 'vitest'
import { choosePatrol, type ChoosePatrolInput, type PatrolPlace } from '../../domain/choose-patrol.ts'
import { manualClock } from '../../domain/clock.ts'
import { recommendationSchema } from '../../domain/recommendation.ts'
import { buildRoadGraph } from '../../domain/roads/graph.ts'
import { createSnapper } from '../../domain/roads/snap.ts'
import { TRAFFIC_SPEEDS } from '../../domain/roads/speeds.ts'
import { DEFAULT_RUN_CARDS, requirementsOf, type RunCard } from '../../domain/run-card.ts'

/** One straight road of ten kilometres to the north; 50 km/h, so a hundredth of a degree takes 80 s. */
const graph = buildRoadGraph(
  {
    junctions: [
      { id: 'south', lng: 114.2, lat: 22.6 },
      { id: 'north', lng: 114.2, lat: 22.7 },
    ],
    edges: [{ id: 'road', from: 'south', to: 'north', class: 'primary', oneway: false, shape: [] }],
  },
  TRAFFIC_SPEEDS,
)
const snap = createSnapper(graph)
const clock = manualClock()

function at(id: string, lat: number, more: Partial<PatrolPlace> = {}): PatrolPlace {
  const place = { id, callsign: id, kind: 'car', status: 'free', lng: 114.2, lat, bearingDeg: null } as const
  return { ...place, fixAtMs: clock.nowMs() - 2000, ...more }
}

const run = (patrols: number, kind: RunCard['kind'] = null, sent: PatrolPlace['kind'][] = []) => ({
  level: 1,
  requirements: [{ patrols, kind }],
  sent,
})

function choose(patrols: PatrolPlace[], more: Partial<ChoosePatrolInput>) {
  const input = { incidentId: 'I', scene: { lng: 114.2, lat: 22.6 }, goalS: 180, zoneId: 'z', circleGoalsS: [] }
  const found = choosePatrol({ ...input, patrols, declined: new Set(), graph, snap, clock, ...more })
  return recommendationSchema.parse(found)
}

describe('the run card', () => {
  it('adds up its levels, prefers a type’s own lines and never asks for nobody', () => {
    const cards: RunCard[] = [
      { type: 'any', level: 1, patrols: 1, kind: null },
      { type: 'panic', level: 1, patrols: 1, kind: null },
      { type: 'panic', level: 1, patrols: 1, kind: 'motorcycle' },
      { type: 'panic', level: 2, patrols: 2, kind: null },
    ]
    expect(requirementsOf(cards, 'panic', 1)).toEqual([
      { kind: 'motorcycle', patrols: 1 },
      { kind: null, patrols: 1 },
    ])
    expect(requirementsOf(cards, 'panic', 2).at(-1)).toEqual({ kind: null, patrols: 3 })
    expect(requirementsOf(cards, 'theft', 3)).toEqual([{ kind: null, patrols: 1 }])
    expect(requirementsOf([], 'theft', 1)).toEqual([{ kind: null, patrols: 1 }])
    expect(requirementsOf(DEFAULT_RUN_CARDS, 'duress', 1)).toEqual([{ kind: null, patrols: 3 }])
    expect(requirementsOf(DEFAULT_RUN_CARDS, 'medical', 2)).toEqual([{ kind: null, patrols: 3 }])
  })
})

describe('1+N', () => {
  it('names the fastest as the first and the next ones as support, and after the first is sent the rest', () => {
    const patrols = [at('far', 22.64), at('near', 22.605), at('middle', 22.61), at('last', 22.66)]
    const found = choose(patrols, { run: run(3) })
    expect(found.plan).toMatchObject({ wanted: 3, sent: 0, first: 'near', support: ['middle', 'far'] })
    expect(found.candidates.map(({ patrolId, role }) => [patrolId, role])).toEqual([
      ['near', 'first'],
      ['middle', 'support'],
      ['far', 'support'],
      ['last', undefined],
    ])
    // 320 s by road, the goal is 180.
    expect(found.plan!.shortfalls).toEqual([{ why: 'outside-goal', patrols: 1 }])
    const later = choose(
      patrols.map((one) => (one.id === 'near' ? { ...one, status: 'en-route' as const } : one)),
      { run: run(3, null, ['car']) },
    )
    expect(later.plan).toMatchObject({ sent: 1, first: null, support: ['middle', 'far'] })
    expect(choose(patrols, { run: run(2, null, ['car', 'car']) }).plan).toMatchObject({ support: [], shortfalls: [] })
  })

  it('says what is missing and why', () => {
    const found = choose(
      [
        at('only', 22.601),
        at('old', 22.602, { fixAtMs: clock.nowMs() - 60_000 }),
        at('mute', 22.603, { fixAtMs: null }),
        at('away', 22.2),
        at('no', 22.601),
        at('off', 22.601, { status: 'off' }),
      ],
      { run: run(5), declined: new Set(['no']) },
    )
    expect(found.plan!.support).toEqual(['old'])
    expect(found.plan!.shortfalls).toEqual([
      { why: 'not-enough', patrols: 3 },
      { why: 'no-fix', patrols: 1 },
      { why: 'unreachable', patrols: 1 },
      { why: 'declined', patrols: 1 },
      { why: 'stale', patrols: 1 },
    ])
    expect(choose([at('off', 22.6, { status: 'off' })], { run: run(2) }).plan!.shortfalls).toEqual([
      { why: 'not-enough', patrols: 2 },
      { why: 'no-candidates', patrols: 2 },
    ])
  })

  it('fills the places that ask for a kind with that kind; the first patrol is the fastest whatever it is', () => {
    const card = { level: 1, requirements: [{ patrols: 1, kind: 'motorcycle' as const }, { patrols: 1, kind: null }], sent: [] } // prettier-ignore
    const bike = at('bike', 22.64, { kind: 'motorcycle' })
    const found = choose([at('a', 22.605), at('b', 22.61), bike], { run: card })
    expect(found.plan).toMatchObject({ first: 'a', support: ['bike'] })
    const without = choose([at('a', 22.605), at('b', 22.61)], { run: card })
    expect(without.plan!.support).toEqual([])
    expect(without.plan!.shortfalls).toContainEqual({ why: 'wrong-kind', patrols: 1 })
  })
})

describe('taking a patrol from something less urgent', () => {
  const other = {
    assignmentId: 'A',
    incidentId: 'J',
    number: '1-0002',
    priority: 3,
    scene: { lng: 114.2, lat: 22.61 },
    otherPatrolIds: [],
  }
  const busy = at('busy', 22.605, { status: 'en-route' })
  const offerOf = (patrols: PatrolPlace[], priority = 1, what: Partial<typeof other> = {}) =>
    choose(patrols, {
      run: run(1),
      divert: { priority, busy: new Map([['busy', { ...other, ...what }]]) },
    }).candidates.find(({ patrolId }) => patrolId === 'busy')!.divert

  it('is offered with its gain and with what it costs the other incident', () => {
    // Free: 'far' for this scene (0.04° = 320 s), 'spare' for the other one.
    const offer = offerOf([busy, at('far', 22.64), at('spare', 22.66)])!
    expect(offer).toMatchObject({ incidentId: 'J', number: '1-0002', priority: 3, leavesNobody: true })
    expect(offer.gainS).toBeCloseTo((0.035 * 111_195) / (50 / 3.6), -1)
    // Its own way there is 0.005°, the spare one's 0.05°; the far one is going to this scene.
    expect(offer.costS).toBeCloseTo((0.045 * 111_195) / (50 / 3.6), -1)
    expect(offerOf([busy, at('far', 22.64)])!.costS).toBeNull()
    expect(offerOf([busy])!.gainS).toBeNull()
  })

  it('costs nothing when a second patrol is as near to the other scene', () => {
    const offer = offerOf([busy, at('second', 22.611, { status: 'en-route' }), at('far', 22.64)], 1, { otherPatrolIds: ['second'] as never }) // prettier-ignore
    expect(offer).toMatchObject({ costS: 0, leavesNobody: false })
  })

  it('is not offered for as urgent an incident, for a small gain, or from a scene', () => {
    expect(offerOf([busy, at('far', 22.64)], 3)).toBeUndefined()
    expect(offerOf([busy, at('far', 22.611)])).toBeUndefined()
    expect(offerOf([{ ...busy, status: 'on-scene' }, at('far', 22.64)])).toBeUndefined()
  })
})

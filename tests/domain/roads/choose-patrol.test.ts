import { describe, expect, it } from 'vitest'
import { choosePatrol, type ChoosePatrolInput, type PatrolPlace } from '../../../domain/choose-patrol.ts'
import { manualClock } from '../../../domain/clock.ts'
import { createCoverage } from '../../../domain/coverage.ts'
import { recommendationSchema } from '../../../domain/recommendation.ts'
import { buildRoadGraph } from '../../../domain/roads/graph.ts'
import { createSnapper } from '../../../domain/roads/snap.ts'
import { TRAFFIC_SPEEDS } from '../../../domain/roads/speeds.ts'
import type { Zone } from '../../../domain/zone.ts'

/** A river runs north between two straight roads; the only bridge is 1.1 km south of the scene. */
const graph = buildRoadGraph(
  {
    junctions: [
      { id: 'west-north', lng: 114.2, lat: 22.61 },
      { id: 'west-south', lng: 114.2, lat: 22.6 },
      { id: 'east-north', lng: 114.203, lat: 22.61 },
      { id: 'east-south', lng: 114.203, lat: 22.6 },
    ],
    edges: [
      { id: 'west', from: 'west-south', to: 'west-north', class: 'primary', oneway: false, shape: [] },
      { id: 'bridge', from: 'west-south', to: 'east-south', class: 'primary', oneway: false, shape: [] },
      { id: 'east', from: 'east-south', to: 'east-north', class: 'primary', oneway: false, shape: [] },
    ],
  },
  TRAFFIC_SPEEDS,
)
const snap = createSnapper(graph)
const clock = manualClock()
const nowMs = clock.nowMs()

function patrol(id: string, lng: number, lat: number, more: Partial<PatrolPlace> = {}): PatrolPlace {
  const place = { id, callsign: id, kind: 'car', status: 'free', lng, lat, bearingDeg: null } as const
  return { ...place, fixAtMs: nowMs - 2000, ...more }
}

const acrossTheRiver = patrol('across', 114.203, 22.6095)
const downTheRoad = patrol('down', 114.2, 22.603)

function choose(patrols: PatrolPlace[], more: Partial<ChoosePatrolInput> = {}) {
  const scene = { lng: 114.2, lat: 22.6095 }
  const input = {
    incidentId: 'I',
    scene,
    goalS: 180,
    zoneId: 'z',
    circleGoalsS: [60],
    patrols,
    declined: new Set<string>(),
  }
  const recommendation = choosePatrol({ ...input, graph, snap, clock, ...more })
  recommendationSchema.parse(recommendation)
  return recommendation
}

const reasonsOf = (recommendation: ReturnType<typeof choose>, id: string) =>
  recommendation.candidates.find(({ patrolId }) => patrolId === id)!.reasons

describe('choosing a patrol', () => {
  it('draws the way of who is on the way here, however many could be sent, and not of who is on the way elsewhere', () => {
    const free = Array.from({ length: 6 }, (_, i) => patrol(`free-${i}`, 114.2, 22.605 + i * 0.0005))
    const busy = ['here', 'elsewhere'].map((id) => patrol(id, 114.2, 22.601, { status: 'en-route' }))
    const found = choose([...free, ...busy], { underWay: new Set(['here']) })
    const drawn = found.candidates.filter(({ route }) => route !== null).map(({ patrolId }) => patrolId)
    expect(drawn).toHaveLength(6)
    expect(drawn.at(-1)).toBe('here')
  })

  it('sends the one that is nearest by road, not the dot across the river', () => {
    const found = choose([acrossTheRiver, downTheRoad])
    expect(found.chosen).toBe('down')
    expect(reasonsOf(found, 'down')).toEqual(['fastest-by-road', 'inside-goal'])
    expect(reasonsOf(found, 'across')).toEqual(['long-way-round', 'inside-goal', 'slower-by-road'])
    expect(found.candidates[0]!.route!.length).toBeGreaterThanOrEqual(2)
    expect(found.circles[0]!.coordinates.length).toBe(1)
    expect(found.shortfall).toBeNull()
  })

  it('says why each other was passed over', () => {
    const found = choose([
      downTheRoad,
      patrol('busy', 114.2, 22.609, { status: 'en-route' }),
      patrol('off', 114.2, 22.609, { status: 'off' }),
      patrol('broken', 114.2, 22.609, { status: 'out-of-service' }),
      patrol('silent', 114.2, 22.609, { lng: null, lat: null, fixAtMs: null }),
      patrol('at-sea', 114.5, 22.2),
      patrol('declined', 114.2, 22.609),
    ], { declined: new Set(['declined']) }) // prettier-ignore
    expect(found.chosen).toBe('down')
    expect(reasonsOf(found, 'busy')).toContain('already-assigned')
    expect(reasonsOf(found, 'off')).toContain('off-duty')
    expect(reasonsOf(found, 'broken')).toContain('out-of-service')
    expect(reasonsOf(found, 'silent')).toEqual(['no-fix'])
    expect(reasonsOf(found, 'at-sea')).toEqual(['unreachable-by-road'])
    expect(reasonsOf(found, 'declined')).toContain('declined-before')
    expect(
      found.candidates
        .map(({ patrolId }) => patrolId)
        .slice(-2)
        .sort(),
    ).toEqual(['broken', 'off'])
  })

  it('marks an old fix and lets its age count against the promise', () => {
    const old = patrol('old', 114.2, 22.6085, { fixAtMs: nowMs - 400_000 })
    const found = choose([old, downTheRoad])
    expect(found.chosen).toBe('down')
    const candidate = found.candidates.find(({ patrolId }) => patrolId === 'old')!
    expect(candidate.reasons).toContain('stale-fix')
    expect(candidate.etaSpreadS).toBe(200)
    expect(candidate.insideGoal).toBe(false)
    expect(choose([{ ...old, fixAtMs: nowMs - 30_000 }]).candidates[0]!.etaSpreadS).toBe(0)
  })

  it('passes over who did not answer, though it is free again', () => {
    const nearer = patrol('silent', 114.2, 22.609)
    expect(choose([nearer, downTheRoad]).chosen).toBe('silent')
    const found = choose([nearer, downTheRoad], { silent: new Set(['silent']) })
    expect(found.chosen).toBe('down')
    expect(reasonsOf(found, 'silent')).toContain('no-answer')
    expect(choose([nearer], { silent: new Set(['silent']) }).shortfall).toBe('no-patrol-free')
  })

  it('prefers who is on the road ahead of a moving taxi when the times are nearly the same', () => {
    const scene = { lng: 114.2, lat: 22.605 }
    const ahead = patrol('ahead', 114.2, 22.6081)
    const behind = patrol('behind', 114.2, 22.6021)
    const chosen = (more: Partial<ChoosePatrolInput>) => choose([ahead, behind], { scene, ...more })
    expect(chosen({}).chosen).toBe('behind')
    const north = chosen({ heading: { bearingDeg: 5, speedMps: 12 } })
    expect(north.chosen).toBe('ahead')
    expect(reasonsOf(north, 'ahead')).toEqual(['ahead-of-vehicle', 'inside-goal'])
    expect(reasonsOf(north, 'behind')).toEqual(['inside-goal'])
    expect(chosen({ heading: { bearingDeg: 180, speedMps: 12 } }).chosen).toBe('behind')
    expect(chosen({ heading: { bearingDeg: 5, speedMps: 0 } }).chosen).toBe('behind')
    expect(chosen({ heading: { bearingDeg: NaN, speedMps: 12 } }).chosen).toBe('behind')
    const far = choose([patrol('ahead', 114.2, 22.6095), behind], { scene, heading: { bearingDeg: 5, speedMps: 12 } })
    expect(far.chosen).toBe('behind')
    expect(reasonsOf(far, 'ahead')).toContain('ahead-of-vehicle')
  })

  it('names what is missing', () => {
    expect(choose([]).shortfall).toBe('no-patrol-free')
    expect(choose([{ ...downTheRoad, status: 'on-scene' }]).shortfall).toBe('no-patrol-free')
    expect(choose([patrol('at-sea', 114.5, 22.2)]).shortfall).toBe('none-reachable')
    expect(choose([downTheRoad], { goalS: 10 }).shortfall).toBe('none-inside-goal')
    expect(choose([downTheRoad], { goalS: null }).shortfall).toBeNull()
    const far = choose([downTheRoad], { scene: { lng: 115.2, lat: 22.6 } })
    expect([far.shortfall, far.chosen, far.sceneOffRoadM]).toEqual(['scene-off-network', null, null])
    expect(choose([downTheRoad], { declined: new Set(['down']) }).chosen).toBeNull()
  })

  it('lets officers on foot run, not drive', () => {
    const found = choose([{ ...downTheRoad, kind: 'foot' }])
    expect(found.candidates[0]!.etaS).toBeCloseTo(found.candidates[0]!.distanceM! / 2.5, 0)
  })
})

describe('the ETA of odd places', () => {
  /** A motorway north with a barrier: one carriageway each way, 20 m apart, joined only at its two ends, 5.5 km apart. */
  const motorway = buildRoadGraph(
    {
      junctions: [
        { id: 'sw', lng: 114.2, lat: 22.6 },
        { id: 'se', lng: 114.2002, lat: 22.6 },
        { id: 'nw', lng: 114.2, lat: 22.65 },
        { id: 'ne', lng: 114.2002, lat: 22.65 },
      ],
      edges: [
        { id: 'down', from: 'nw', to: 'sw', class: 'motorway', oneway: true, shape: [] },
        { id: 'up', from: 'se', to: 'ne', class: 'motorway', oneway: true, shape: [] },
        { id: 'south', from: 'sw', to: 'se', class: 'motorway_link', oneway: false, shape: [] },
        { id: 'north', from: 'nw', to: 'ne', class: 'motorway_link', oneway: false, shape: [] },
      ],
    },
    TRAFFIC_SPEEDS,
  )
  const on = { graph: motorway, snap: createSnapper(motorway) }
  const mps = 90 / 3.6

  it('a patrol on the other carriageway drives to the end and back; its bearing tells which one it is on', () => {
    const scene = { lng: 114.2002, lat: 22.63 }
    const behind = patrol('behind', 114.2001, 22.62, { bearingDeg: 0 })
    const across = patrol('across', 114.2001, 22.63, { bearingDeg: 180 })
    const found = choose([behind, across], { scene, goalS: 60, ...on })
    const etaOf = (id: string) => found.candidates.find(({ patrolId }) => patrolId === id)!.etaS!
    expect(found.chosen).toBe('behind')
    expect(etaOf('behind')).toBeCloseTo((0.01 * 111_195) / mps, 0)
    // South for 0.03°, across, and north again for 0.03°; not the 20 m that the map shows.
    expect(etaOf('across')).toBeCloseTo((0.06 * 111_195) / mps + 20.5 / (45 / 3.6), 0)
    expect(reasonsOf(found, 'across')).toEqual(['long-way-round', 'outside-goal', 'slower-by-road'])
    expect(reasonsOf(found, 'behind')).not.toContain('long-way-round')
  })

  it('both ends count only in part, in the driving direction of each', () => {
    const scene = { lng: 114.2002, lat: 22.601 }
    const past = choose([patrol('past', 114.2002, 22.602, { bearingDeg: 0 })], { scene, ...on }).candidates[0]!
    expect(past.etaS).toBeCloseTo((0.099 * 111_195) / mps + 41 / (45 / 3.6), 0)
    const short = choose([patrol('short', 114.2002, 22.6005, { bearingDeg: 0 })], { scene, ...on }).candidates[0]!
    expect(short.etaS).toBeCloseTo((0.0005 * 111_195) / mps, 0)
  })

  it('a scene in a yard 150 m off the road is reached on foot from there, and the answer says how far', () => {
    const road = choose([downTheRoad]).candidates[0]!
    const yard = choose([downTheRoad], { scene: { lng: 114.2 - 150 / 102_650, lat: 22.6095 } })
    expect(yard.sceneOffRoadM).toBeCloseTo(150, -1)
    expect(yard.candidates[0]!.etaS! - road.etaS!).toBeCloseTo(60, 0)
    const forecourt = choose([downTheRoad], { scene: { lng: 114.2 - 40 / 102_650, lat: 22.6095 } })
    expect(forecourt.candidates[0]!.etaS).toBeCloseTo(road.etaS!, 0)
  })

  it('a scene that nothing can reach is said so, and nobody is recommended', () => {
    const west = graph.edgeIds.indexOf('west')
    const closed = { ...graph, forwardS: graph.forwardS.slice(), backwardS: graph.backwardS.slice() }
    for (const edge of [west, graph.edgeIds.indexOf('bridge')])
      closed.forwardS[edge] = closed.backwardS[edge] = Infinity
    closed.partForwardS = closed.forwardS
    closed.partBackwardS = closed.backwardS
    const found = choose([acrossTheRiver], { graph: closed })
    expect([found.chosen, found.shortfall]).toEqual([null, 'none-reachable'])
    expect(reasonsOf(found, 'across')).toEqual(['unreachable-by-road'])
  })
})

describe('coverage now', () => {
  const zone = (id: string, goalS: number, west: number, east: number): Zone => ({
    id,
    name: id,
    nameEn: null,
    kind: 'busy',
    goalS,
    polygon: [[[west, 22.59], [east, 22.59], [east, 22.62], [west, 22.62], [west, 22.59]]], // prettier-ignore
  })
  const zones = [zone('west-bank', 30, 114.19, 114.2015), zone('east-bank', 30, 114.2015, 114.21)]
  const coverage = createCoverage(graph, snap, zones, clock)
  const shares = (places: { lng: number; lat: number }[]) => coverage(places).zones.map(({ share }) => share)

  it('is nothing without a free patrol and everything with one in each half', () => {
    expect(shares([])).toEqual([0, 0])
    const [west, east] = shares([
      { lng: 114.2, lat: 22.6075 },
      { lng: 114.2, lat: 22.6025 },
      { lng: 114.203, lat: 22.6075 },
      { lng: 114.203, lat: 22.6025 },
    ])
    expect(west).toBeGreaterThan(0.99)
    // 30 m in the middle of the bridge, which is the eastern bank's, stay out of reach.
    expect(east).toBeCloseTo(0.978, 2)
  })

  it('counts the metres that one patrol reaches, in both directions, once', () => {
    const [west, east] = shares([
      { lng: 114.2, lat: 22.605 },
      { lng: 114.2, lat: 22.605 },
    ])
    // 30 s at 50 km/h are 417 m to either side of the middle of 1,112 m.
    const roadM = graph.edgeLengthM[graph.edgeIds.indexOf('west')]!
    expect(west).toBeCloseTo((2 * 30 * (50 / 3.6)) / roadM, 2)
    expect(east).toBe(0)
  })
})

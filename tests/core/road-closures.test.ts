import { afterEach, beforeEach, expect, test } from 'vitest'
import { toIso } from '../../domain/clock.ts'
import type { Fault } from '../../domain/fault.ts'
import { buildRoadGraph } from '../../domain/roads/graph.ts'
import { createSnapper } from '../../domain/roads/snap.ts'
import { TRAFFIC_SPEEDS } from '../../domain/roads/speeds.ts'
import { roadClosureSchema } from '../../domain/road-closure.ts'
import { RoadClosures } from '../../gateway/dispatch/road-closures.ts'
import type { Subject } from '../../gateway/trust/policy.ts'
import { until } from './centre.ts'
import { startCore, type TestCore } from './harness.ts'

let core: TestCore
let closures: RoadClosures
const wu: Subject = { type: 'program', name: 'wu' }
function roads() {
  const road = (id: string, from: string, to: string) =>
    ({ id, from, to, class: 'primary', oneway: false, shape: [] }) as const
  const junctions = [
    { id: 'a', lng: 114.3, lat: 22.7 },
    { id: 'b', lng: 114.301, lat: 22.7 },
    { id: 'c', lng: 114.301, lat: 22.701 },
  ]
  return buildRoadGraph(
    { junctions, edges: [road('ab', 'a', 'b'), road('bc', 'b', 'c'), road('ca', 'c', 'a')] },
    TRAFFIC_SPEEDS,
  )
}
let graph = roads()
async function start() {
  graph = roads()
  const deps = { ...core, graph, snap: createSnapper(graph), roadNames: ['春风路', '', '深南路'] }
  closures = new RoadClosures(deps)
  await closures.start()
}
beforeEach(async () => {
  core = await startCore()
  await start()
})
afterEach(async () => {
  closures.stop()
  await core.stop()
})

test('a closed road is closed at once, stored, audited, on the log, and open again when ended', async () => {
  const open = graph.forwardS[0]
  const closure = await closures.add({ edgeId: 'ab', reason: '积水' }, wu, 'wu')
  roadClosureSchema.parse(closure)
  expect(closure).toMatchObject({ roadNames: ['春风路'], kmh: null, by: 'wu', edgeIds: ['ab'] })
  expect([graph.forwardS[0], graph.partForwardS[0]]).toEqual([Infinity, open])
  expect(core.told.at(-1)).toMatchObject({ kind: 'note', action: 'road-closed', subjectId: closure.id, actor: 'wu' })
  closures.stop()
  await start()
  expect(graph.forwardS[0]).toBe(Infinity)
  const ended = await closures.end(closure.id, wu, 'li')
  expect(ended).toMatchObject({ endedBy: 'li' })
  expect(graph.forwardS[0]).toBe(open)
  expect(closures.list()).toEqual([])
  const audited = await core.database.query<{ object_id: string; facts: { verb: string } }>(
    `select object_id, facts from audit where object_kind = 'road-closure' order by n`,
  )
  expect(audited.map((row) => row.facts.verb)).toEqual(['added', 'ended'])
  const again = await closures.end(closure.id, wu, 'li').catch((error: unknown) => error as Fault)
  expect(again).toMatchObject({ code: 'not-found' })
})

test('a speed holds around a place until its time is over', async () => {
  const before = graph.forwardS.slice()
  const untilAt = toIso(core.clock.nowMs() + 60_000)
  const closure = await closures.add(
    { lng: 114.301, lat: 22.7, radiusM: 20, kmh: 5, reason: '施工', until: untilAt },
    wu,
    'wu',
  )
  expect(closure.edgeIds.toSorted()).toEqual(['ab', 'bc'])
  expect(graph.forwardS[0]).toBeCloseTo(graph.edgeLengthM[0]! / (5 / 3.6), 6)
  core.clock.advance(61_000)
  await until('the roads are as before', () => closures.list().length === 0)
  expect(graph.forwardS).toEqual(before)
  expect(core.told.at(-1)).toMatchObject({ action: 'road-opened', actor: 'centre' })
})

test('what names no road is refused', async () => {
  const refused = async (write: Parameters<RoadClosures['add']>[0]) =>
    ((await closures.add(write, wu, 'wu').catch((error: unknown) => error)) as Fault).code
  expect(await refused({ edgeId: 'nowhere', reason: 'x' })).toBe('bad-request')
  expect(await refused({ lng: 115, lat: 22, reason: 'x' })).toBe('bad-request')
  expect(await refused({ edgeId: 'ab', reason: 'x', until: '2001-01-01T00:00:00Z' })).toBe('bad-request')
})

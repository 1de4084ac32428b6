import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { choosePatrol, type PatrolPlace } from '../../domain/choose-patrol.ts'
import { systemClock } from '../../domain/clock.ts'
import { createCoverage } from '../../domain/coverage.ts'
import { distanceM } from '../../domain/geo/distance.ts'
import { benchImport } from './dispatch-import.ts'
import type { BusyWith } from '../../domain/offer-diverts.ts'
import { createMoveUps } from '../../domain/move-ups.ts'
import { buildRoadGraph, type RoadGraph } from '../../domain/roads/graph.ts'
import { circleShape } from '../../domain/roads/isochrone.ts'
import { reverseSearch } from '../../domain/roads/reverse-search.ts'
import { shortestRoute } from '../../domain/roads/route.ts'
import { createSnapper, type Snapper } from '../../domain/roads/snap.ts'
import { PATROL_SPEEDS } from '../../domain/roads/speeds.ts'
import type { LngLat } from '../../domain/scalars.ts'
import { decodeRoadFile, encodeRoadFile } from '../../gateway/city/road-file.ts'
import { readCity } from '../../gateway/city/read-city.ts'
import { goalTable, type Goal } from './dispatch-goals.ts'
import { makePatrols, makeTown, makeZones, placeOnRoad } from './dispatch-network.ts'
import { seeded } from '../support/seeded.ts'
import { quantile, table } from './figures.ts'

const SEED = 20261121
/** Compiled, this lies in `dist/tests/bench`. */
const DEMO = fileURLToPath(new URL('../../../simulators/city/demo', import.meta.url))
const PATROLS = 200
const CIRCLES_S = [60, 180, 480]
const SNAP_MAX_M = 5000

/**
 * The right patrol on a district of 50,000 edges and on a province of a million: recommendation, circles, coverage, load; and in the
 * same run the usual way, the five nearest by straight line with one routed call each.
 */
export async function benchDispatch(options: readonly string[]): Promise<void> {
  const seed = Number(options.find((one) => one.startsWith('--seed='))?.slice(7) ?? SEED)
  console.log(`seed ${seed}, ${PATROLS} patrols (demo district: its own), load average ${loadText()}`)
  const goals: Goal[] = []
  await benchDemo(seeded(seed), goals)
  for (const [edges, scenes] of [
    [50_000, 300],
    [1_000_000, 60],
  ] as const) {
    // prettier-ignore
    if (edges > 100_000 && options.includes('--small')) break
    const chance = seeded(seed)
    const town = makeTown(edges, chance)
    benchOne(`${edges / 1000},000 edges`, town, scenes, PATROLS, chance, goals)
    benchImport(edges, seeded(seed))
  }
  console.log(`\n${goalTable(goals)}\n  load average at the end ${loadText()}`)
}

/** The demo district with its own roads and as many patrols as it has. */
async function benchDemo(chance: () => number, goals: Goal[]): Promise<void> {
  const { junctions, roads, patrols } = await readCity(DEMO, { layers: 'names' })
  benchOne('demo district', { junctions, edges: roads }, 300, patrols.length, chance, goals)
}

function benchOne(
  network: string,
  town: Parameters<typeof buildRoadGraph>[0],
  sceneCount: number,
  patrolCount: number,
  chance: () => number,
  goals: Goal[],
): void {
  const [built, buildMs] = timed(() => buildRoadGraph(town, PATROL_SPEEDS))
  const { graph, snap, loadS } = loadFromFile(network, built, buildMs)
  const nowMs = systemClock.nowMs()
  const patrols = makePatrols(graph, patrolCount, nowMs, chance)
  const scenes = Array.from({ length: sceneCount }, () => placeOnRoad(graph, chance))
  for (const scene of scenes.slice(0, 10)) recommend(graph, snap, patrols, scene)
  for (const scene of scenes.slice(0, 10)) recommend(graph, snap, patrols, scene, false)
  usualWay(graph, snap, patrols, scenes[0]!)
  const rows = [['milliseconds', 'n', 'p50', 'p99', 'worst', 'CPU p50', 'CPU p99']]
  const ours: (string | null)[] = []
  const ourMs = scenes.map((scene) => {
    const [found, ms] = timed(() => recommend(graph, snap, patrols, scene))
    ours.push(found.chosen)
    return ms
  })
  rows.push(line('recommendation, one search for all', ourMs))
  const plainMs = scenes.map((scene) => timed(() => recommend(graph, snap, patrols, scene, false))[1])
  rows.push(line('the same without offers of diverts', plainMs))
  const usual: ReturnType<typeof usualWay>[] = []
  const usualMs = scenes.map((scene) => {
    const [found, ms] = timed(() => usualWay(graph, snap, patrols, scene))
    usual.push(found)
    return ms
  })
  rows.push(line('usual: 5 by straight line, 5 routes', usualMs))
  const circleMs = scenes.slice(0, 60).map((scene) => timed(() => circles(graph, snap, scene))[1])
  rows.push(line(`circles of ${CIRCLES_S.join('/')} s, all three`, circleMs))
  const zones = makeZones(graph, 4)
  const [ask, zonesMs] = timed(() => createCoverage(graph, snap, zones, systemClock))
  const free = patrols.filter(({ status }) => status === 'free').map(({ lng, lat }) => ({ lng: lng!, lat: lat! }))
  ask(free)
  const coverageMs = Array.from({ length: 20 }, () => timed(() => ask(free))[1])
  rows.push(line(`coverage of ${zones.length} zones (once ${zonesMs.cpuMs.toFixed(0)} ms for a new set)`, coverageMs))
  const named = patrols
    .filter(({ status }) => status === 'free')
    .map(({ id, lng, lat }) => ({ id, lng: lng!, lat: lat! }))
  const askMoves = createMoveUps(graph, snap, zones, systemClock)
  const lossMs = Array.from({ length: 20 }, () => timed(() => askMoves(named, []))[1])
  rows.push(line('what each free patrol alone holds', lossMs))
  const posts = Array.from({ length: 24 }, () => placeOnRoad(graph, chance)).map(([lng, lat]) => ({ lng, lat }))
  const moveMs = Array.from({ length: 5 }, () => timed(() => askMoves(named, posts))[1])
  rows.push(line('the best move to one of 24 posts', moveMs))
  console.log(table(rows))
  // A province must load and answer; no number was promised for it.
  if (graph.edgeCount <= 100_000) {
    const p99 = (values: readonly Time[]) =>
      quantile(
        values.map(({ cpuMs }) => cpuMs),
        0.99,
      )
    goals.push(
      { what: 'load from the compact file, by the clock', network, atMost: 1, unit: 's', measured: loadS },
      { what: 'recommendation p99, CPU', network, atMost: 20, unit: 'ms', measured: p99(ourMs) },
      { what: 'coverage of all zones p99, CPU', network, atMost: 100, unit: 'ms', measured: p99(coverageMs) },
    )
  }
  tellWrongCars(graph, snap, patrols, scenes, ours, usual)
}

function loadFromFile(
  network: string,
  built: RoadGraph,
  buildTime: Time,
): { graph: RoadGraph; snap: Snapper; loadS: number } {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-bench-'))
  try {
    const path = join(folder, 'roads.bin')
    const edgeNames = built.edgeIds.map(() => '')
    const parts = encodeRoadFile({ key: 'bench', rest: {}, graph: built, edgeNames })
    writeFileSync(path, Buffer.concat(parts))
    const [file, loadMs] = timed(() => {
      const bytes = readFileSync(path)
      return decodeRoadFile(bytes.buffer as ArrayBuffer, 'bench')
    })
    if ('why' in file) throw new Error(`the compact file was refused: ${file.why}`)
    const [snap, snapMs] = timed(() => createSnapper(file.graph))
    const megabytes = parts.reduce((sum, part) => sum + part.byteLength, 0) / 1e6
    console.log(
      `\n${network}: ${file.graph.edgeCount} edges, ${file.graph.junctionCount} junctions: compact file ${megabytes.toFixed(1)} MB, ` +
        `load ${loadMs.ms.toFixed(0)} ms (CPU ${loadMs.cpuMs.toFixed(0)}), look-up of roads CPU ${snapMs.cpuMs.toFixed(0)} ms (building from rows: CPU ${buildTime.cpuMs.toFixed(0)} ms)`,
    )
    return { graph: file.graph, snap, loadS: (loadMs.ms + snapMs.ms) / 1000 }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function recommend(
  graph: RoadGraph,
  snap: Snapper,
  patrols: readonly PatrolPlace[],
  [lng, lat]: LngLat,
  hasDiverts = true,
) {
  const input = { incidentId: 'I', scene: { lng, lat }, goalS: 300, zoneId: null, circleGoalsS: [] }
  // As the centre asks: 1+2 by the run card, and every busy patrol on its way to something less urgent.
  const run = { level: 1, requirements: [{ patrols: 3, kind: null }], sent: [] }
  const divert = hasDiverts ? { divert: { priority: 1, busy: busyOf(patrols) } } : {}
  return choosePatrol({ ...input, run, ...divert, patrols, declined: new Set(), graph, snap, clock: systemClock })
}

const busyMaps = new WeakMap<readonly PatrolPlace[], Map<string, BusyWith>>()

/** Each busy patrol is alone on its way to where another patrol stands now. */
function busyOf(patrols: readonly PatrolPlace[]): Map<string, BusyWith> {
  const known = busyMaps.get(patrols)
  if (known) return known
  const busy = new Map<string, BusyWith>()
  for (const [i, { id, status }] of patrols.entries()) {
    if (status === 'free') continue
    const { lng, lat } = patrols[(i + 7) % patrols.length]!
    const scene = { lng: lng!, lat: lat! }
    busy.set(id, { assignmentId: id, incidentId: id, number: id, priority: 3, scene, otherPatrolIds: [] })
  }
  busyMaps.set(patrols, busy)
  return busy
}

/** Straight-line distance picks five free cars, a route planner says which of them is first. */
function usualWay(graph: RoadGraph, snap: Snapper, patrols: readonly PatrolPlace[], [lng, lat]: LngLat) {
  const to = snap(lng, lat, SNAP_MAX_M)!
  const byLine = patrols
    .filter(({ status }) => status === 'free')
    .map((patrol) => ({ patrol, lineM: distanceM(patrol.lng!, patrol.lat!, lng, lat) }))
    .sort((a, b) => a.lineM - b.lineM)
    .slice(0, 5)
    .map(({ patrol }) => {
      const from = snap(patrol.lng!, patrol.lat!, 1000)
      return { id: patrol.id, etaS: (from && shortestRoute(graph, from, to)?.etaS) ?? Infinity }
    })
  return { nearest: byLine[0]!.id, ofFive: byLine.toSorted((a, b) => a.etaS - b.etaS)[0]!.id }
}

function circles(graph: RoadGraph, snap: Snapper, [lng, lat]: LngLat): void {
  const search = reverseSearch(graph, snap(lng, lat, SNAP_MAX_M)!, { cutS: Math.max(...CIRCLES_S) })
  for (const goalS of CIRCLES_S) circleShape(search, goalS)
}

function tellWrongCars(
  graph: RoadGraph,
  snap: Snapper,
  patrols: readonly PatrolPlace[],
  scenes: readonly LngLat[],
  ours: readonly (string | null)[],
  usual: readonly { nearest: string; ofFive: string }[],
): void {
  const searches = scenes.map(([lng, lat]) => {
    const search = reverseSearch(graph, snap(lng, lat, SNAP_MAX_M)!, { cutS: 3600 })
    const times = patrols.map(
      ({ id, lng: x, lat: y }) => [id, search.etaFrom(snap(x!, y!, 1000)!)?.etaS ?? Infinity] as const,
    )
    return new Map(times)
  })
  const rows = [['another car than the fastest by road', 'share', 'mean cost', 'worst cost']]
  for (const [name, pick] of [
    ['the nearest dot', (i: number) => usual[i]!.nearest],
    ['the best of five dots, routed', (i: number) => usual[i]!.ofFive],
    ['one search for all', (i: number) => ours[i]!],
  ] as const) {
    const costsS: number[] = []
    for (const [i, times] of searches.entries()) {
      const etaS = (id: string) => times.get(id)!
      const bestS = Math.min(...patrols.filter(({ status }) => status === 'free').map(({ id }) => etaS(id)))
      costsS.push(etaS(pick(i)) - bestS)
    }
    const wrong = costsS.filter((s) => s > 0.5)
    const mean = wrong.length === 0 ? 0 : wrong.reduce((sum, s) => sum + s, 0) / wrong.length
    rows.push([
      name,
      `${((wrong.length / scenes.length) * 100).toFixed(1)} %`,
      `${mean.toFixed(0)} s`,
      `${Math.max(0, ...wrong).toFixed(0)} s`,
    ])
  }
  console.log(table(rows))
}

function loadText(): string {
  return loadavg()
    .map((x) => x.toFixed(1))
    .join(' ')
}

function line(name: string, values: readonly Time[]): string[] {
  const at = (of: keyof Time, qs: readonly number[]) => qs.map((q) => quantile(values.map((one) => one[of]), q).toFixed(1)) // prettier-ignore
  return [name, String(values.length), ...at('ms', [0.5, 0.99, 1]), ...at('cpuMs', [0.5, 0.99])]
}

/** By the clock on the wall, and what this process has used of the processors: others share this machine. */
interface Time {
  ms: number
  cpuMs: number
}

function timed<T>(work: () => T): [T, Time] {
  const cpu = process.cpuUsage()
  const startedMs = systemClock.monotonicMs()
  const result = work()
  const ms = systemClock.monotonicMs() - startedMs
  const { user, system } = process.cpuUsage(cpu)
  return [result, { ms, cpuMs: (user + system) / 1000 }]
}

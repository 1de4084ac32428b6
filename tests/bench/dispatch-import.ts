import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemClock } from '../../domain/clock.ts'
import { writePbf, type OsmNode, type OsmWay } from '../support/osm-pbf.ts'
import { makeTown } from './dispatch-network.ts'

const IMPORT = fileURLToPath(new URL('../../gateway/city/import-roads-main.js', import.meta.url))

/**
 * A map of that many roads written as `.osm.pbf` and imported by the product's own command in a process of its own: seconds and its
 * largest memory, as the kernel counted it.
 */
export function benchImport(edgesWanted: number, chance: () => number): void {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-import-'))
  try {
    const path = join(folder, 'town.osm.pbf')
    const { junctions, edges } = makeTown(edgesWanted, chance)
    const numberOf = new Map(junctions.map(({ id }, i) => [id, i + 1]))
    const nodes = function* (): Generator<OsmNode> {
      for (const [i, { lng, lat }] of junctions.entries()) yield { id: i + 1, lng, lat }
      for (const [e, { shape }] of edges.entries()) yield { id: bendOf(e), lng: shape[1]![0], lat: shape[1]![1] }
    }
    const bendOf = (edge: number) => 100_000_000 + edge
    const ways = function* (): Generator<OsmWay> {
      for (const [e, { from, to, class: highway, oneway }] of edges.entries()) {
        const refs = [numberOf.get(from)!, bendOf(e), numberOf.get(to)!]
        yield { id: e + 1, refs, tags: { highway, name: `R ${e % 5000}`, ...(oneway ? { oneway: 'yes' } : {}) } }
      }
    }
    writePbf(path, nodes(), ways())
    const startedMs = systemClock.monotonicMs()
    const done = spawnSync(process.execPath, [IMPORT, path, '--out', join(folder, 'city')], { encoding: 'utf8' })
    const seconds = (systemClock.monotonicMs() - startedMs) / 1000
    if (done.status !== 0) throw new Error(`the import failed: ${done.stderr}`)
    const megabytes = (name: string) => (statSync(join(folder, name)).size / 1e6).toFixed(0)
    const report = JSON.parse(readFileSync(join(folder, 'city', 'roads-report.json'), 'utf8')) as { roads: number }
    const rssMb = Number(/at most (\d+) MB/.exec(done.stdout)?.[1])
    console.log(
      `\nimport of ${edges.length} ways (${megabytes('town.osm.pbf')} MB .osm.pbf): ${report.roads} roads, ${megabytes('city/roads.geojson')} MB roads.geojson, ` +
        `${seconds.toFixed(1)} s, at most ${rssMb} MB of memory`,
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkCity } from '../../../domain/city/check-city.ts'
import { fromWgs84 } from '../../../domain/geo/chinese-grid.ts'
import { buildRoadGraph } from '../../../domain/roads/graph.ts'
import { PATROL_SPEEDS } from '../../../domain/roads/speeds.ts'
import type { LngLat } from '../../../domain/scalars.ts'
import { readCity } from '../../../gateway/city/read-city.ts'
import { readGeoJson, readPbf, type ReadMapOptions } from '../../../gateway/city/osm/read-map.ts'
import { writeRoads } from '../../../gateway/city/osm/write-roads.ts'
import { seeded } from '../../support/seeded.ts'
import { writePbf, type OsmNode, type OsmWay, type PbfOptions } from '../../support/osm-pbf.ts'
import { DEMO_CITY } from '../../core/centre.ts'

const SEED = Number(process.env['SEED'] ?? 20261125)
const OPTIONS: ReadMapOptions = { from: 'wgs84', bounds: null, onProgress: () => undefined }

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigil-osm-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A 4 × 4 grid of nodes 1–16, 100 m apart, row by row from the south-west. */
const nodes: OsmNode[] = Array.from({ length: 16 }, (_, i) => ({
  id: i + 1,
  lng: 114.2 + (i % 4) * 0.001,
  lat: 22.6 + Math.floor(i / 4) * 0.001,
}))
const way = (id: number, refs: number[], tags: Record<string, string>): OsmWay => ({ id, refs, tags })
const ring = way(1, [1, 2, 3, 4, 8, 12, 16, 15, 14, 13, 9, 5, 1], { highway: 'residential', name: '环路' })

interface Road {
  properties: {
    id: string
    from: string
    to: string
    class: string
    oneway?: boolean
    speedKmh?: number
    name?: string
  }
  geometry: { coordinates: LngLat[] }
}

async function imported(ways: OsmWay[], options: PbfOptions = {}, reading: Partial<ReadMapOptions> = {}, from = nodes) {
  const path = join(folder, 'extract.osm.pbf')
  writePbf(path, from, ways, options)
  const report = await writeRoads(await readPbf(path, { ...OPTIONS, ...reading }), folder)
  return { report, roads: rows() }
}

function rows(): Road[] {
  return (JSON.parse(readFileSync(join(folder, 'roads.geojson'), 'utf8')) as { features: Road[] }).features
}

describe('a map as OpenStreetMap hands it out', () => {
  it('is cut into roads where ways meet, and the city check accepts every one', async () => {
    const street = way(2, [2, 6, 10, 14], { highway: 'primary', maxspeed: '60', name: '中路', 'name:en': 'Middle Rd' })
    const { report, roads } = await imported([ring, street])
    expect(roads.map(({ properties: p }) => `${p.id} ${p.from}→${p.to} ${p.class}`)).toEqual([
      'W1-1 N1→N2 residential',
      'W1-2 N2→N14 residential',
      'W1-3 N14→N1 residential',
      'W2-1 N2→N14 primary',
    ])
    expect(roads[3]!.properties).toMatchObject({ speedKmh: 48, name: '中路', nameEn: 'Middle Rd' })
    expect(roads[0]!.properties.name).toBe('环路')
    expect(report).toMatchObject({ ways: 2, kept: 2, roads: 4, junctions: 3, oneways: 0 })
    cpSync(DEMO_CITY, join(folder, 'city'), { recursive: true })
    for (const name of ['roads.geojson', 'junctions.csv']) cpSync(join(folder, name), join(folder, 'city', name))
    const cityFile = join(folder, 'city', 'city.json')
    const head = JSON.parse(readFileSync(cityFile, 'utf8')) as object
    writeFileSync(cityFile, JSON.stringify({ ...head, centre: [114.2, 22.6], bounds: [114.1, 22.5, 114.3, 22.7] }))
    const city = await readCity(join(folder, 'city'))
    const graph = buildRoadGraph({ junctions: city.junctions, edges: city.roads }, PATROL_SPEEDS)
    expect([graph.edgeCount, graph.leftOut.edgeIds]).toEqual([4, []])
    expect(checkCity({}).problems.length).toBeGreaterThan(0)
  })

  it('is the same whether its blocks are packed or not, dense or not, on whatever grid and offset', async () => {
    const { roads } = await imported([ring])
    for (const options of [
      { packing: 'raw' },
      { plainNodes: true },
      { perBlock: 3 },
      { granularity: 1, lngOffset: -5_000_000_123, latOffset: 7_000_000_001 },
    ] satisfies PbfOptions[]) {
      expect((await imported([ring], options)).roads, JSON.stringify(options)).toEqual(roads)
    }
  })

  it('knows one-ways: said, against the drawing, implied by motorways and roundabouts, and taken back', async () => {
    const { roads } = await imported([
      ring,
      way(2, [2, 6], { highway: 'secondary', oneway: 'yes' }),
      way(3, [6, 10], { highway: 'secondary', oneway: '-1' }),
      way(4, [6, 10], { highway: 'motorway' }),
      way(5, [10, 14], { highway: 'motorway', oneway: 'no' }),
      way(6, [6, 7, 11, 10, 6], { highway: 'tertiary', junction: 'roundabout' }),
    ])
    const of = (id: string) => roads.find((road) => road.properties.id === id)!.properties
    expect(of('W2-1')).toMatchObject({ from: 'N2', to: 'N6', oneway: true })
    expect(of('W3-1')).toMatchObject({ from: 'N10', to: 'N6', oneway: true })
    expect(of('W4-1')).toMatchObject({ from: 'N6', to: 'N10', oneway: true })
    expect(of('W5-1').oneway).toBeUndefined()
    expect(of('W6-1')).toMatchObject({ from: 'N6', to: 'N10', oneway: true })
  })

  it('leaves out what no patrol car drives, and counts it by its reason', async () => {
    const { report, roads } = await imported([
      ring,
      way(2, [2, 6], { highway: 'footway' }),
      way(3, [2, 6], { highway: 'residential', access: 'private' }),
      way(4, [2, 6], { highway: 'residential', access: 'private', emergency: 'yes' }),
      way(5, [2, 6], { highway: 'residential', access: 'no', motor_vehicle: 'yes' }),
      way(6, [2, 6], { highway: 'construction' }),
      way(7, [2, 6], { building: 'yes' }),
      way(8, [2, 6], { highway: 'primary', oneway: 'reversible' }),
      way(9, [2, 6, 7, 2], { highway: 'service', area: 'yes' }),
      way(10, [2, 6], { highway: 'tertiary', maxspeed: 'CN:urban' }),
      way(11, [6, 10], { highway: 'tertiary', oneway: 'yes' }),
      way(12, [3, 900], { highway: 'tertiary' }),
      way(13, [3, 7, 900, 11, 15], { highway: 'tertiary' }),
    ])
    expect(report.leftOut).toEqual({
      'not-a-highway': 1,
      'not-for-cars': 1,
      'not-built-yet': 1,
      'no-access': 1,
      reversible: 1,
      area: 1,
    })
    expect(report).toMatchObject({ ways: 13, kept: 7, oddSpeeds: 1, outsideWays: 1, cutWays: 1 })
    // The one-way into a dead end: nobody comes back.
    expect(report.notConnected.roads).toBe(1)
    expect(roads.map(({ properties }) => properties.id)).toEqual(expect.arrayContaining(['W13-1', 'W13-2', 'W4-1']))
    expect(roads.map(({ properties }) => properties.id)).not.toContain('W11-1')
  })

  it('is clipped to the bounds and taken out of the Chinese grids on request', async () => {
    const { report, roads } = await imported([ring], {}, { bounds: [114.1, 22.5, 114.2015, 22.7] })
    expect(report.cutWays).toBe(1)
    expect(Math.max(...roads.flatMap((road) => road.geometry.coordinates.map(([lng]) => lng)))).toBeLessThan(114.2015)
    for (const from of ['gcj02', 'bd09'] as const) {
      const shifted = nodes.map(({ id, lng, lat }) => {
        const [x, y] = fromWgs84(from, [lng, lat])
        return { id, lng: x, lat: y }
      })
      const back = await imported([ring], {}, { from }, shifted)
      const [lng, lat] = back.roads[0]!.geometry.coordinates[0]!
      expect(Math.abs(lng - 114.2) + Math.abs(lat - 22.6)).toBeLessThan(1e-6)
    }
  })

  it('gives the same network from GeoJSON lines and from a shapefile’s columns', async () => {
    const street = way(2, [14, 10, 6, 2], { highway: 'primary', oneway: '-1', name: '中路' })
    const { roads } = await imported([ring, street])
    const line = ({ refs }: OsmWay) => refs.map((id) => [nodes[id - 1]!.lng, nodes[id - 1]!.lat])
    const feature = (properties: object, of: OsmWay) => ({
      type: 'Feature',
      properties,
      geometry: { type: 'LineString', coordinates: line(of) },
    })
    const path = join(folder, 'lines.geojson')
    const features = [
      feature({ fclass: 'residential', name: '环路', oneway: 'B', maxspeed: 0 }, ring),
      feature({ fclass: 'primary', name: '中路', oneway: 'T' }, street),
      { type: 'Feature', properties: { highway: 'bus_stop' }, geometry: { type: 'Point', coordinates: [114.2, 22.6] } },
    ]
    writeFileSync(path, JSON.stringify({ type: 'FeatureCollection', features }))
    const report = await writeRoads(await readGeoJson(path, OPTIONS), folder)
    expect(report.roads).toBe(4)
    expect(rows().map((road) => road.geometry.coordinates)).toEqual(roads.map((road) => road.geometry.coordinates))
    expect(rows().map((road) => road.properties.oneway)).toEqual(roads.map((road) => road.properties.oneway))
  })

  it('leaves the old roads alone when it finds none', async () => {
    const { roads } = await imported([ring])
    await expect(imported([way(1, [1, 2], { highway: 'footway' })])).rejects.toThrow(/nothing was changed/)
    await expect(imported([ring], {}, { bounds: [0, 0, 1, 1] })).rejects.toThrow(/nothing was changed/)
    expect(rows()).toEqual(roads)
    expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([])
  })

  it('reads back any network that is written, road by road', async () => {
    const chance = seeded(SEED)
    for (let round = 0; round < 20; round++) {
      const places: OsmNode[] = Array.from({ length: 40 }, (_, i) => ({
        // Ids beyond 2³² and out of order, as the planet has them.
        id: 10_000_000_000 + ((i * 7919) % 40) * 97,
        lng: 114 + Math.round(chance() * 1e6) / 1e7,
        lat: 22 + Math.round(chance() * 1e6) / 1e7,
      }))
      const ways = Array.from({ length: 25 }, (_, w) =>
        way(
          w + 1,
          Array.from({ length: 2 + Math.floor(chance() * 6) }, () => places[Math.floor(chance() * 40)]!.id),
          { highway: chance() < 0.5 ? 'residential' : 'primary', ...(chance() < 0.2 ? { oneway: 'yes' } : {}) },
        ),
      )
      const { report } = await imported(ways, { perBlock: 1 + Math.floor(chance() * 20) }, {}, places)
      // By hand: every pair of neighbours of a way is one stretch; stretches of kept roads and of those left out are all of them.
      const kept = rows().reduce((sum, road) => sum + road.geometry.coordinates.length - 1, 0)
      const all = ways.reduce((sum, { refs }) => sum + refs.filter((id, i) => i > 0 && id !== refs[i - 1]).length, 0)
      expect(kept, `seed ${SEED}, round ${round}`).toBeGreaterThan(0)
      expect(kept, `seed ${SEED}, round ${round}`).toBeLessThanOrEqual(all)
      if (report.notConnected.roads === 0) expect(kept, `seed ${SEED}, round ${round}`).toBe(all)
    }
  })

  it('is refused in plain words when it is cut off, damaged, packed otherwise or of a newer kind', async () => {
    const path = join(folder, 'bad.osm.pbf')
    const whole = () => writePbf(path, nodes, [ring])
    whole()
    truncateSync(path, readFileSync(path).length - 5)
    await expect(readPbf(path, OPTIONS)).rejects.toThrow(/middle of a block/)
    writePbf(path, nodes, [ring], { features: ['OsmSchema-V0.6', 'HistoricalInformation'] })
    await expect(readPbf(path, OPTIONS)).rejects.toThrow(/HistoricalInformation/)
    writeFileSync(path, '<osm version="0.6"></osm>')
    await expect(readPbf(path, OPTIONS)).rejects.toThrow(/block header of/)
    writeFileSync(path, '')
    await expect(readPbf(path, OPTIONS)).rejects.toThrow(/it is empty/)
    // Whatever byte is wrong: an answer or a fault in words, never a crash or an endless loop.
    const chance = seeded(SEED)
    writePbf(path, nodes, [ring], { packing: 'raw' })
    const sound = readFileSync(path)
    let refused = 0
    for (let i = 0; i < 400; i++) {
      const bad = Buffer.from(sound)
      bad[Math.floor(chance() * bad.length)] = Math.floor(chance() * 256)
      writeFileSync(path, bad)
      const found = await readPbf(path, OPTIONS).catch((error: unknown) => error)
      if (found instanceof Error) {
        refused++
        expect(found, `seed ${SEED}, round ${i}: ${found.stack}`).toMatchObject({ code: 'city-invalid' })
      }
    }
    expect(refused).toBeGreaterThan(20)
  }, 20_000)
})

const PYOSMIUM = process.env['VIGIL_TEST_PYOSMIUM'] ?? 'python3'
const hasOsmium = spawnSync(PYOSMIUM, ['-c', 'import osmium']).status === 0

describe.runIf(hasOsmium)('the files that these tests write', () => {
  it('are read by libosmium, so that reader and writer do not share a misunderstanding', () => {
    const path = join(folder, 'extract.osm.pbf')
    writePbf(path, nodes, [ring, way(-7, [2, 6], { highway: 'primary' })], { perBlock: 5 })
    const script = `
import osmium, json, sys
class H(osmium.SimpleHandler):
    def __init__(self): super().__init__(); self.n=[]; self.w=[]
    def node(self, n): self.n.append([n.id, round(n.location.lon,7), round(n.location.lat,7)])
    def way(self, w): self.w.append([w.id, dict(w.tags), [r.ref for r in w.nodes]])
h=H(); h.apply_file(sys.argv[1]); print(json.dumps([h.n,h.w]))`
    const [seenNodes, seenWays] = JSON.parse(execFileSync(PYOSMIUM, ['-c', script, path], { encoding: 'utf8' })) as [
      [number, number, number][],
      [number, object, number[]][],
    ]
    expect(seenNodes).toEqual(nodes.map(({ id, lng, lat }) => [id, Number(lng.toFixed(7)), Number(lat.toFixed(7))]))
    expect(seenWays).toEqual([
      [1, ring.tags, ring.refs],
      [-7, { highway: 'primary' }, [2, 6]],
    ])
  })
})

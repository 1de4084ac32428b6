import { contourRings } from '../../domain/geo/contour.ts'
import { insetRing, type Block } from './blocks.ts'
import { buildingsOf, type BlockUse } from './buildings.ts'
import { createChance, createNoise, type Chance } from './chance.ts'
import type { Village } from './countryside.ts'
import { collection, lineFeature, pointFeature, polygonFeature } from './geojson.ts'
import type { Name } from './names.ts'
import { areaOf, beside, isInRing, simplify, type Line, type Point } from './plane.ts'
import { HEIGHT_M, isInDistrict, WIDTH_M, type Terrain } from './terrain.ts'
import type { Ground } from './town.ts'
import type { Web } from './weave.ts'

export interface World {
  web: Web
  terrain: Terrain
  ground: Ground
  blocks: readonly Block[]
  /** A block that becomes a school's is changed here. */
  uses: (BlockUse | null)[]
  villages: readonly Village[]
  villageNames: readonly Name[]
}

/** How far the sea goes on beyond the map's bounds, so that no screen shows its end. */
const BEYOND_M = 9000

/** The layers that are only looked at. */
export function landFiles(world: World, chance: Chance): [string, string][] {
  return [
    ['water.geojson', collection(water(world.terrain))],
    [
      'rail.geojson',
      collection([lineFeature({ class: 'rail', name: '滨海铁路', nameEn: 'Binhai Railway' }, rail(world.terrain))]),
    ],
    ['landuse.geojson', collection([...fields(world), ...wood(world), ...beaches(world.terrain), ...blockLand(world)])],
    ['buildings.geojson', collection(buildings(world, chance.fork('buildings')))],
    ['places.geojson', collection(places(world))],
  ]
}

function rail(terrain: Terrain): Line {
  return simplify([[-BEYOND_M, 9200], ...terrain.rail, [WIDTH_M + BEYOND_M, 10_200]], 1)
}

function water(terrain: Terrain): string[] {
  const sea: Line = [
    [-BEYOND_M, 2600],
    ...simplify(terrain.coast, 3),
    [WIDTH_M + BEYOND_M, 3600],
    [WIDTH_M + BEYOND_M, -BEYOND_M],
    [-BEYOND_M, -BEYOND_M],
  ]
  const lakeNames = [
    ['石梁水库', 'Shiliang Reservoir'],
    ['翠屏水库', 'Cuiping Reservoir'],
    ['莲塘', 'Lian Pond'],
  ]
  return [
    polygonFeature({ class: 'sea', name: '望月湾', nameEn: 'Wangyue Bay' }, [sea, ...terrain.islands]),
    polygonFeature({ class: 'river', name: '澄江', nameEn: 'Cheng River' }, [simplify(terrain.riverRing, 2)]),
    polygonFeature({ class: 'river', name: '碧溪', nameEn: 'Bi Brook' }, [simplify(terrain.brookRing, 1)]),
    ...terrain.lakes.map((lake, i) =>
      polygonFeature({ class: 'lake', name: lakeNames[i]![0], nameEn: lakeNames[i]![1] }, [lake]),
    ),
  ]
}

/** Woods on the hills: an outline of the height, with a ragged edge. */
function wood({ terrain, ground }: World): string[] {
  const ragged = createNoise(createChance(11), 330)
  const outlines = outlined((p) => {
    const clear = Math.min(0, (ground.waterGapM(p) - 60) / 60, (ground.expresswayGapM(p) - 55) / 60)
    const isSettled = ground.urban(p) > 0.2 && ground.height(p) < 0.5
    return ground.height(p) - 0.42 + ragged(...p) * 0.16 + clear + (isSettled ? (0.2 - ground.urban(p)) * 4 : 0)
  })
  return [
    ...outlines.map((rings) => polygonFeature({ class: 'wood' }, rings)),
    ...terrain.islands.map((island) => polygonFeature({ class: 'wood' }, [island])),
  ]
}

/** Fields on the flat land that nobody has built on. */
function fields({ terrain, ground }: World): string[] {
  const patch = createNoise(createChance(7), 520)
  const outlines = outlined((p) => {
    const clear = Math.min(0, (ground.waterGapM(p) - 40) / 60, (ground.railGapM(p) - 30) / 40)
    const open = Math.min(0.2, 0.3 - ground.height(p), (0.15 - ground.urban(p)) * 3)
    return patch(...p) * 0.5 + 0.05 + open + clear - (isInDistrict(terrain, p) ? 0 : 1)
  })
  return outlines.map((rings) => polygonFeature({ class: 'farmland' }, rings))
}

/** Outlines of where a number is positive: outer ring first, then its holes. */
function outlined(value: (p: Point) => number): Line[][] {
  const cellM = 60
  const [west, south] = [-2000, -100]
  const [columns, rows] = [Math.ceil((WIDTH_M + 4000) / cellM), Math.ceil((HEIGHT_M + 2000) / cellM)]
  const values = new Float32Array(columns * rows)
  for (let i = 0; i < values.length; i++) {
    values[i] = value([west + (i % columns) * cellM, south + Math.floor(i / columns) * cellM])
  }
  const rings = contourRings(values, columns, rows, 0)
    .map((ring) => ring.slice(0, -1).map(([c, r]): Point => [west + c! * cellM, south + r! * cellM]))
    .map((ring) => simplify([...ring, ring[0]!], 10).slice(0, -1))
    .filter((ring) => ring.length > 3 && Math.abs(areaOf(ring)) > 20_000)
  const holes = rings.filter((ring) => areaOf(ring) < 0)
  return rings
    .filter((ring) => areaOf(ring) > 0)
    .map((ring) => [ring, ...holes.filter((hole) => isInRing(ring, hole[0]!))])
}

/** Sand where the shore lies open, rocks and quays elsewhere. */
function beaches(terrain: Terrain): string[] {
  const spans = [
    [3200, 5200, '银滩', 'Silver Beach'],
    [13_200, 15_600, '金沙滩', 'Jinsha Beach'],
    [200, 1300, '渔家滩', 'Yujia Beach'],
  ] as const
  return spans.map(([from, to, name, nameEn]) => {
    const shore = terrain.coast.filter(([x]) => x >= from && x <= to)
    const inner = beside(shore, (i) => 42 * Math.sin((Math.PI * i) / (shore.length - 1)))
    return polygonFeature({ class: 'beach', name, nameEn }, [simplify([...shore, ...inner.reverse()], 1)])
  })
}

const LAND_CLASS: Partial<Record<BlockUse, string>> = {
  park: 'park',
  square: 'park',
  industrial: 'industrial',
  commercial: 'commercial',
  residential: 'residential',
  'old-town': 'residential',
  village: 'residential',
  school: 'school',
}

function blockLand({ blocks, uses }: World): string[] {
  return blocks.flatMap((block, i) => {
    const use = uses[i]
    if (!use) return []
    const ring = insetRing(simplify(block.ring, 3), use === 'village' ? 4 : 8)
    return ring ? [polygonFeature({ class: LAND_CLASS[use] ?? 'residential' }, [ring])] : []
  })
}

function buildings({ blocks, uses, ground }: World, chance: Chance): string[] {
  return blocks.flatMap((block, i) => {
    const use = uses[i]
    if (!use) return []
    return buildingsOf(
      block,
      use,
      ground,
      chance.fork(`block ${Math.round(block.middle[0])} ${Math.round(block.middle[1])}`),
    ).map(({ ring, heightM, class: word }) => polygonFeature({ heightM, class: word }, [ring]))
  })
}

const PLACES: readonly [word: string, name: string, nameEn: string, at: Point][] = [
  ['district', '海湾区', 'Haiwan District', [6880, 5900]],
  ['town', '东港街道', 'Donggang', [10700, 5150]],
  ['town', '西浦街道', 'Xipu', [3600, 5100]],
  ['town', '北岭街道', 'Beiling', [6250, 9050]],
  ['town', '科苑街道', 'Keyuan', [13500, 6500]],
  ['town', '金沙湾街道', 'Jinshawan', [15150, 4700]],
  ['town', '望山街道', 'Wangshan', [2250, 9050]],
  ['town', '渔港街道', 'Yugang', [11900, 2800]],
  ['town', '松泉街道', 'Songquan', [11100, 9800]],
  ['town', '银滩街道', 'Yintan', [1200, 4250]],
  ['town', '石桥街道', 'Shiqiao', [15300, 9400]],
  ['bay', '望月湾', 'Wangyue Bay', [6800, 2700]],
  ['cape', '鹭岬', 'Heron Cape', [11800, 900]],
  ['cape', '望山角', 'Wangshan Point', [2250, 2250]],
  ['island', '帆影洲', 'Fanying Isle', [5200, 1700]],
  ['island', '鹭岛', 'Heron Isle', [14400, 1300]],
  ['mountain', '凤鸣山', 'Fengming Hill', [7700, 12200]],
  ['mountain', '青屏山', 'Qingping Hill', [14000, 12100]],
  ['mountain', '望海岭', 'Wanghai Ridge', [1900, 11500]],
]

function places({ villages, villageNames }: World): string[] {
  return [
    ...PLACES.map(([word, name, nameEn, at]) => pointFeature({ class: word, name, nameEn }, at)),
    ...villages.map(({ at }, i) =>
      pointFeature({ class: 'village', name: `${villageNames[i]!.zh}村`, nameEn: villageNames[i]!.en }, at),
    ),
  ]
}

import { contourRings } from '../../domain/geo/contour.ts'
import { insetRing, type Block } from './blocks.ts'
import { buildingsOf, type BlockUse } from './buildings.ts'
import { createChance, createNoise, type Chance } from './chance.ts'
import type { Village } from './countryside.ts'
import { collection, lineFeature, pointFeature, polygonFeature } from './geojson.ts'
import type { Name } from './names.ts'
import { areaOf, beside, simplify, type Line, type Point } from './plane.ts'
import { HEIGHT_M, WIDTH_M, type Terrain } from './terrain.ts'
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
    ['landuse.geojson', collection([...wood(world), ...beaches(world.terrain), ...blockLand(world)])],
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
  const cellM = 70
  const [west, south] = [-2000, -100]
  const [columns, rows] = [Math.ceil((WIDTH_M + 4000) / cellM), Math.ceil((HEIGHT_M + 2000) / cellM)]
  const values = new Float32Array(columns * rows)
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const p: Point = [west + c * cellM, south + r * cellM]
      const clear = Math.min(0, (ground.waterGapM(p) - 60) / 60, (ground.expresswayGapM(p) - 55) / 60)
      const settled = ground.urban(p) > 0.16 ? (0.16 - ground.urban(p)) * 4 : 0
      values[r * columns + c] = terrain.height(p) - 0.36 + clear + settled
    }
  }
  const rings = contourRings(values, columns, rows, 0)
    .map((ring) => ring.slice(0, -1).map(([c, r]): Point => [west + c! * cellM, south + r! * cellM]))
    .map((ring) => simplify([...ring, ring[0]!], 9).slice(0, -1))
    .filter((ring) => Math.abs(areaOf(ring)) > 25_000)
  const holes = rings.filter((ring) => areaOf(ring) < 0)
  const islands = terrain.islands.map((island) => polygonFeature({ class: 'wood' }, [island]))
  return [
    ...rings
      .filter((ring) => areaOf(ring) > 0)
      .map((ring) => polygonFeature({ class: 'wood' }, [ring, ...holes.filter((hole) => isIn(ring, hole[0]!))])),
    ...islands,
  ]
}

function isIn(ring: Line, [x, y]: Point): boolean {
  let isInside = false
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [a, b] = [ring[i]!, ring[j]!]
    if (a[1] > y !== b[1] > y && x < ((b[0] - a[0]) * (y - a[1])) / (b[1] - a[1]) + a[0]) isInside = !isInside
  }
  return isInside
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

function blockLand({ blocks, uses, ground, terrain }: World): string[] {
  const rough = createNoise(createChance(7), 500)
  return blocks.flatMap((block, i) => {
    const use = uses[i]
    if (!use) {
      // Fields between the villages and the roads.
      const isField = block.areaM2 > 20_000 && block.areaM2 < 2_500_000 && ground.urban(block.middle) < 0.25
      if (!isField || rough(...block.middle) < -0.2 || terrain.height(block.middle) > 0.3) return []
      const ring = insetRing(simplify(block.ring, 6), 14)
      return ring && ring.every((p) => ground.waterGapM(p) > 5) ? [polygonFeature({ class: 'farmland' }, [ring])] : []
    }
    const ring = insetRing(simplify(block.ring, 1.5), use === 'village' ? 4 : 8)
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

import { blocksOf } from './blocks.ts'
import { createChance } from './chance.ts'
import { countryRoads, placeVillages, villageLanes } from './countryside.ts'
import { expressway } from './expressway.ts'
import { createField } from './field.ts'
import { fleetFiles } from './fleet-rows.ts'
import { floorPlanFiles } from './floor-plans.ts'
import { landFiles } from './land.ts'
import { createNames } from './names.ts'
import type { Point } from './plane.ts'
import { toLngLat } from './plane.ts'
import { roadFiles } from './road-rows.ts'
import { placeSites, siteFiles } from './sites.ts'
import { arterials, waterfronts, type Street } from './streets.ts'
import { createTerrain, HEIGHT_M, WIDTH_M } from './terrain.ts'
import { createGround, joined, townStreets } from './town.ts'
import { usesOf } from './uses.ts'
import { connected, thinned, tidied, weave } from './weave.ts'
import { zoneFiles } from './zones.ts'

/** The seed of the district that is in the repository. */
export const DEMO_SEED = 20261121

/**
 * Draws a whole district: land, roads, houses, sites, cameras, patrols, taxis. The same seed gives the same bytes.
 * @returns the files of a city folder, name → text
 */
export function generateCity(seed: number): Map<string, string> {
  const chance = createChance(seed)
  const terrain = createTerrain(chance)
  const avenues = [...arterials(), ...waterfronts(terrain)]
  const ground = createGround(terrain)
  const field = createField(terrain, avenues, chance)
  const town = townStreets(ground, field, avenues, chance.fork('town'))
  const villages = placeVillages(terrain, ground, chance.fork('villages'))
  const country = countryRoads(ground, villages, [...avenues, ...town])
  const lanes = villages.map((village, i) => villageLanes(village, ground, country, chance.fork(`village ${i}`)))
  const names = createNames(chance.fork('names'))
  const villageNames = villages.map(() => names.village())
  const named = (street: Street): Street => {
    if (street.name !== null) return street
    const name = names.street(street)
    return { ...street, name: name.zh, nameEn: name.en }
  }
  const laneStreets = lanes.flatMap((list, v) =>
    list.map((street, i) => ({
      ...street,
      name: `${villageNames[v]!.zh}${i + 1}巷`,
      nameEn: `${villageNames[v]!.en} Lane ${i + 1}`,
    })),
  )
  const ground0 = joined([...avenues, ...[...town, ...country].map(named), ...laneStreets], ground, 150)
  const web = connected(thinned(tidied(weave([...ground0, ...expressway(avenues)]), 75), chance.fork('thin')))
  const blocks = blocksOf(web)
  const uses = usesOf(blocks, ground, villages, chance.fork('uses'))
  const roads = roadFiles(web, ground)
  const world = { terrain, ground, web, blocks, uses, villages, villageNames }
  const sites = placeSites(world, chance.fork('sites'))
  return new Map([
    ['city.json', cityJson()],
    ...roads.files,
    ...zoneFiles(world, chance.fork('zones')),
    ...siteFiles(sites),
    ...floorPlanFiles(sites, chance.fork('floor plans')),
    ...fleetFiles(world, sites, chance.fork('fleet')),
    ...landFiles(world, chance.fork('land')),
  ])
}

function cityJson(): string {
  const corner = (p: Point): [number, number] => toLngLat(p)
  const [west, south] = corner([-700, -200])
  const [east, north] = corner([WIDTH_M + 700, HEIGHT_M + 100])
  const city = {
    name: '海湾区',
    nameEn: 'Haiwan District',
    note: '虚构的演示辖区,由程序生成,与任何真实地点、单位和个人无关。A fictional demo district made by a generator; it is not any real place, and no person or site in it exists.',
    centre: corner([7300, 5700]),
    bounds: [west, south, east, north],
  }
  return `${JSON.stringify(city, null, 2)}\n`
}

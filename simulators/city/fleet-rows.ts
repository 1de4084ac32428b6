import type { Chance } from './chance.ts'
import { csv } from './geojson.ts'
import type { World } from './land.ts'
import { gap, toLngLat, type Point } from './plane.ts'
import type { Places } from './sites.ts'
import { zoneIdAt } from './zones.ts'

const PATROLS = 24
const TAXIS = 300
/** Posts stand at least this far apart, so that the circles have something to show. */
const POST_GAP_M = 900

const DEVICE_COLUMNS = ['id', 'kind', 'name', 'site_id', 'spot', 'lng', 'lat', 'power']
const PATROL_COLUMNS = ['id', 'callsign', 'kind', 'crew', 'plate', 'duty', 'home_lng', 'home_lat', 'zone_id']
const CREW = ['陈', '林', '黄', '周', '吴', '郑', '何', '罗', '梁', '谢', '宋', '唐', '许', '邓', '冯', '韩']

/** devices.csv, patrols.csv and vehicles.csv. */
export function fleetFiles(world: World, places: Places, chance: Chance): [string, string][] {
  const patrols = patrolRows(world, places, chance)
  const taxis = Array.from({ length: TAXIS }, (_, i) => {
    const number = String(i + 1).padStart(3, '0')
    const letter = 'ABCDEFGH'[chance.int(8)]!
    return { id: `taxi-${number}`, kind: 'taxi', name: `出租车 ${number}`, plate: `海T·${letter}${1000 + i * 7}` }
  })
  const devices = [
    ...buttonRows(places),
    ...patrols.map(({ id, callsign }) => ({ id, kind: 'patrol', name: `${callsign} 车载终端`, power: 'vehicle' })),
    ...taxis.map(({ id, name }) => ({ id, kind: 'taxi', name: `${name} 车载终端`, power: 'vehicle' })),
  ]
  return [
    ['devices.csv', csv(DEVICE_COLUMNS, devices)],
    ['patrols.csv', csv(PATROL_COLUMNS, patrols)],
    ['vehicles.csv', csv(['id', 'kind', 'name', 'plate'], taxis)],
  ]
}

function buttonRows({ sites }: Places): Record<string, unknown>[] {
  return sites
    .filter(({ plan }) => plan.hasButton)
    .map((site) => {
      const isSchool = site.plan.kind === 'school' || site.plan.kind === 'kindergarten'
      const [lng, lat] = toLngLat(site.at)
      const spot = isSchool ? '门卫室' : '前台'
      return {
        id: `button-${site.id}`,
        kind: 'button',
        name: `${site.plan.name}一键报警`,
        site_id: site.id,
        spot,
        lng,
        lat,
        power: 'mains',
      }
    })
}

interface PatrolRow extends Record<string, unknown> {
  id: string
  callsign: string
}

function patrolRows(world: World, places: Places, chance: Chance): PatrolRow[] {
  return posts(world, places, chance).map((at, i) => {
    const number = String(i + 1).padStart(2, '0')
    const kind = i % 4 === 3 ? 'motorcycle' : i === 16 || i === 21 ? 'foot' : 'car'
    const crew = [chance.pick(CREW), chance.pick(CREW)].slice(0, kind === 'car' ? 2 : 1)
    const [lng, lat] = toLngLat(at)
    return {
      id: `patrol-${number}`,
      callsign: `巡${number}`,
      kind,
      crew: crew.map((surname) => `${surname}警官`).join(';'),
      plate: kind === 'foot' ? null : `海·警${String(1001 + i * 3)}`,
      duty: i === 22 ? 'off' : i === 23 ? 'out-of-service' : 'on',
      home_lng: lng,
      home_lat: lat,
      zone_id: zoneIdAt(at),
    }
  })
}

/** The core's minute needs cars on the spot; they stand closer than the others. */
const CORE_POSTS: readonly Point[] = [
  [6740, 5880],
  [7250, 5500],
  [6420, 5480],
]

/** First the core and the police stations, then crossings of wide roads where people live. */
function posts(world: World, places: Places, chance: Chance): Point[] {
  const crossings = CORE_POSTS.map((wished) => nearest(world, wished))
  const list = [...crossings, ...places.sites.filter(({ plan }) => plan.kind === 'police').map(({ at }) => at)]
  const wide = new Set(['primary', 'secondary', 'tertiary'])
  const candidates = world.web.knots.filter(
    ({ threads }) => threads.length > 2 && threads.every((t) => wide.has(world.web.threads[t]!.street.class)),
  )
  for (let tries = 0; tries < 20_000 && list.length < PATROLS; tries++) {
    const { at } = chance.pick(candidates)
    if (chance.next() > 0.1 + world.ground.urban(at)) continue
    if (list.every((post) => gap(post, at) > POST_GAP_M)) list.push(at)
  }
  return list
}

/** The crossing nearest to a wished post. */
function nearest(world: World, wished: Point): Point {
  let best: Point = wished
  let bestM = Infinity
  for (const { at, threads } of world.web.knots) {
    const m = gap(at, wished)
    if (threads.length < 3 || m >= bestM) continue
    bestM = m
    best = at
  }
  return best
}

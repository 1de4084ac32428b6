import type { Site } from '../../domain/site.ts'
import type { Chance } from './chance.ts'
import { collection, csv, pointFeature } from './geojson.ts'
import type { World } from './land.ts'
import { between, footOn, gap, toLngLat, type Point } from './plane.ts'
import { KINDERGARTENS, OTHERS, SCHOOLS, STREET_CAMERAS, type SitePlan } from './site-plan.ts'

export interface PlacedSite {
  id: string
  plan: SitePlan
  at: Point
  address: string
  contacts: Site['contacts']
  cameraIds: string[]
}

export interface PlacedCamera {
  id: string
  name: string
  siteId: string | null
  at: Point
  bearingDeg: number
  fovDeg: number
  rangeM: number
  ptz: boolean
  warm: boolean
  scene: string
}

export interface Places {
  sites: PlacedSite[]
  cameras: PlacedCamera[]
}

interface Gate {
  at: Point
  /** From the gate to the street, unit vector. */
  out: Point
  street: string
}

/** Puts every site on a block of its own and hangs its cameras. Schools make their block a school's. */
export function placeSites(world: World, chance: Chance): Places {
  const places: Places = { sites: [], cameras: [] }
  const taken = new Set<number>()
  const counts = new Map<string, number>()
  for (const plan of [...SCHOOLS, ...KINDERGARTENS, ...OTHERS]) {
    const isSchool = plan.kind === 'school' || plan.kind === 'kindergarten'
    const number = (counts.get(plan.kind) ?? 0) + 1
    counts.set(plan.kind, number)
    const block = suitableBlock(world, plan, taken)
    taken.add(block)
    if (isSchool) world.uses[block] = 'school'
    const gate = gateOf(world, block)
    const site: PlacedSite = {
      id: `${plan.kind}-${String(number).padStart(2, '0')}`,
      plan,
      at: gate.at,
      address: `海湾区${gate.street}${chance.int(180) * 2 + 1}号`,
      contacts: contactsOf(plan, chance),
      cameraIds: [],
    }
    places.sites.push(site)
    if (isSchool) hangSchoolCameras(places, site, gate)
    else if (plan.scene) hangCamera(places, site, gate, plan.scene, plan.ptz ?? false)
  }
  hangStreetCameras(places, world)
  return places
}

function suitableBlock(world: World, plan: SitePlan, taken: ReadonlySet<number>): number {
  const [least, most] = plan.kind === 'school' ? [9000, 70_000] : [2500, 30_000]
  let best = -1
  let bestM = Infinity
  for (const [i, block] of world.blocks.entries()) {
    const use = world.uses[i]
    if (taken.has(i) || !use || use === 'park' || use === 'square' || use === 'school') continue
    if (block.areaM2 < least || block.areaM2 > most) continue
    const m = gap(block.middle, plan.near)
    if (m < bestM) {
      bestM = m
      best = i
    }
  }
  return best
}

/** A gate in the middle of the longest straight side. */
function gateOf(world: World, block: number): Gate {
  const { ring, middle } = world.blocks[block]!
  let best: [Point, Point] = [ring[0]!, ring[1]!]
  for (let i = 0; i < ring.length; i++) {
    const side: [Point, Point] = [ring[i]!, ring[(i + 1) % ring.length]!]
    if (gap(...side) > gap(...best)) best = side
  }
  const onStreet = between(best[0], best[1], 0.5)
  const length = gap(...best) || 1
  const out: Point = [(best[1][1] - best[0][1]) / length, -(best[1][0] - best[0][0]) / length]
  const thread = nearestThread(world, onStreet)
  const inward = Math.min(16, gap(middle, onStreet) * 0.6)
  return {
    at: [onStreet[0] - out[0] * inward, onStreet[1] - out[1] * inward],
    out,
    street: thread?.street.name ?? '滨海大道',
  }
}

function nearestThread(world: World, p: Point): World['web']['threads'][number] | undefined {
  let best: World['web']['threads'][number] | undefined
  let bestM = Infinity
  for (const thread of world.web.threads) {
    if (gap(thread.line[0]!, p) > 1200 || thread.street.level !== 0) continue
    const m = footOn(thread.line, p).distance
    if (m < bestM) {
      bestM = m
      best = thread
    }
  }
  return best
}

const SURNAMES = '陈 林 黄 吴 郑 何 罗 梁 谢 宋 唐 许 邓 冯 韩 曹'.split(' ')
const GIVEN = [
  '海平',
  '文静',
  '建华',
  '晓云',
  '志远',
  '丽娟',
  '国栋',
  '春燕',
  '永康',
  '慧敏',
  '子轩',
  '雅琴',
  '明辉',
  '秀兰',
]
const ROLES: Partial<Record<Site['kind'], [string, string, string]>> = {
  school: ['校长', '保卫主任', '门卫'],
  kindergarten: ['园长', '保健医生', '门卫'],
  hospital: ['保卫科长', '总值班', '急诊前台'],
  bank: ['行长', '安保主管', '大堂经理'],
  police: ['所长', '值班民警', '前台'],
}

/** 138-0000-xxxx is given to nobody. */
function contactsOf(plan: SitePlan, chance: Chance): Site['contacts'] {
  return (ROLES[plan.kind] ?? ['负责人', '保安队长', '值班室']).map((role) => ({
    name: chance.pick(SURNAMES) + chance.pick(GIVEN),
    role,
    phone: `138-0000-${String(chance.int(10_000)).padStart(4, '0')}`,
  }))
}

function hangSchoolCameras(places: Places, site: PlacedSite, gate: Gate): void {
  const along: Point = [-gate.out[1], gate.out[0]]
  const beside: Point = [gate.at[0] + along[0] * 34 + gate.out[0] * 8, gate.at[1] + along[1] * 34 + gate.out[1] * 8]
  add(places, site, '大门', gate.at, bearingOf(gate.out), 'school-gate', false, true)
  add(places, site, '门前道路', beside, bearingOf([-along[0], -along[1]]), 'school-gate', false, true)
}

function hangCamera(places: Places, site: PlacedSite, gate: Gate, scene: string, ptz: boolean): void {
  add(places, site, '正门', gate.at, bearingOf(gate.out), scene, ptz, site.plan.kind === 'government')
}

function hangStreetCameras(places: Places, world: World): void {
  for (const { name, scene, near, ptz } of STREET_CAMERAS) {
    const village = scene === 'village' ? nearestVillage(world, near) : null
    const goal = village ? world.villages[village.index]!.at : near
    const at = nearestThread(world, goal) ? footOn(nearestThread(world, goal)!.line, goal).at : goal
    const label = village ? `${world.villageNames[village.index]!.zh}村${name}` : name
    const bearing = Math.round((at[0] * 7 + at[1] * 13) % 360)
    add(places, null, label, [at[0] + 6, at[1] + 6], bearing, scene, ptz, false)
  }
}

function nearestVillage(world: World, p: Point): { index: number } {
  const order = world.villages.map((village, index) => ({ index, m: gap(village.at, p) })).sort((a, b) => a.m - b.m)
  return order[0]!
}

function add(
  places: Places,
  site: PlacedSite | null,
  spot: string,
  at: Point,
  bearingDeg: number,
  scene: string,
  ptz: boolean,
  warm: boolean,
): void {
  const id = `cam-${String(places.cameras.length + 1).padStart(3, '0')}`
  site?.cameraIds.push(id)
  const name = site ? `${site.plan.name} ${spot}` : spot
  const rangeM = scene === 'riverside' ? 140 : scene === 'crossing' ? 80 : 60
  const fovDeg = ptz ? 62 : 78
  places.cameras.push({ id, name, siteId: site?.id ?? null, at, bearingDeg, fovDeg, rangeM, ptz, warm, scene })
}

/** Degrees clockwise from north of a vector. */
function bearingOf([x, y]: Point): number {
  return Math.round((Math.atan2(x, y) * 180) / Math.PI + 360) % 360
}

export function siteFiles({ sites, cameras }: Places): [string, string][] {
  const features = sites.map(({ id, plan, at, address, contacts, cameraIds }) =>
    pointFeature(
      { id, name: plan.name, nameEn: plan.nameEn, kind: plan.kind, address, contacts, notes: notesOf(plan), cameraIds },
      at,
    ),
  )
  const rows = cameras.map((camera, index) => {
    const [lng, lat] = toLngLat(camera.at)
    return {
      ...camera,
      lng,
      lat,
      site_id: camera.siteId,
      bearing_deg: camera.bearingDeg,
      fov_deg: camera.fovDeg,
      range_m: camera.rangeM,
      source: 'rtsp',
      address: `rtsp://{sim-rtsp}/cam/${camera.id}/sub`,
      main_address: `rtsp://{sim-rtsp}/cam/${camera.id}/main`,
      audio: SOUNDING.includes(index),
      onvif: `http://{sim-onvif}/${camera.id}/onvif/device_service`,
    }
  })
  return [
    ['sites.geojson', collection(features)],
    ['cameras.csv', csv(CAMERA_COLUMNS, rows)],
  ]
}

/** The gates of the first two schools have a microphone; the simulator sends one as G.711, one as AAC. */
const SOUNDING = [0, 2]

const CAMERA_COLUMNS = [
  'id', 'name', 'site_id', 'lng', 'lat', 'bearing_deg', 'fov_deg', 'range_m', 'ptz', 'warm', 'scene', 'source', 'address', 'main_address', 'audio', 'onvif',
] // prettier-ignore

function notesOf(plan: SitePlan): string | null {
  if (plan.kind === 'school') return '上学 07:20–08:10、放学 16:30–17:40 门前人流密集。'
  if (plan.kind === 'kindergarten') return '接送时段 07:50–08:30、16:00–17:00,车辆慢行。'
  return null
}

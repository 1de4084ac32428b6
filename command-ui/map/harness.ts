import type { Feature, FeatureCollection } from 'geojson'
import { systemClock, toIso } from '../../domain/clock.ts'
import type { Camera } from '../../domain/camera.ts'
import type { VehicleNow } from '../../domain/fix.ts'
import type { PatrolNow, PatrolStatus } from '../../domain/patrol.ts'
import type { Candidate } from '../../domain/recommendation.ts'
import type { LngLat } from '../../domain/scalars.ts'
import type { Site } from '../../domain/site.ts'
import { encodeDots, openDots, type Dot } from '../../domain/wire/dots.ts'
import { createCityMap } from './city-map.ts'
import type { CityMap } from './city-map-contract.ts'
import type { MapScene } from './scene-shapes.ts'
import { CITY_LAYERS } from './city-layers.ts'
import type { CityLayers } from './city-layers.ts'
import { harnessCity, seeded } from './harness-city.ts'

/**
 * Developer page: the map with a made-up town (or a real city folder: `?city=/@fs/…/demo`), cars that drive along its roads, and
 * one scene. `?taxis=7000` changes how many, `?still` stops them; `window.harness` steers it.
 */
const query = new URLSearchParams(location.search)
const random = seeded(11)
const startedMs = systemClock.monotonicMs()

interface Driver {
  key: number
  road: LngLat[]
  leg: number
  alongM: number
  speedMps: number
  everyS: number
  bearingDeg: number
  flags: number
}

async function loadCity(): Promise<{ layers: CityLayers; centre: LngLat; bounds: [number, number, number, number] }> {
  const folder = query.get('city')
  if (!folder) return harnessCity()
  const empty: FeatureCollection = { type: 'FeatureCollection', features: [] }
  const entries = await Promise.all(
    CITY_LAYERS.map(async (name) => {
      const answer = await fetch(`${folder}/${name}.geojson`)
      return [name, answer.ok ? ((await answer.json()) as FeatureCollection) : empty] as const
    }),
  )
  const city = (await (await fetch(`${folder}/city.json`)).json()) as {
    centre: LngLat
    bounds: [number, number, number, number]
  }
  return { layers: Object.fromEntries(entries) as CityLayers, centre: city.centre, bounds: city.bounds }
}

const place = (d: Driver): LngLat => {
  const a = d.road[d.leg]!
  const b = d.road[d.leg + 1]!
  const length = lengthM(a, b)
  const u = length > 0 ? d.alongM / length : 0
  d.bearingDeg = (Math.atan2((b[0] - a[0]) * 0.88, b[1] - a[1]) * 180) / Math.PI
  return [a[0] + (b[0] - a[0]) * u, a[1] + (b[1] - a[1]) * u]
}
const lengthM = (a: LngLat, b: LngLat) => Math.hypot((b[0] - a[0]) * 97_800, (b[1] - a[1]) * 110_850)

function drive(d: Driver, seconds: number): void {
  d.alongM += d.speedMps * seconds
  for (let guard = 0; guard < 50; guard++) {
    const length = lengthM(d.road[d.leg]!, d.road[d.leg + 1]!)
    if (d.alongM <= length) return
    d.alongM -= length
    d.leg++
    if (d.leg < d.road.length - 1) continue
    d.road = [...d.road].reverse()
    d.leg = 0
  }
}

function driverOn(roads: Feature[], key: number, everyS: number): Driver {
  const road = roads[Math.floor(random() * roads.length)]!.geometry
  const line = (road.type === 'LineString' ? road.coordinates : [[0, 0]]) as LngLat[]
  return {
    key,
    road: line,
    leg: 0,
    alongM: 0,
    speedMps: 4 + random() * 11,
    everyS,
    bearingDeg: 0,
    flags: random() < 0.55 ? 1 : 0,
  }
}

const STATUSES: PatrolStatus[] = [
  'free',
  'free',
  'free',
  'free',
  'free',
  'en-route',
  'free',
  'on-scene',
  'free',
  'off',
  'free',
  'out-of-service',
]

function patrolOf(d: Driver, i: number): PatrolNow {
  const [lng, lat] = place(d)
  const status = STATUSES[i % STATUSES.length]!
  const now = toIso(systemClock.nowMs())
  return {
    id: `p${i}`,
    callsign: `巡${String(i + 1).padStart(2, '0')}`,
    kind: 'car',
    crew: [],
    plate: null,
    duty: 'on',
    homeLng: lng,
    homeLat: lat,
    zoneId: null,
    key: d.key,
    status,
    assignmentId: null,
    lng,
    lat,
    speedMps: d.speedMps,
    bearingDeg: d.bearingDeg,
    takenAt: now,
    receivedAt: now,
  }
}

function taxiOf(d: Driver): VehicleNow {
  const [lng, lat] = place(d)
  const now = toIso(systemClock.nowMs())
  const hired = d.flags === 1
  return {
    id: `t${d.key}`,
    key: d.key,
    kind: 'taxi',
    name: `T${d.key}`,
    plate: `浙KT${1000 + d.key}`,
    lng,
    lat,
    speedMps: d.speedMps,
    bearingDeg: d.bearingDeg,
    takenAt: now,
    receivedAt: now,
    hired,
  }
}

function camerasAt(points: LngLat[]): Camera[] {
  return points.map(([lng, lat], i) => ({
    id: `c${i}`,
    name: `路口摄像机 ${i + 1}`,
    siteId: null,
    lng,
    lat,
    bearingDeg: (i * 67) % 360,
    fovDeg: 70,
    rangeM: 60,
    ptz: false,
    warm: false,
    audio: false,
    enabled: true,
    source: { kind: 'rtsp', address: '', username: null, certificateSha256: null },
    state: i % 9 === 4 ? 'offline' : i % 3 === 0 ? 'idle' : 'online',
    stateReason: null,
    stateAt: null,
    codec: null,
    widthPx: null,
    heightPx: null,
  }))
}

function sitesAt(points: LngLat[]): Site[] {
  const kinds = ['school', 'kindergarten', 'bank', 'hospital', 'police', 'government', 'shop', 'station'] as const
  const names = ['实验小学', '阳光幼儿园', '农商银行', '人民医院', '城关派出所', '区政府', '便民超市', '客运站']
  return points.map(([lng, lat], i) => ({
    id: `s${i}`,
    name: `${i > 7 ? `第${i}` : ''}${names[i % 8]}`,
    nameEn: `${kinds[i % 8]} ${i + 1}`,
    kind: kinds[i % 8]!,
    address: '',
    lng,
    lat,
    contacts: [],
    cameraIds: [],
    notes: null,
  }))
}

async function loadSites(points: LngLat[]): Promise<Site[]> {
  const folder = query.get('city')
  if (!folder) return sitesAt(points)
  const layer = (await (await fetch(`${folder}/sites.geojson`)).json()) as FeatureCollection
  return layer.features.map((feature, i) => {
    const [lng = 0, lat = 0] = feature.geometry.type === 'Point' ? feature.geometry.coordinates : []
    return { ...sitesAt([[lng, lat]])[0]!, ...feature.properties, id: `s${i}`, lng, lat }
  })
}

/** Something round-ish that stands in for an isochrone. */
function blob([lng, lat]: LngLat, radiusM: number): LngLat[][][] {
  const ring = Array.from({ length: 49 }, (_, i): LngLat => {
    const turn = ((i % 48) / 48) * Math.PI * 2
    const r = radiusM * (0.8 + 0.2 * Math.sin(turn * 4 + radiusM) + 0.1 * Math.cos(turn * 7))
    return [lng + (Math.cos(turn) * r) / 97_800, lat + (Math.sin(turn) * r) / 110_850]
  })
  return [[ring]]
}

function sceneAt(lngLat: LngLat, patrols: PatrolNow[], cameras: Camera[]): MapScene {
  const near = patrols
    .filter((p) => p.status === 'free' && p.lng !== null)
    .map((p) => ({ p, m: lengthM(lngLat, [p.lng!, p.lat!]) }))
    .sort((a, b) => a.m - b.m)
    .slice(0, 4)
  const candidates = near.map(({ p, m }, i): Candidate => {
    const from: LngLat = [p.lng!, p.lat!]
    const corner: LngLat = i % 2 ? [from[0], lngLat[1]] : [lngLat[0], from[1]]
    const etaS = Math.round((m * 1.3) / 11)
    return {
      patrolId: p.id,
      callsign: p.callsign,
      status: p.status,
      etaS,
      etaSpreadS: 0,
      distanceM: m,
      insideGoal: etaS < 180,
      fixAgeS: 1,
      canBeSent: true,
      reasons: [],
      route: [from, corner, lngLat],
    }
  })
  const cameraIds = cameras
    .map((c) => ({ c, m: lengthM(lngLat, [c.lng, c.lat]) }))
    .sort((a, b) => a.m - b.m)
    .slice(0, 3)
    .map(({ c }) => c.id)
  const circles = [60, 180, 480].map((goalS) => ({ goalS, coordinates: blob(lngLat, goalS * 8.5) }))
  return {
    lngLat,
    priority: 1,
    label: '实验小学 · 东门',
    circles,
    candidates,
    chosen: candidates[0]?.patrolId ?? null,
    cameraIds,
  }
}

async function begin(): Promise<void> {
  const city = await loadCity()
  const container = document.querySelector<HTMLElement>('#map')!
  const map = createCityMap(container, { language: query.get('lang') === 'en' ? 'en' : 'zh' })
  if (!map) {
    container.textContent = 'no WebGL 2'
    return
  }
  map.setCity(city.layers, { centre: city.centre, bounds: city.bounds, name: 'Harness' })
  const roads = city.layers.roads.features.filter((f) => f.geometry.type === 'LineString')
  const patrolDrivers = Array.from({ length: 24 }, (_, i) => driverOn(roads, i + 1, 1))
  const taxiDrivers = Array.from({ length: Number(query.get('taxis') ?? 300) }, (_, i) =>
    driverOn(roads, 1000 + i, 5 + (i % 6)),
  )
  const corners = roads.map(
    (f) => (f.geometry.type === 'LineString' ? f.geometry.coordinates[0] : city.centre) as LngLat,
  )
  const points = (n: number) => Array.from({ length: n }, () => corners[Math.floor(random() * corners.length)]!)
  const patrols = patrolDrivers.map(patrolOf)
  const cameras = camerasAt(points(64))
  map.setPatrols(patrols)
  map.setVehicles(taxiDrivers.map(taxiOf))
  map.setCameras(cameras)
  const sites = await loadSites(points(30))
  map.setSites(sites)
  const school = sites.find((site) => site.kind === 'school')
  const scene = sceneAt(school ? [school.lng, school.lat] : city.centre, patrols, cameras)
  let second = 0
  const isStill = query.has('still')
  setInterval(() => {
    if (isStill) return
    second++
    const dots: Dot[] = []
    for (const d of [...patrolDrivers, ...taxiDrivers]) {
      drive(d, 1)
      if ((second + d.key) % d.everyS !== 0) continue
      const [lng, lat] = place(d)
      dots.push({
        key: d.key,
        lng,
        lat,
        speedMps: d.speedMps,
        bearingDeg: (d.bearingDeg + 360) % 360,
        ageS: 0.2,
        flags: d.flags,
      })
    }
    const frame = openDots(encodeDots(systemClock.nowMs(), dots).buffer)
    if (frame) map.moveDots(frame)
  }, 1000)
  map.on('pick', (picked) => console.log('pick', JSON.stringify(picked)))
  Object.assign(window, { harness: { map, scene, centre: scene.lngLat, startedMs } satisfies HarnessHook })
}

export interface HarnessHook {
  map: CityMap
  scene: MapScene
  centre: LngLat
  startedMs: number
}

void begin()

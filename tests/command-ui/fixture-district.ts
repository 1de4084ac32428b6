import type { Camera } from '../../domain/camera.ts'
import { systemClock, toIso } from '../../domain/clock.ts'
import type { Device } from '../../domain/device.ts'
import type { VehicleNow } from '../../domain/fix.ts'
import type { PatrolNow } from '../../domain/patrol.ts'
import type { Site } from '../../domain/site.ts'
import type { Trouble } from '../../domain/trouble.ts'
import type { Dot } from '../../domain/wire/dots.ts'
import type { Health, Snapshot } from '../../domain/wire/live.ts'
import type { Zone } from '../../domain/zone.ts'

/** A made-up district with the words of the contract, for looking at the desk without a centre. Not shipped. */

export const CENTRE: [number, number] = [121.02, 28.42]
const M_LNG = 1 / 97_800
const M_LAT = 1 / 110_850
const place = (x: number, y: number) => ({ lng: CENTRE[0] + x * M_LNG, lat: CENTRE[1] + y * M_LAT })
export const now = () => toIso(systemClock.nowMs())

const SITE_NAMES: [string, string, Site['kind']][] = [
  ['滨海实验小学', 'Binhai Experimental Primary', 'school'],
  ['第二中学', 'No. 2 Middle School', 'school'],
  ['小太阳幼儿园', 'Little Sun Kindergarten', 'kindergarten'],
  ['明德小学', 'Mingde Primary', 'school'],
  ['区人民医院', 'District Hospital', 'hospital'],
  ['农商银行中心支行', 'Rural Bank, Central Branch', 'bank'],
]

export const SITES: Site[] = SITE_NAMES.map(([name, nameEn, kind], i) => ({
  id: `site-${i + 1}`,
  name,
  nameEn,
  kind,
  address: `滨海新区人民路 ${118 + i * 7} 号`,
  ...place(-1800 + i * 800, (i % 3) * 900 - 900),
  contacts: [
    { name: '李华', role: '校长', phone: '13800001234' },
    { name: '王志强', role: '保安队长', phone: '13900005678' },
  ],
  cameraIds: [`cam-${i * 2 + 1}`, `cam-${i * 2 + 2}`],
  notes: i === 0 ? '北门夜间上锁,由东门进入。' : null,
}))

export const CAMERAS: Camera[] = Array.from({ length: 16 }, (_, i) => {
  const site = SITES[Math.floor(i / 2)]
  const states: Camera['state'][] = [
    'online',
    'online',
    'online',
    'idle',
    'online',
    'offline',
    'online',
    'login-refused',
  ]
  const state = states[i % states.length] ?? 'idle'
  return {
    id: `cam-${i + 1}`,
    name: site ? `${site.name}${i % 2 === 0 ? '大门' : '操场'}` : `人民路/解放路口 ${i}`,
    siteId: site?.id ?? null,
    lng: (site?.lng ?? CENTRE[0]) + ((i % 5) - 2) * 0.0006,
    lat: (site?.lat ?? CENTRE[1]) + ((i % 3) - 1) * 0.0006 + (site ? 0 : 0.004),
    bearingDeg: (i * 47) % 360,
    fovDeg: 70,
    rangeM: 60,
    ptz: i % 4 === 0,
    warm: i < 12,
    audio: false,
    enabled: true,
    source: {
      kind: 'rtsp',
      address: `rtsp://10.20.3.${10 + i}:554/stream1`,
      username: 'vigil',
      certificateSha256: null,
    },
    state,
    stateReason: state === 'offline' ? '连接超时 5 秒' : state === 'login-refused' ? '已停止重试,避免锁定账号' : null,
    stateAt: now(),
    codec: state === 'online' ? 'avc1.4d001f' : null,
    widthPx: state === 'online' ? 1280 : null,
    heightPx: state === 'online' ? 720 : null,
  }
})

export const PATROLS: PatrolNow[] = Array.from({ length: 12 }, (_, i) => {
  const status: PatrolNow['status'] = i === 4 ? 'on-scene' : i === 9 ? 'off' : 'free'
  const spot = place(((i * 733) % 5000) - 2500, ((i * 911) % 4400) - 2200)
  return {
    id: `p${String(i + 1).padStart(2, '0')}`,
    callsign: `巡${String(i + 1).padStart(2, '0')}`,
    kind: i % 3 === 2 ? 'motorcycle' : 'car',
    crew: ['王伟', '李强'],
    plate: `浙J${1000 + i}警`,
    duty: status === 'off' ? 'off' : 'on',
    homeLng: spot.lng,
    homeLat: spot.lat,
    zoneId: 'zone-2',
    key: i + 1,
    status,
    assignmentId: null,
    ...spot,
    speedMps: 6,
    bearingDeg: (i * 70) % 360,
    takenAt: now(),
    receivedAt: now(),
  }
})

export const VEHICLES: VehicleNow[] = Array.from({ length: 60 }, (_, i) => ({
  id: `taxi-${i + 1}`,
  key: 1000 + i,
  kind: 'taxi',
  name: `出租车 ${i + 1}`,
  plate: `浙JT${String(2000 + i)}`,
  ...place(((i * 1373) % 9000) - 4500, ((i * 811) % 8000) - 4000),
  speedMps: (i * 3) % 17,
  bearingDeg: (i * 37) % 360,
  takenAt: now(),
  receivedAt: now(),
  hired: i % 2 === 0,
}))

export const DEVICES: Device[] = SITES.map((site, i) => ({
  id: `btn-${i + 1}`,
  kind: 'button' as const,
  name: `${site.name}一键报警`,
  siteId: site.id,
  spot: ['东门岗', '教务处', '一楼大厅'][i % 3] ?? null,
  lng: site.lng,
  lat: site.lat,
  power: 'mains' as const,
  state: i === 3 ? ('lost' as const) : ('ready' as const),
  lastSeenAt: i === 3 ? null : now(),
  batteryPct: i === 2 ? 38 : null,
  hasCredential: i < 4,
  testedAt: null,
}))

const square = (half: number): [number, number][][] => [
  [
    [-half, -half],
    [half, -half],
    [half, half],
    [-half, half],
    [-half, -half],
  ].map(([x, y]) => [CENTRE[0] + x! * M_LNG, CENTRE[1] + y! * M_LAT]),
]

export const ZONES: Zone[] = [
  { id: 'zone-1', name: '政府核心区', nameEn: 'Government core', kind: 'core', goalS: 60, polygon: square(800) },
  { id: 'zone-2', name: '商业繁华区', nameEn: 'Busy centre', kind: 'busy', goalS: 180, polygon: square(2500) },
  { id: 'zone-3', name: '其他区域', nameEn: 'Elsewhere', kind: 'elsewhere', goalS: 480, polygon: square(6000) },
]

/** What there is in a made-up district, and how its cars move. */
export interface MadeUpDistrict {
  city: Snapshot['city']
  patrols: PatrolNow[]
  vehicles: VehicleNow[]
  cameras: Camera[]
  /** Fixes that have come since the last second. */
  dots(nowMs: number): Dot[]
  /** A layer of its map; null: the little town of the harness. */
  layer: ((name: string) => unknown) | null
}

/** Twelve patrols, sixty taxis and sixteen cameras. */
export function smallDistrict(): MadeUpDistrict {
  const [lng, lat] = CENTRE
  return {
    city: {
      name: '滨海新区',
      nameEn: 'Binhai District',
      note: '',
      centre: CENTRE,
      bounds: [lng - 0.062, lat - 0.055, lng + 0.062, lat + 0.055],
      layers: ['roads', 'zones', 'water', 'rail', 'buildings', 'landuse', 'places'],
      plans: [SITES[0]!.id],
    },
    patrols: PATROLS,
    vehicles: VEHICLES,
    cameras: CAMERAS,
    dots: (nowMs) =>
      [...PATROLS, ...VEHICLES].map((one, i) => ({
        key: one.key,
        lng: (one.lng ?? 0) + Math.cos(nowMs / 20_000 + i) * 0.001,
        lat: (one.lat ?? 0) + Math.sin(nowMs / 20_000 + i) * 0.001,
        speedMps: 7 + (i % 5),
        bearingDeg: (i * 40) % 360,
        ageS: (i % 7) * 0.7,
        flags: i % 2,
      })),
    layer: null,
  }
}

export const TROUBLES: Trouble[] = [
  {
    id: 'camera:cam-6:offline',
    subjectKind: 'camera',
    subjectId: 'cam-6',
    code: 'offline',
    detail: 'no answer for 5 s',
    since: toIso(systemClock.nowMs() - 740_000),
    restoredAt: null,
    count: 3,
  },
  {
    id: 'device:btn-4:lost',
    subjectKind: 'device',
    subjectId: 'btn-4',
    code: 'lost',
    detail: 'no beat for 90 s',
    since: toIso(systemClock.nowMs() - 190_000),
    restoredAt: null,
    count: 1,
  },
]

export const HEALTH: Health = {
  intake: 'ok',
  database: 'ok',
  video: 'ok',
  broker: 'ok',
  camerasOnline: 14,
  camerasWanted: 16,
  devicesReady: 5,
  devicesLost: 1,
  desks: 1,
}

export const ME: Snapshot['me'] = {
  id: 'u1',
  username: 'admin',
  displayName: '张值班',
  role: 'officer',
  jurisdiction: '',
  patrolId: null,
  mustSetPassword: false,
}

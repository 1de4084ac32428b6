import type { Alarm } from '../../domain/alarm.ts'
import type { Assignment } from '../../domain/assignment.ts'
import type { Camera } from '../../domain/camera.ts'
import { systemClock, toIso } from '../../domain/clock.ts'
import type { Device } from '../../domain/device.ts'
import type { VehicleNow } from '../../domain/fix.ts'
import { newId } from '../../domain/ids.ts'
import type { Incident } from '../../domain/incident.ts'
import type { PatrolNow } from '../../domain/patrol.ts'
import type { Candidate, Recommendation } from '../../domain/recommendation.ts'
import type { Site } from '../../domain/site.ts'
import type { Trouble } from '../../domain/trouble.ts'
import type { IncidentDetail } from '../../domain/wire/http.ts'
import type { EventKind, Health, LogEvent, Snapshot } from '../../domain/wire/live.ts'
import type { Zone } from '../../domain/zone.ts'

/** A made-up district with the words of the contract, for looking at the desk without a centre. Not shipped. */

const CENTRE: [number, number] = [121.02, 28.42]
const M_LNG = 1 / 97_800
const M_LAT = 1 / 110_850
const place = (x: number, y: number) => ({ lng: CENTRE[0] + x * M_LNG, lat: CENTRE[1] + y * M_LAT })
const now = () => toIso(systemClock.nowMs())

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
    enabled: true,
    source: { kind: 'rtsp', address: `rtsp://10.20.3.${10 + i}:554/stream1`, username: 'vigil' },
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

const DEVICES: Device[] = SITES.map((site, i) => ({
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

const ZONES: Zone[] = [
  { id: 'zone-1', name: '政府核心区', nameEn: 'Government core', kind: 'core', goalS: 60, polygon: square(800) },
  { id: 'zone-2', name: '商业繁华区', nameEn: 'Busy centre', kind: 'busy', goalS: 180, polygon: square(2500) },
  { id: 'zone-3', name: '其他区域', nameEn: 'Elsewhere', kind: 'elsewhere', goalS: 480, polygon: square(6000) },
]

const TROUBLES: Trouble[] = [
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

const HEALTH: Health = {
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

/** The state of the made-up centre and its one event log. */
export class FixtureCentre {
  n = 100
  alarms = new Map<string, Alarm>()
  incidents = new Map<string, Incident>()
  assignments = new Map<string, Assignment>()
  patrols = new Map(PATROLS.map((patrol) => [patrol.id, patrol]))
  devices = new Map(DEVICES.map((device) => [device.id, device]))
  cameras = new Map(CAMERAS.map((camera) => [camera.id, camera]))
  log: LogEvent[] = []
  rendered: { alarmId: string; atMs: number }[] = []
  isEmpty = false
  #publish: (event: LogEvent) => void = () => undefined

  onEvent(publish: (event: LogEvent) => void): void {
    this.#publish = publish
  }

  put(kind: EventKind, action: string, body: { id: string }, incidentId: string | null, actor: string): void {
    const event: LogEvent = {
      n: ++this.n,
      at: now(),
      kind,
      action,
      subjectId: body.id,
      incidentId,
      actor,
      body: { ...body },
    }
    this.log.push(event)
    this.#publish(event)
  }

  snapshot(): Snapshot {
    const empty = this.isEmpty
    return {
      n: this.n,
      at: now(),
      me: ME,
      city: {
        name: '滨海新区',
        nameEn: 'Binhai District',
        note: '',
        centre: CENTRE,
        bounds: [CENTRE[0] - 0.062, CENTRE[1] - 0.055, CENTRE[0] + 0.062, CENTRE[1] + 0.055],
        layers: ['roads', 'zones', 'water', 'rail', 'buildings', 'landuse', 'places'],
      },
      health: HEALTH,
      alarms: [...this.alarms.values()],
      incidents: [...this.incidents.values()],
      assignments: [...this.assignments.values()],
      patrols: empty ? [] : [...this.patrols.values()],
      vehicles: empty ? [] : VEHICLES,
      cameras: empty ? [] : [...this.cameras.values()],
      sites: empty ? [] : SITES,
      zones: ZONES,
      devices: empty ? [] : [...this.devices.values()],
      troubles: empty ? [] : TROUBLES,
      coverage: empty
        ? null
        : {
            at: now(),
            computedInMs: 41,
            zones: ZONES.map((zone, i) => ({
              zoneId: zone.id,
              name: zone.name,
              goalS: zone.goalS,
              share: [0.96, 0.87, 0.99][i] ?? 1,
              roadKm: [22, 160, 540][i] ?? 1,
              freePatrols: 10,
            })),
          },
    }
  }

  raise(deviceId: string, type: Alarm['type'] = 'panic', priority: Alarm['priority'] = 1): Alarm {
    const device = this.devices.get(deviceId)
    const vehicle = VEHICLES.find(({ id }) => id === deviceId)
    const site = SITES.find(({ id }) => id === device?.siteId)
    const id = newId(systemClock.nowMs())
    const incidentId = newId(systemClock.nowMs())
    const spot = {
      lng: site?.lng ?? vehicle?.lng ?? CENTRE[0],
      lat: site?.lat ?? vehicle?.lat ?? CENTRE[1],
      name: site?.name ?? vehicle?.plate ?? deviceId,
      address: site?.address,
    }
    const alarm: Alarm = {
      id,
      deviceId,
      deviceKind: vehicle ? 'taxi' : 'button',
      siteId: site?.id ?? null,
      type,
      priority,
      state: 'raised',
      place: spot,
      occurrences: 1,
      raisedAt: now(),
      lastOccurrenceAt: now(),
      takenAt: now(),
      acknowledgedAt: null,
      owner: null,
      classifiedAt: null,
      disposition: null,
      restoredAt: null,
      closedAt: null,
      escalation: 0,
      incidentId,
    }
    const incident: Incident = {
      id: incidentId,
      number: `20261121-${String(this.incidents.size + 1).padStart(4, '0')}`,
      type,
      priority,
      state: 'open',
      place: spot,
      siteId: site?.id ?? null,
      vehicleId: vehicle?.id ?? null,
      zoneId: 'zone-2',
      goalS: 180,
      alarmIds: [id],
      cameraIds: site?.cameraIds ?? ['cam-13', 'cam-14'],
      owner: null,
      openedAt: now(),
      dispatchedAt: null,
      enRouteAt: null,
      onSceneAt: null,
      controlledAt: null,
      closedAt: null,
      disposition: null,
      closingNote: null,
      mergedInto: null,
    }
    this.alarms.set(id, alarm)
    this.incidents.set(incidentId, incident)
    this.put('alarm', 'raised', alarm, incidentId, `device:${deviceId}`)
    this.put('incident', 'opened', incident, incidentId, 'centre')
    return alarm
  }

  changeAlarm(id: string, action: string, change: Partial<Alarm>, actor: string): Alarm {
    const alarm = { ...this.alarms.get(id)!, ...change }
    this.alarms.set(id, alarm)
    this.put('alarm', action, alarm, alarm.incidentId, actor)
    return alarm
  }

  changeIncident(id: string, action: string, change: Partial<Incident>, actor: string): Incident {
    const incident = { ...this.incidents.get(id)!, ...change }
    this.incidents.set(id, incident)
    this.put('incident', action, incident, id, actor)
    return incident
  }

  changeAssignment(id: string, action: string, change: Partial<Assignment>, actor: string): Assignment {
    const assignment = { ...this.assignments.get(id)!, ...change }
    this.assignments.set(id, assignment)
    this.put('assignment', action, assignment, assignment.incidentId, actor)
    const status = ({ ordered: 'ordered', accepted: 'accepted', enRoute: 'en-route', onScene: 'on-scene' } as const)[
      assignment.state as 'ordered'
    ]
    const patrol: PatrolNow = { ...this.patrols.get(assignment.patrolId)!, status: status ?? 'free', assignmentId: id }
    this.patrols.set(patrol.id, patrol)
    this.put('patrol', patrol.status, patrol, assignment.incidentId, 'centre')
    return assignment
  }

  dispatch(incidentId: string, patrolId: string): Assignment {
    const candidate = this.recommendation(incidentId).candidates.find((c) => c.patrolId === patrolId)
    const id = newId(systemClock.nowMs())
    this.assignments.set(id, {
      id,
      incidentId,
      patrolId,
      state: 'ordered',
      orderedAt: now(),
      orderedBy: 'admin',
      acceptedAt: null,
      enRouteAt: null,
      onSceneAt: null,
      arrival: null,
      clearedAt: null,
      endedAt: null,
      endedReason: null,
      etaS: candidate?.etaS ?? 130,
      distanceM: candidate?.distanceM ?? 1100,
      insideGoal: true,
      goalS: 180,
    })
    this.changeIncident(incidentId, 'dispatched', { state: 'dispatched', dispatchedAt: now() }, 'admin')
    return this.changeAssignment(id, 'ordered', {}, 'admin')
  }

  recommendation(incidentId: string): Recommendation {
    const incident = this.incidents.get(incidentId)!
    const free = [...this.patrols.values()].filter((patrol) => patrol.status === 'free').slice(0, 7)
    const sendable = free.map((patrol, i): Candidate => {
      const from: [number, number] = [patrol.lng!, patrol.lat!]
      const to: [number, number] = [incident.place.lng, incident.place.lat]
      return {
        patrolId: patrol.id,
        callsign: patrol.callsign,
        status: patrol.status,
        etaS: 96 + i * 41,
        etaSpreadS: i === 2 ? 18 : 2,
        distanceM: 780 + i * 520,
        insideGoal: 96 + i * 41 <= 180,
        fixAgeS: i === 2 ? 44 : 1 + i,
        canBeSent: true,
        reasons:
          i === 0 ? ['fastest-by-road', 'inside-goal'] : ['slower-by-road', ...(i === 2 ? ['stale-fix' as const] : [])],
        route: i < 5 ? [from, [to[0], from[1]], to] : null,
      }
    })
    const others = [...this.patrols.values()]
      .filter((patrol) => patrol.status !== 'free')
      .map((patrol): Candidate => ({
        patrolId: patrol.id,
        callsign: patrol.callsign,
        status: patrol.status,
        etaS: 75,
        etaSpreadS: 2,
        distanceM: 610,
        insideGoal: true,
        fixAgeS: 3,
        canBeSent: false,
        reasons: [patrol.status === 'off' ? 'off-duty' : 'already-assigned'],
        route: null,
      }))
    return {
      incidentId,
      at: now(),
      goalS: 180,
      zoneId: 'zone-2',
      sceneOffRoadM: 12,
      candidates: [...sendable, ...others],
      chosen: sendable[0]?.patrolId ?? null,
      shortfall: null,
      circles: [],
      computedInMs: 9.4,
    }
  }

  detail(id: string): IncidentDetail | null {
    const incident = this.incidents.get(id)
    if (!incident) return null
    const site = SITES.find((one) => one.id === incident.siteId) ?? null
    return {
      incident,
      alarms: incident.alarmIds.flatMap((alarmId) => this.alarms.get(alarmId) ?? []),
      assignments: [...this.assignments.values()].filter((a) => a.incidentId === id),
      site,
      contacts: site?.contacts ?? [],
      checklist: [
        { zh: '查看现场画面,确认有无人员受伤', en: 'Look at the live picture: is anybody hurt?' },
        { zh: '电话联系单位联系人核实', en: 'Call the site’s contact' },
        { zh: '通知学校关闭校门、就地避险', en: 'Tell the school to lock its gates' },
      ],
      timeline: this.log.filter((event) => event.incidentId === id),
      recommendation: null,
    }
  }
}

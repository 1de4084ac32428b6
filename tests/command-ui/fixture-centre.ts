import type { WallLayouts } from '../../domain/wall.ts'
import type { Alarm } from '../../domain/alarm.ts'
import type { Assignment } from '../../domain/assignment.ts'
import type { Camera } from '../../domain/camera.ts'
import { systemClock } from '../../domain/clock.ts'
import type { Drill } from '../../domain/drill.ts'
import { newId } from '../../domain/ids.ts'
import type { Incident } from '../../domain/incident.ts'
import type { PatrolNow } from '../../domain/patrol.ts'
import type { Role } from '../../domain/officer.ts'
import { madeUpUsers } from './fixture-many.ts'
import { madeUpRecommendation } from './fixture-recommendation.ts'
import type { Recommendation } from '../../domain/recommendation.ts'
import type { IncidentDetail } from '../../domain/wire/http.ts'
import type { Health, EventKind, LogEvent, Snapshot } from '../../domain/wire/live.ts'
import {
  CENTRE,
  DEVICES,
  HEALTH,
  ME,
  now,
  SITES,
  smallDistrict,
  TROUBLES,
  ZONES,
  type MadeUpDistrict,
} from './fixture-district.ts'

/** The state of the made-up centre and its one event log. */
export class FixtureCentre {
  layouts: WallLayouts = { revision: 0, layouts: [], tours: [], screens: {} }
  /** Orders to cameras that turn. */
  turned: { id: string; order: object }[] = []
  /** What was written to sites and zones. */
  changes: { id: string; body: object }[] = []
  drills: Drill[] = []
  users = madeUpUsers()
  n = 100
  alarms = new Map<string, Alarm>()
  incidents = new Map<string, Incident>()
  assignments = new Map<string, Assignment>()
  patrols: Map<string, PatrolNow>
  devices = new Map(DEVICES.map((device) => [device.id, device]))
  cameras: Map<string, Camera>
  readonly district: MadeUpDistrict
  log: LogEvent[] = []
  rendered: { alarmId: string; atMs: number }[] = []
  isEmpty = false
  health: Health = HEALTH
  /** Who sits at the desk. */
  role: Role = 'officer'
  #publish: (event: LogEvent) => void = () => undefined
  #tellAhead: (alarm: Alarm) => void = () => undefined
  /** Provisional alarms and the incidents that they will open. */
  readonly #known = new Map<string, { alarm: Alarm; incidentId: string }>()

  constructor(district = smallDistrict()) {
    this.district = district
    this.patrols = new Map(district.patrols.map((patrol) => [patrol.id, patrol]))
    this.cameras = new Map(district.cameras.map((camera) => [camera.id, camera]))
  }

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
      me: { ...ME, role: this.role },
      city: this.district.city,
      mqtt: { host: null, port: 1883, isTls: false },
      health: this.health,
      alarms: [...this.alarms.values()],
      incidents: [...this.incidents.values()],
      assignments: [...this.assignments.values()],
      patrols: empty ? [] : [...this.patrols.values()],
      vehicles: empty ? [] : this.district.vehicles,
      cameras: empty ? [] : [...this.cameras.values()],
      sites: empty ? [] : SITES,
      zones: ZONES,
      devices: empty ? [] : [...this.devices.values()],
      troubles: empty ? [] : TROUBLES,
      dutyLevel: { level: 'normal', at: null, by: null, reason: null },
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
    const { alarm, incident, incidentId } = this.#make(deviceId, type, priority)
    this.alarms.set(alarm.id, alarm)
    this.incidents.set(incidentId, incident)
    this.put('alarm', 'raised', alarm, incidentId, `device:${deviceId}`)
    this.put('incident', 'opened', incident, incidentId, 'centre')
    return alarm
  }

  #make(deviceId: string, type: Alarm['type'], priority: Alarm['priority']) {
    const device = this.devices.get(deviceId)
    const vehicle = this.district.vehicles.find(({ id }) => id === deviceId)
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
    return { alarm, incident, incidentId }
  }

  /** Pressed while the database is away: on the desk without an incident. */
  raiseProvisional(deviceId: string): Alarm {
    const { alarm, incident, incidentId } = this.#make(deviceId, 'panic', 1)
    this.incidents.set(incidentId, incident)
    return this.#ahead(incidentId, { ...alarm, incidentId: null, provisional: true })
  }

  /** Undefined: it is stored. */
  acknowledgeAhead(alarmId: string): Alarm | undefined {
    const known = this.#known.get(alarmId)
    if (!known) return undefined
    return this.#ahead(known.incidentId, {
      ...known.alarm,
      state: 'acknowledged',
      owner: ME.username,
      acknowledgedAt: now(),
    })
  }

  incidentIdOf(alarmId: string): string {
    return this.#known.get(alarmId)?.incidentId ?? this.alarms.get(alarmId)!.incidentId!
  }

  radioOrder(alarmId: string, patrolId: string): Alarm {
    const { alarm, incidentId } = this.#known.get(alarmId)!
    return this.#ahead(incidentId, { ...alarm, radioOrders: [{ patrolId, by: ME.username, at: now() }] })
  }

  #ahead(incidentId: string, alarm: Alarm): Alarm {
    this.#known.set(alarm.id, { alarm, incidentId })
    this.#tellAhead(alarm)
    return alarm
  }

  onProvisional(tell: (alarm: Alarm) => void): void {
    this.#tellAhead = tell
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
    const { place } = this.incidents.get(incidentId)!
    const sent = [...this.assignments.values()].filter((one) => one.incidentId === incidentId && !one.endedAt).length
    return madeUpRecommendation(incidentId, place, [...this.patrols.values()], sent)
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

import type { Alarm } from '../../domain/alarm.ts'
import type { Assignment } from '../../domain/assignment.ts'
import { isOpenAssignment, patrolStatus } from '../../domain/assignment-transitions.ts'
import type { Camera } from '../../domain/camera.ts'
import {
  DEFAULT_ESCALATION,
  NORMAL_DUTY,
  zoneAtLevel,
  type DutyLevelNow,
  type EscalationFactors,
  type ZoneNow,
} from '../../domain/duty-level.ts'
import type { Device } from '../../domain/device.ts'
import { judgePlace, type PlaceNow, type VehicleNow } from '../../domain/fix.ts'
import type { Incident } from '../../domain/incident.ts'
import { isOpenIncident } from '../../domain/incident-transitions.ts'
import { patrolSchema, type Patrol, type PatrolNow } from '../../domain/patrol.ts'
import type { Posting } from '../../domain/posting.ts'
import type { Site } from '../../domain/site.ts'
import type { Trouble } from '../../domain/trouble.ts'
import type { LogEvent } from '../../domain/wire/live.ts'
import type { Zone } from '../../domain/zone.ts'
import { toIso } from '../../domain/clock.ts'
import type { Position, Positions } from '../fleet/positions.ts'
import { openAlarms } from '../alarms/alarm-rows.ts'
import { openIncidents } from '../alarms/incident-rows.ts'
import { readCameras, toCamera } from '../cameras/camera-row.ts'
import { assignmentsOfOpenIncidents } from '../dispatch/assignment-rows.ts'
import { standingPostings } from '../dispatch/posting-rows.ts'
import type { Database } from '../store/database.ts'
import { readDutyLevel } from './duty-level-row.ts'
import { lastEventNumber } from './event-rows.ts'
import { readDevices, readRegister, readVehicles, type Vehicle } from './register-rows.ts'
import { readStanding } from './troubles.ts'

/**
 * What is true now, in memory: the tables once, then the event log, exactly as a desk follows it. Everything that must be quick
 * (snapshots, recommendations, coverage, arrivals) reads here and asks no database. Open alarms and incidents only.
 */
export class CentreState {
  readonly alarms = new Map<string, Alarm>()
  readonly incidents = new Map<string, Incident>()
  readonly assignments = new Map<string, Assignment>()
  readonly patrols = new Map<string, Patrol>()
  /** Those that stand, by id. */
  readonly postings = new Map<string, Posting>()
  readonly cameras = new Map<string, Camera>()
  readonly devices = new Map<string, Device>()
  readonly sites = new Map<string, Site>()
  readonly zones = new Map<string, Zone>()
  readonly troubles = new Map<string, Trouble>()
  readonly vehicles = new Map<string, Vehicle>()
  readonly positions: Positions
  #n = 0
  #duty: DutyLevelNow = NORMAL_DUTY
  readonly #escalation: EscalationFactors
  #zonesNow: { level: DutyLevelNow['level']; from: Zone[]; zones: ZoneNow[] } | null = null

  constructor(positions: Positions, escalation: EscalationFactors = DEFAULT_ESCALATION) {
    this.positions = positions
    this.#escalation = escalation
  }

  get dutyLevel(): DutyLevelNow {
    return this.#duty
  }

  /** What the waiting times of escalations are multiplied by at this duty level. */
  get escalationFactor(): number {
    return this.#escalation[this.#duty.level]
  }

  /** The zones with the promises of the duty level in force; the very same objects as long as neither changes. */
  zonesNow(): readonly ZoneNow[] {
    const from = [...this.zones.values()]
    const { level } = this.#duty
    const known = this.#zonesNow
    const isSame = known?.level === level && known.from.length === from.length
    if (known && isSame && known.from.every((zone, i) => zone === from[i])) return known.zones
    this.#zonesNow = { level, from, zones: from.map((zone) => zoneAtLevel(zone, level)) }
    return this.#zonesNow.zones
  }

  /** Number of the event at which this state is true. */
  get n(): number {
    return this.#n
  }

  /** Reads all tables as of one moment. */
  async load(database: Database): Promise<void> {
    await database.tx(
      async (tx) => {
        this.#n = await lastEventNumber(tx)
        this.#duty = await readDutyLevel(tx)
        replace(this.alarms, await openAlarms(tx))
        replace(this.incidents, await openIncidents(tx))
        replace(this.assignments, await assignmentsOfOpenIncidents(tx))
        replace(this.patrols, await readRegister<Patrol>(tx, 'patrol'))
        replace(this.postings, await standingPostings(tx))
        replace(this.sites, await readRegister<Site>(tx, 'site'))
        replace(this.zones, await readRegister<Zone>(tx, 'zone'))
        replace(this.cameras, (await readCameras(tx)).map(toCamera))
        replace(this.devices, await readDevices(tx))
        replace(this.troubles, await readStanding(tx))
        replace(this.vehicles, await readVehicles(tx))
      },
      { isolation: 'repeatable read' },
    )
  }

  /** One event further; those already in the tables that were loaded are skipped. */
  apply(event: LogEvent): void {
    if (event.n <= this.#n) return
    this.#n = event.n
    const { subjectId: id } = event
    // Where it was moved from is true of the event, not of the thing.
    const { movedFrom: _movedFrom, ...body } = event.body
    const removed = event.action === 'removed'
    switch (event.kind) {
      case 'alarm': {
        const alarm = body as unknown as Alarm
        put(this.alarms, id, alarm, removed || alarm.state === 'closed')
        return
      }
      case 'incident':
        return this.#applyIncident(id, body as unknown as Incident, removed)
      case 'assignment':
        return put(this.assignments, id, body as unknown as Assignment, removed)
      case 'patrol':
        return removed ? put(this.patrols, id, null, true) : put(this.patrols, id, patrolSchema.parse(body), false)
      case 'posting': {
        const posting = body as unknown as Posting
        return put(this.postings, id, posting, posting.state === 'ended')
      }
      case 'camera':
        return put(this.cameras, id, body as unknown as Camera, removed)
      case 'device':
        return put(this.devices, id, body as unknown as Device, removed)
      case 'site':
        return put(this.sites, id, body as unknown as Site, removed)
      case 'zone':
        return put(this.zones, id, body as unknown as Zone, removed)
      case 'trouble': {
        const trouble = body as unknown as Trouble
        return put(this.troubles, id, trouble, removed || trouble.restoredAt !== null)
      }
      case 'duty':
        if (event.action === 'level-changed') this.#duty = body as unknown as DutyLevelNow
        return
      case 'note':
        return
      default: {
        const never: never = event.kind
        throw new Error(`unknown kind of event ${String(never)}`)
      }
    }
  }

  #applyIncident(id: string, incident: Incident, removed: boolean): void {
    const open = !removed && isOpenIncident(incident)
    put(this.incidents, id, incident, !open)
    if (open) return
    for (const [key, assignment] of this.assignments) if (assignment.incidentId === id) this.assignments.delete(key)
  }

  openAssignmentOf(patrolId: string): Assignment | null {
    for (const assignment of this.assignments.values()) {
      if (assignment.patrolId === patrolId && isOpenAssignment(assignment)) return assignment
    }
    return null
  }

  /** Where a patrol is told to stand; null: nowhere. */
  postingOf(patrolId: string): Posting | null {
    for (const posting of this.postings.values()) if (posting.patrolId === patrolId) return posting
    return null
  }

  /** A patrol as a desk sees it: its register entry, the status derived from `assignment`, its place from memory. */
  patrolNow(patrol: Patrol, assignment: Assignment | null = this.openAssignmentOf(patrol.id)): PatrolNow {
    const position = this.positions.of(patrol.id)
    return {
      ...patrol,
      key: position?.key ?? 0,
      status: patrolStatus(patrol.duty, assignment),
      assignmentId: assignment?.id ?? null,
      ...(position?.source ? { fixSource: position.source } : {}),
      ...placeNow(position),
    }
  }

  /** How far the place of a patrol or vehicle can be believed at this moment. */
  placeNow(id: string, nowMs: number): PlaceNow {
    const position = this.positions.get(id)
    return judgePlace(position?.known ? position.receivedAtMs : null, this.positions.isSuspect(id), nowMs)
  }

  vehicleNow(vehicle: Vehicle): VehicleNow {
    const position = this.positions.of(vehicle.id)
    const hired = Boolean((position?.flags ?? 0) & 1)
    return { ...vehicle, key: position?.key ?? 0, hired, ...placeNow(position) }
  }
}

function placeNow(
  position: Position | null,
): Pick<VehicleNow, 'lng' | 'lat' | 'speedMps' | 'bearingDeg' | 'takenAt' | 'receivedAt'> {
  if (!position?.known) {
    return { lng: null, lat: null, speedMps: null, bearingDeg: null, takenAt: null, receivedAt: null }
  }
  return {
    lng: position.lng,
    lat: position.lat,
    speedMps: position.speedMps,
    bearingDeg: Number.isNaN(position.bearingDeg) ? null : position.bearingDeg,
    takenAt: toIso(position.takenAtMs),
    receivedAt: toIso(position.receivedAtMs),
  }
}

function replace<T extends { id: string }>(map: Map<string, T>, items: readonly T[]): void {
  map.clear()
  for (const item of items) map.set(item.id, item)
}

function put<T>(map: Map<string, T>, id: string, item: T | null, remove: boolean): void {
  if (remove || item === null) map.delete(id)
  else map.set(id, item)
}

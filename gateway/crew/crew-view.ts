import type { Assignment } from '../../domain/assignment.ts'
import { toIso, type Clock } from '../../domain/clock.ts'
import { Fault } from '../../domain/fault.ts'
import type { Incident } from '../../domain/incident.ts'
import type { Patrol } from '../../domain/patrol.ts'
import type { CrewNote, CrewOrder, CrewView, EndedOrder } from '../../domain/wire/crew.ts'
import { readIncident } from '../alarms/incident-rows.ts'
import { sceneOf } from '../dispatch/arrivals.ts'
import type { CentreState } from '../live/centre-state.ts'
import type { Database } from '../store/database.ts'
import { lastEndedAssignment, notesForCrew } from './crew-rows.ts'
import { countPhotos } from './photo-rows.ts'

/** An order that ended longer ago is no news to anybody. */
const ENDED_MS = 30 * 60_000
/** Pictures of one scene on a telephone; a desk has more. */
export const CREW_CAMERAS_MAX = 4

interface FromTables {
  ended: EndedOrder | null
  notes: CrewNote[]
  photos: number
}
const NOTHING: FromTables = { ended: null, notes: [], photos: 0 }

/** What a crew is told: its own order, and of the incident what one needs to drive there. Nothing of anybody else. */
export class CrewViews {
  readonly #state: CentreState
  readonly #database: Database
  readonly #clock: Clock
  /** The last that the tables said, by patrol: what stands while the database is away. */
  readonly #known = new Map<string, FromTables>()

  constructor(deps: { state: CentreState; database: Database; clock: Clock }) {
    this.#state = deps.state
    this.#database = deps.database
    this.#clock = deps.clock
  }

  /** Order, place and duty from memory; notes, photos and the last end from the tables, as they last could be read. @throws Fault `not-found` */
  async of(patrolId: string): Promise<CrewView> {
    const before = this.#state.openAssignmentOf(patrolId)
    const more = await this.#fromTables(patrolId, before?.incidentId ?? null)
    // After the reading, so that memory is never older than the event that asked for this view.
    const patrol = this.#patrol(patrolId)
    const assignment = this.#state.openAssignmentOf(patrolId)
    const incident = assignment ? this.#state.incidents.get(assignment.incidentId) : undefined
    const isSame = assignment?.incidentId === before?.incidentId
    const position = this.#state.positions.get(patrolId)
    return {
      at: toIso(this.#clock.nowMs()),
      patrol: { id: patrol.id, callsign: patrol.callsign, duty: patrol.duty },
      order: assignment && incident ? this.#order(assignment, incident, isSame ? more : NOTHING) : null,
      ended: more.ended,
      posting: this.#state.postingOf(patrolId),
      fix:
        position?.known && position.source !== null
          ? { source: position.source, receivedAt: toIso(position.receivedAtMs) }
          : null,
    }
  }

  /** Whether this crew may see a picture of this camera now: one of the incident that its open order is of. */
  sees(patrolId: string, cameraId: string): boolean {
    const assignment = this.#state.openAssignmentOf(patrolId)
    const incident = assignment && this.#state.incidents.get(assignment.incidentId)
    return incident?.cameraIds.slice(0, CREW_CAMERAS_MAX).includes(cameraId) ?? false
  }

  #patrol(patrolId: string): Patrol {
    const patrol = this.#state.patrols.get(patrolId)
    if (!patrol) throw new Fault('not-found', 'there is no such patrol', { kind: 'patrol', id: patrolId })
    return patrol
  }

  #order(assignment: Assignment, incident: Incident, more: FromTables): CrewOrder {
    const { id, number, type, priority, state, place, goalS, openedAt } = incident
    const alarm = incident.alarmIds.map((alarmId) => this.#state.alarms.get(alarmId)).find((one) => one)
    const device = alarm && this.#state.devices.get(alarm.deviceId)
    const site = incident.siteId === null ? undefined : this.#state.sites.get(incident.siteId)
    const vehicle = incident.vehicleId === null ? undefined : this.#state.vehicles.get(incident.vehicleId)
    return {
      assignment,
      incident: { id, number, type, priority, state, place, goalS, openedAt },
      scene: sceneOf(this.#state, incident),
      device: device ? { name: device.name, spot: device.spot } : null,
      site: site
        ? { name: site.name, nameEn: site.nameEn, address: site.address, contacts: site.contacts, notes: site.notes }
        : null,
      vehicle: vehicle ? { name: vehicle.name, plate: vehicle.plate } : null,
      cameraIds: incident.cameraIds.slice(0, CREW_CAMERAS_MAX),
      notes: more.notes,
      photos: more.photos,
    }
  }

  async #fromTables(patrolId: string, incidentId: string | null): Promise<FromTables> {
    try {
      const open = this.#state.openAssignmentOf(patrolId)
      const [ended, notes, photos] = await Promise.all([
        this.#ended(patrolId),
        incidentId === null ? [] : notesForCrew(this.#database, incidentId, patrolId),
        open ? countPhotos(this.#database, open.id) : 0,
      ])
      const found = { ended, notes, photos }
      this.#known.set(patrolId, found)
      return found
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'database-away') throw error
      return this.#known.get(patrolId) ?? NOTHING
    }
  }

  async #ended(patrolId: string): Promise<EndedOrder | null> {
    const last = await lastEndedAssignment(this.#database, patrolId)
    const at = last && (last.endedAt ?? last.clearedAt)
    if (!last || !at || this.#clock.nowMs() - Date.parse(at) > ENDED_MS) return null
    const incident = await readIncident(this.#database, last.incidentId)
    return {
      assignmentId: last.id,
      incidentNumber: incident.number,
      placeName: incident.place.name,
      state: last.state,
      at,
      reason: last.endedReason,
    }
  }
}

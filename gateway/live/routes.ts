import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../../domain/clock.ts'
import { toIso } from '../../domain/clock.ts'
import type { Me } from '../../domain/officer.ts'
import type { Device } from '../../domain/device.ts'
import type { Alarm } from '../../domain/alarm.ts'
import type { Coverage } from '../../domain/recommendation.ts'
import { logEventSchema, snapshotSchema, type Health, type LogEvent, type Snapshot } from '../../domain/wire/live.ts'
import { z } from '../../domain/z.ts'
import { isCalled } from '../../domain/calls.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { Subject } from '../trust/policy.ts'
import type { CentreState } from './centre-state.ts'
import type { EventLog } from './event-log.ts'
import { coverageFor, seesIncident, seesMoving, seesThing, seesTrouble, shownEvent, whoOf } from './visibility.ts'

export interface LiveRouteDeps {
  events: EventLog
  state: CentreState
  clock: Clock
  city: Snapshot['city']
  mqtt: Snapshot['mqtt']
  health: () => Health
  coverage: () => Coverage | null
  /** Alarms that are shown but not stored yet. */
  provisional: () => Alarm[]
  /** A device with what memory knows better than its row. */
  deviceNow: (device: Device) => Device
}

/** One answer of `GET events` as JSON; a caller that is further behind goes on with the last number. */
const PAGE_MAX = 500
/** A proxy cuts a silent stream after a minute; the comment also finds dead ones. */
const SSE_BEAT_MS = 15_000
/** An integrator that does not read is cut off; it comes back with Last-Event-ID. */
const SSE_BUFFERED_MAX = 1024 * 1024

export function liveRoutes(deps: LiveRouteDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/snapshot',
      summary: 'Everything a desk needs, and the event number at which it is true',
      action: 'desk.view',
      answer: snapshotSchema,
      handler: ({ subject }) => buildSnapshot(deps, meOf(subject)),
    }),
    defineRoute({
      method: 'get',
      path: '/events',
      summary:
        'The event log after a number, live: WebSocket with Upgrade, else Server-Sent Events; one page of JSON with limit or Accept: application/json',
      action: 'desk.view',
      query: z.object({
        after: z.coerce.number().int().min(0).optional(),
        limit: z.coerce.number().int().min(1).max(PAGE_MAX).optional(),
      }),
      answer: z.object({ n: z.number().int(), events: z.array(logEventSchema) }),
      handler: async ({ query, req, res, subject }) => {
        const who = whoOf(subject)
        const shown = (event: LogEvent) => shownEvent(deps.state, who, event)
        const resumed = Number(req.headers['last-event-id'] ?? NaN)
        const after = Number.isInteger(resumed) ? resumed : query.after
        if (query.limit !== undefined || (req.headers.accept ?? '').includes('application/json')) {
          const events = await deps.events.read(after ?? 0, query.limit ?? PAGE_MAX)
          return { n: deps.events.n, events: events.map(shown) }
        }
        await streamEvents(deps, req, res, after ?? deps.events.n, shown)
        return { n: deps.events.n, events: [] }
      },
    }),
  ]
}

/** The state at exactly event `n`, from memory, as far as it is this officer's to see. */
export function buildSnapshot(deps: LiveRouteDeps, me: Me): Snapshot {
  const { state, clock } = deps
  const provisional = deps.provisional()
  const nowMs = clock.nowMs()
  const coverage = deps.coverage()
  const shownTwice = new Set(provisional.map((alarm) => alarm.id))
  const stored = [...state.alarms.values()].filter((alarm) => !shownTwice.has(alarm.id))
  const mine = <T extends { jurisdiction?: string | undefined }>(things: ReadonlyMap<string, T>) =>
    [...things.values()].filter((thing) => me.jurisdiction === '' || seesThing(state, me, thing))
  return {
    n: state.n,
    at: toIso(clock.nowMs()),
    me,
    city: deps.city,
    mqtt: deps.mqtt,
    health: deps.health(),
    alarms: [...stored, ...provisional].filter((alarm) => isCalled(me, alarm)),
    incidents: [...state.incidents.values()].filter((incident) => isCalled(me, incident)),
    assignments: [...state.assignments.values()].filter((one) => seesIncident(state, me, one.incidentId)),
    patrols: mine(state.patrols).map((patrol) => ({
      ...state.patrolNow(patrol),
      place: state.placeNow(patrol.id, nowMs),
    })),
    postings: [...state.postings.values()].filter(({ patrolId }) => seesMoving(state, me, patrolId)),
    vehicles: [...state.vehicles.values()]
      .filter(({ id }) => seesMoving(state, me, id))
      .map((vehicle) => ({
        ...state.vehicleNow(vehicle),
        place: state.placeNow(vehicle.id, nowMs),
      })),
    cameras: mine(state.cameras),
    sites: mine(state.sites),
    zones: mine(state.zones),
    devices: mine(state.devices).map((device) => deps.deviceNow(device)),
    troubles: [...state.troubles.values()].filter((trouble) => seesTrouble(state, me, trouble)),
    coverage: coverage && coverageFor(state, me, coverage),
    dutyLevel: state.dutyLevel,
  }
}

function meOf(subject: Subject): Me {
  if (subject.type === 'officer') return subject.me
  return {
    id: 'centre',
    username: 'centre',
    displayName: 'centre',
    role: 'inspector',
    jurisdiction: '',
    patrolId: null,
    mustSetPassword: false,
  }
}

/** Server-Sent Events: `id` is the event number, so that a browser or a library resumes by itself. */
async function streamEvents(
  { events }: LiveRouteDeps,
  req: IncomingMessage,
  res: ServerResponse,
  after: number,
  shown: (event: LogEvent) => LogEvent,
): Promise<void> {
  res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
  res.flushHeaders()
  let told = after
  const tell = (one: LogEvent) => {
    if (one.n <= told) return
    told = one.n
    const event = shown(one)
    res.write(`id: ${event.n}\nevent: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`)
    if (res.writableLength > SSE_BUFFERED_MAX) res.destroy()
  }
  // What memory does not hold any more comes from the table, page by page, until memory takes over without a gap.
  let missed = events.after(told)
  while (missed === null && told < events.n && !res.destroyed) {
    for (const event of await events.read(told)) tell(event)
    missed = events.after(told)
  }
  for (const event of missed ?? []) tell(event)
  const stop = events.subscribe(tell)
  const beat = setInterval(() => res.write(': beat\n\n'), SSE_BEAT_MS)
  await new Promise<void>((resolve) => req.on('close', resolve))
  clearInterval(beat)
  stop()
}

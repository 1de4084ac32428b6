import type { Assignment } from '../../domain/assignment.ts'
import { toIso } from '../../domain/clock.ts'
import { newId } from '../../domain/ids.ts'
import type { Incident } from '../../domain/incident.ts'
import type { Posting } from '../../domain/posting.ts'
import type { Recommendation } from '../../domain/recommendation.ts'
import type { LngLat } from '../../domain/scalars.ts'
import { PAYLOAD_BYTES_MAX, type CommandPayload, type OrderArgs } from '../../domain/wire/mqtt.ts'
import { simplifyLine } from '../../domain/geo/polyline.ts'
import type { OutboxMessage } from './outbox-rows.ts'

/** After this the officer has long been told that nobody answered and has sent somebody else. */
const ORDER_LIFE_MS = 10 * 60_000
/** A point is about 22 bytes of JSON: with the other fields the order stays within the 4 KiB of the contract. */
const ROUTE_POINTS_MAX = 120

/** The order as the patrol's terminal gets it, with the way to drive. */
export function orderMessage(
  assignment: Assignment,
  incident: Incident,
  recommendation: Recommendation,
  nowMs: number,
): OutboxMessage {
  const candidate = recommendation.candidates.find((one) => one.patrolId === assignment.patrolId)
  const args: OrderArgs = {
    assignmentId: assignment.id,
    incidentId: incident.id,
    incidentNumber: incident.number,
    type: incident.type,
    placeName: incident.place.name,
    lng: incident.place.lng,
    lat: incident.place.lat,
    etaS: assignment.etaS,
    route: shortRoute(candidate?.route ?? []),
  }
  const payload: CommandPayload = {
    id: assignment.id,
    name: 'order',
    args: { ...args },
    expiresAt: toIso(nowMs + ORDER_LIFE_MS),
  }
  if (Buffer.byteLength(JSON.stringify(payload)) > PAYLOAD_BYTES_MAX) payload.args = { ...args, route: [] }
  return toPatrol(assignment.patrolId, payload)
}

/** Tells the crew that the order is over: cancelled, or the incident is closed. */
export function releaseMessage(assignment: Assignment, text: string, nowMs: number): OutboxMessage {
  return toPatrol(assignment.patrolId, {
    id: newId(nowMs),
    name: 'message',
    args: { assignmentId: assignment.id, released: true, text },
    expiresAt: toIso(nowMs + ORDER_LIFE_MS),
  })
}

/** A short text of the desk; the terminal answers it with an ordinary reply. */
export function crewMessage(assignment: Assignment, messageId: string, text: string, nowMs: number): OutboxMessage {
  return toPatrol(assignment.patrolId, {
    id: messageId,
    name: 'message',
    // Without the order's id: a terminal that takes every message of its order for the end of it is not misled.
    args: { released: false, text },
    expiresAt: toIso(nowMs + ORDER_LIFE_MS),
  })
}

/** Where a free patrol shall stand. A terminal that knows nothing of postings shows the text, which is the place's name. */
export function postingMessage(posting: Posting, nowMs: number): OutboxMessage {
  const { id: postingId, patrolId, lng, lat, placeName } = posting
  const args = { postingId, released: false, text: placeName, lng, lat }
  return toPatrol(patrolId, { id: postingId, name: 'message', args, expiresAt: toIso(nowMs + ORDER_LIFE_MS) })
}

/** It need not stand there any more. */
export function postingEndMessage({ id, patrolId, placeName }: Posting, nowMs: number): OutboxMessage {
  const args = { postingId: id, released: true, text: placeName }
  return toPatrol(patrolId, { id: newId(nowMs), name: 'message', args, expiresAt: toIso(nowMs + ORDER_LIFE_MS) })
}

function toPatrol(patrolId: string, payload: CommandPayload): OutboxMessage {
  return { deviceKind: 'patrol', deviceId: patrolId, channel: 'command', payload, expiresAt: payload.expiresAt }
}

/** A terminal needs the shape, not every metre: within 5 m, then coarser until it fits. */
function shortRoute(line: readonly LngLat[]): [number, number][] {
  let short = line
  for (let toleranceM = 5; short.length > ROUTE_POINTS_MAX && toleranceM <= 640; toleranceM *= 2) {
    short = simplifyLine(line, toleranceM)
  }
  return short.slice(0, ROUTE_POINTS_MAX).map(([lng, lat]) => [Number(lng.toFixed(6)), Number(lat.toFixed(6))])
}

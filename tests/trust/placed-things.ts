import type { EscalatedTo } from '../../domain/alarm.ts'
import { OPEN_ASSIGNMENT_STATES } from '../../domain/assignment.ts'
import type { Database } from '../../gateway/store/database.ts'

export const OWN = 'a/b'
/** A name for each relation of a thing's jurisdiction to that of an officer of a/b. `twin` only begins with the same letters. */
export const PLACES = {
  own: OWN,
  child: 'a/b/x',
  sibling: 'a/c',
  twin: 'a/bb',
  parent: 'a',
  stranger: 'z/b',
  nobody: '',
} as const
export type Place = keyof typeof PLACES
export const VISIBLE: readonly Place[] = ['own', 'child', 'nobody']

const at = '2026-11-25T12:00:00.000Z'
const SQUARE = [[[0, 0], [1, 0], [1, 1], [0, 0]]] // prettier-ignore

/** Alarms and incidents of a sibling that others have been called to, and whom that reaches in a/b. */
export const CALLED: Record<string, { call: EscalatedTo; reaches: 'all' | 'none' | 'supervisors' }> = {
  everyone: { call: { to: 'everyone', jurisdiction: '', at }, reaches: 'all' },
  parentOfBoth: { call: { to: 'parent', jurisdiction: 'a', at }, reaches: 'all' },
  otherParent: { call: { to: 'parent', jurisdiction: 'z', at }, reaches: 'none' },
  neighbours: { call: { to: 'neighbours', jurisdiction: 'a', at }, reaches: 'all' },
  otherNeighbours: { call: { to: 'neighbours', jurisdiction: 'z', at }, reaches: 'none' },
  supervisors: { call: { to: 'supervisors', jurisdiction: 'a/c', at }, reaches: 'supervisors' },
}

const POSTING = {
  lng: 0,
  lat: 0,
  placeName: 'x',
  state: 'sent',
  sentAt: at,
  sentBy: 'x',
  acceptedAt: null,
  thereAt: null,
  arrival: null,
  endedAt: null,
  endedBy: null,
  ended: null,
  endedReason: null,
}

const CAMERA = {
  siteId: null,
  lng: 0,
  lat: 0,
  bearingDeg: null,
  fovDeg: 60,
  rangeM: 50,
  warm: false,
  source: { kind: 'rtsp', address: 'rtsp://x', username: null },
  onvif: null,
}

const deviceBody = (name: string, more: object) =>
  ({ kind: 'button', name, siteId: null, spot: null, lng: 0, lat: 0, power: 'mains', ...more }) // prettier-ignore

/** One of everything in every place: `camera-own`, `camera-sibling`, … A device `homed-…` has no jurisdiction but that of its site. */
export async function registerEverything(database: Database): Promise<void> {
  for (const [place, jurisdiction] of Object.entries(PLACES)) {
    const put = (table: string, id: string, body: object) =>
      database.execute(`insert into ${table} (id, body) values ($1, $2)`, [
        id,
        JSON.stringify({ id, ...body, jurisdiction }),
      ])
    const site = { name: place, nameEn: null, kind: 'school', address: '', lng: 0, lat: 0, contacts: [] }
    await put('site', `site-${place}`, { ...site, cameraIds: [], notes: null })
    await put('zone', `zone-${place}`, { name: place, nameEn: null, kind: 'busy', goalS: 60, polygon: SQUARE })
    const patrol = { callsign: place, kind: 'car', crew: [], plate: null, duty: 'on', homeLng: 0, homeLat: 0 }
    await put('patrol', `patrol-${place}`, { ...patrol, zoneId: null })
    const posting = { id: `posting-${place}`, patrolId: `patrol-${place}`, ...POSTING }
    await database.execute('insert into posting (id, patrol_id, body) values ($1, $2, $3)', [
      posting.id,
      posting.patrolId,
      JSON.stringify(posting),
    ])
    await put('camera', `camera-${place}`, {
      ...CAMERA,
      name: place,
    })
    await register(database, `device-${place}`, deviceBody(place, { jurisdiction }))
    await register(database, `homed-${place}`, deviceBody(place, { siteId: `site-${place}` }))
    // A car whose terminal is registered where it belongs.
    const car = `insert into vehicle (id, kind, body) values ($1, 'taxi', $2)`
    await database.execute(car, [`device-${place}`, JSON.stringify({ name: place, plate: null })])
    await database.execute(
      `insert into users (id, username, display_name, role, jurisdiction) values ($1, $1, $1, 'officer', $2)`,
      [`user-${place}`, jurisdiction],
    )
    await database.execute(`insert into coverage_minute (zone_id, at, share, goal_s) values ($1, now(), 1, 60)`, [
      `zone-${place}`,
    ])
    for (const kind of ['device', 'camera', 'site']) await trouble(database, kind, `${kind}-${place}`, 'lost')
    await trouble(database, 'city', jurisdiction || 'centre', 'alarm-flood')
    await raise(database, place, `device-${place}`, { jurisdiction, zoneId: `zone-${place}` })
  }
  const home = { jurisdiction: PLACES.sibling, zoneId: null }
  for (const [name, { call }] of Object.entries(CALLED)) {
    await register(database, `device-${name}`, deviceBody(name, { jurisdiction: PLACES.sibling }))
    await raise(database, name, `device-${name}`, { ...home, escalatedTo: [call] })
  }
  await writeAudit(database)
}

async function trouble(database: Database, kind: string, id: string, code: string): Promise<void> {
  await database.execute(
    `insert into trouble (id, subject_kind, subject_id, code, detail, since) values ($1, $2, $3, $4, '', now())`,
    [`${kind}:${id}:${code}`, kind, id, code],
  )
}

async function register(database: Database, id: string, body: object): Promise<void> {
  await database.execute(`insert into device (id, kind, body) values ($1, 'button', $2)`, [id, JSON.stringify(body)])
}

async function raise(database: Database, name: string, deviceId: string, body: object): Promise<void> {
  const more = JSON.stringify({ ...body, id: `alarm-${name}`, deviceId, state: 'raised', alarmIds: [], cameraIds: [] })
  await database.execute(
    `insert into incident (id, number, state, body, opened_at)
     values ($1, $1, 'open', $2::jsonb || jsonb_build_object('id', $1::text, 'state', 'dispatched'), now())`,
    [`incident-${name}`, more],
  )
  await database.execute(
    `insert into alarm (id, device_id, device_kind, type, priority, state, body, raised_at, incident_id)
     values ($1, $2, 'button', 'panic', 1, 'raised', $3, now(), $4)`,
    [`alarm-${name}`, deviceId, more, `incident-${name}`],
  )
  const order = { id: `order-${name}`, incidentId: `incident-${name}`, patrolId: `patrol-${name}` }
  await database.execute(
    `insert into assignment (id, incident_id, patrol_id, state, body, ordered_at) values ($1, $2, $3, $4, $5, now())`,
    [order.id, order.incidentId, order.patrolId, OPEN_ASSIGNMENT_STATES[0], JSON.stringify(order)],
  )
  await database.execute(
    `insert into photo (id, assignment_id, incident_id, patrol_id, file, type, bytes, width_px, height_px, received_at)
     values ($1, $2, $3, $4, $1, 'image/jpeg', 1, 1, 1, now())`,
    [photoId(name), order.id, order.incidentId, order.patrolId],
  )
  for (const alarmId of [`alarm-${name}`, null]) {
    await database.execute(
      `insert into signal (device_id, device_kind, event_id, received_at, raw, readable, alarm_id)
       values ($1, 'button', $2, now(), '', true, $3)`,
      [deviceId, `${alarmId ?? 'log'} ${name}`, alarmId],
    )
  }
}

/** A ULID of its own for each name. */
export function photoId(name: string): string {
  const letters = Buffer.from(name).toString('hex').toUpperCase()
  return letters.padStart(26, '0').slice(-26)
}

async function writeAudit(database: Database): Promise<void> {
  const write = (actor: string, kind: string, id: string | null) =>
    database.execute(
      `insert into audit (actor, action, object_kind, object_id, outcome) values ($1, 'test', $2, $3, 'done')`,
      [actor, kind, id],
    )
  for (const place of Object.keys(PLACES)) {
    for (const kind of ['camera', 'device', 'site', 'zone', 'patrol', 'alarm', 'incident', 'user']) {
      await write('centre', kind, `${kind}-${place}`)
    }
    await write(`user-${place}`, 'session', 'none')
    await write(`user-${place}`, 'camera', `removed-${place}`)
  }
}

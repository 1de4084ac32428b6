import { isSupervisor } from '../../domain/calls.ts'
import { parentOf } from '../../domain/jurisdiction.ts'
import type { Who } from './visibility.ts'

/** A condition for a `where`, and what its placeholders stand for. */
export interface VisibleRows {
  where: string
  params: readonly unknown[]
}

/** Who covers everything pays nothing. */
const ALL: VisibleRows = { where: 'true', params: [] }

/*
 * `domain/calls.ts` and `domain/jurisdiction.ts` once more, as SQL, because a page that is filtered after it was read is not full.
 * tests/trust/visible-rows.test.ts holds the two against each other. Names of columns are qualified: the conditions have tables inside.
 * Price: only who has a jurisdiction pays; the page is read by its index until it is full, so a small jurisdiction reads further back.
 */

/** Rows of alarms and incidents. @param body such as `alarm.body` @param from number of the first placeholder that is free */
export function calledRows(who: Who, body: string, from: number): VisibleRows {
  if (who.jurisdiction === '') return ALL
  return {
    where: called(body, from),
    params: [who.jurisdiction, parentOf(who.jurisdiction), isSupervisor(who)],
  }
}

/** Rows of cameras, devices, sites, zones, patrols. */
export function thingRows(who: Who, body: string, from: number): VisibleRows {
  if (who.jurisdiction === '') return ALL
  return { where: coveredThing(body, from), params: [who.jurisdiction] }
}

/** Rows of `signal`: with its alarm; one that raised none with its device; a stranger's is nobody's in particular. */
export function signalRows(who: Who, from: number): VisibleRows {
  if (who.jurisdiction === '') return ALL
  const ofAlarm = `select ${called('alarm.body', from)} from alarm where alarm.id = signal.alarm_id`
  const ofDevice = `select ${coveredThing('device.body', from)} from device where device.id = signal.device_id`
  return { where: `coalesce((${ofAlarm}), (${ofDevice}), true)`, params: calledRows(who, '', from).params }
}

const THINGS = ['camera', 'device', 'site', 'zone', 'patrol'] as const

/** Rows of `audit`: with what was acted on; where that has no place (or is gone), with the account of who acted. */
export function auditRows(who: Who, from: number): VisibleRows {
  if (who.jurisdiction === '') return ALL
  const one = (table: string, condition: string, id = 'audit.object_id') =>
    `(select ${condition} from ${table} where ${table}.id = ${id})`
  const covered = covers(`$${from}::text`, 'users.jurisdiction')
  const ofObject = [
    ...THINGS.map((table) => `when '${table}' then ${one(table, coveredThing(`${table}.body`, from))}`),
    `when 'alarm' then ${one('alarm', called('alarm.body', from))}`,
    `when 'incident' then ${one('incident', called('incident.body', from))}`,
    `when 'photo' then ${one('incident', called('incident.body', from), `audit.facts->>'incidentId'`)}`,
    `when 'user' then ${one('users', covered)}`,
  ]
  const ofActor = `(select ${covered} from users where users.username = audit.actor)`
  return {
    where: `coalesce(case audit.object_kind ${ofObject.join(' ')} end, ${ofActor}, true)`,
    params: calledRows(who, '', from).params,
  }
}

/** `covers()`. */
function covers(own: string, objects: string): string {
  return `(${own} = '' or ${objects} = '' or ${objects} = ${own} or starts_with(${objects}, ${own} || '/'))`
}

/** `jurisdictionOf()`, and whether it is covered. */
function coveredThing(body: string, from: number): string {
  const ofSite = `(select home.body->>'jurisdiction' from site as home where home.id = ${body}->>'siteId')`
  return covers(`$${from}::text`, `coalesce(nullif(${body}->>'jurisdiction', ''), ${ofSite}, '')`)
}

/** `isCalled()`. */
function called(body: string, from: number): string {
  const [own, parent, supervises] = [`$${from}::text`, `$${from + 1}::text`, `$${from + 2}::boolean`]
  const where = `call->>'jurisdiction'`
  return `(${covers(own, `coalesce(${body}->>'jurisdiction', '')`)} or exists (
    select from jsonb_array_elements(${body}->'escalatedTo') as call where case call->>'to'
      when 'parent' then ${covers(own, where)} or ${covers(where, own)}
      when 'neighbours' then ${where} = ${parent}
      when 'supervisors' then ${supervises}
      else call->>'to' = 'everyone' end))`
}

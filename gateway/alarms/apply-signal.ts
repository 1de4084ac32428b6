import { createHash } from 'node:crypto'
import type { Alarm, AlarmType, DrillMark } from '../../domain/alarm.ts'
import { priorityOf, transitionAlarm } from '../../domain/alarm-transitions.ts'
import { toIso } from '../../domain/clock.ts'
import type { Device } from '../../domain/device.ts'
import { newId } from '../../domain/ids.ts'
import type { Incident } from '../../domain/incident.ts'
import { joinAlarm } from '../../domain/incident-transitions.ts'
import { jurisdictionOf } from '../../domain/jurisdiction.ts'
import type { Decoded, Reading, SignalType } from '../../devices/driver.ts'
import { receipt } from '../dispatch/receipts.ts'
import type { CentreState } from '../live/centre-state.ts'
import type { Effects } from './effects.ts'
import { openIncident, placeOf, vehicleIdOf } from './open-incident.ts'

/** Alarms of one site within this join one incident: the button, then the door contact, then the second button. */
export const JOIN_WITHIN_MS = 10 * 60_000
/** A taxi in an emergency reports every 2 s for ten minutes (JT/T 808 0x8202 asks for both numbers). */
const TRACK_INTERVAL_S = 2
const TRACK_FOR_S = 600

/** A signal that is new: stored, not seen before. */
export interface NewSignal {
  signalId: number
  device: Device
  eventId: string
  receivedAtMs: number
  decoded: Decoded
}

export interface SignalContext {
  state: CentreState
  effects: Effects
  centre: [number, number]
  nowMs: number
  /** The drill that is planned for this site at this moment; absent: there are none. */
  drillAt?: ((siteId: string, atMs: number) => DrillMark | null) | undefined
  /** Whether one more repetition of this device is worth an event of its own; none: each is. */
  mayTell?: (deviceId: string) => boolean
}

/** Everything one new signal brings about. Pure but for `effects`: it reads the state and writes nothing itself. */
export function applySignal(ctx: SignalContext, signal: NewSignal): void {
  const { effects } = ctx
  const { device, decoded } = signal
  const type = decoded.readable ? decoded.reading.type : 'unreadable'
  const before = effects.alarms.get(device.id)
  switch (type) {
    case 'low-battery':
    case 'power-loss':
      effects.trouble(true, troubleOf(device, type))
      break
    case 'restore':
      effects.trouble(false, troubleOf(device, 'low-battery'))
      effects.trouble(false, troubleOf(device, 'power-loss'))
      if (before)
        effects.putAlarm(transitionAlarm(before, { do: 'restore', at: toIso(ctx.nowMs) }), 'restored', by(device))
      break
    case 'cancel':
      // Whoever pressed may be forced to say it was a mistake: noted on the timeline, the alarm stays.
      if (before) effects.putAlarm(before, 'cancel-noted', by(device))
      break
    case 'test':
      effects.testedDevices.add(device.id)
      if (before && before.type !== 'test') effects.putAlarm(before, 'test-noted', by(device))
      else raiseOrRepeat(ctx, signal, type)
      break
    case 'panic':
    case 'duress':
    case 'silent-panic':
    case 'medical':
    case 'fire':
    case 'intrusion':
    case 'tamper':
    case 'theft':
    case 'collision':
    case 'unreadable':
      raiseOrRepeat(ctx, signal, type)
      break
    default: {
      const never: never = type
      throw new Error(`unknown type ${String(never)}`)
    }
  }
  const alarm = effects.alarms.get(device.id) ?? null
  if (alarm) effects.signalAlarms.push({ signalId: signal.signalId, alarmId: alarm.id })
  const owner = { deviceKind: device.kind, deviceId: device.id }
  effects.outbox.push(receipt(owner, signal.eventId, 'stored', alarm?.id ?? null, ctx.nowMs))
}

function raiseOrRepeat(ctx: SignalContext, signal: NewSignal, type: AlarmType): void {
  const { effects, nowMs } = ctx
  const before = effects.alarms.get(signal.device.id)
  const receivedAt = toIso(signal.receivedAtMs)
  let alarm = before
    ? transitionAlarm(before, { do: 'repeat', at: receivedAt, type })
    : newAlarm(ctx, signal, type, receivedAt)
  let incident: { value: Incident; action: string } | null = null
  if (alarm.incidentId === null && alarm.priority < 4) {
    incident = incidentFor(ctx, alarm)
    alarm = { ...alarm, incidentId: incident.value.id }
  } else incident = graverIncident(ctx, alarm)
  if (before && isMoreOfTheSame(before, alarm) && ctx.mayTell?.(signal.device.id) === false) {
    // Its escalation goes on: a jammed button must not put it off with each press.
    effects.countQuietly({ ...alarm, escalation: before.escalation })
    return
  }
  effects.putAlarm(alarm, before ? 'repeated' : 'raised', by(signal.device))
  if (incident) effects.putIncident(incident.value, incident.action, 'centre')
  dropDrillOfOthers(ctx, alarm)
  if (alarm.priority === 4) effects.closeTestLater(alarm.id, nowMs)
  else {
    effects.escalate(alarm.id, nowMs, ctx.state.escalationFactor)
    if (!before) effects.watchUnseen(alarm.id, nowMs)
  }
  if (signal.device.kind === 'taxi' && alarm.priority <= 2) trackTaxi(ctx, signal)
}

/** Its incident is as urgent as the alarm has become. */
function graverIncident({ effects }: SignalContext, alarm: Alarm): { value: Incident; action: string } | null {
  const known = alarm.incidentId === null ? undefined : effects.incidents.get(alarm.incidentId)
  const graver = known && joinAlarm(known, alarm)
  return graver && graver !== known ? { value: graver, action: 'graver' } : null
}

/** A drill is one button. When a second device of the place calls, or somebody under duress, nothing there is a drill any more. */
function dropDrillOfOthers({ effects }: SignalContext, alarm: Alarm): void {
  if (alarm.siteId === null || alarm.priority === 4) return
  for (const other of effects.alarms.values()) {
    if (other.id === alarm.id || other.siteId !== alarm.siteId || !other.drill) continue
    effects.putAlarm(transitionAlarm(other, { do: 'drop-drill' }), 'drill-dropped', 'centre')
  }
}

/** The mark of a press in a planned drill; none for a second device, none for duress. */
function drillMark({ drillAt, effects }: SignalContext, signal: NewSignal, type: AlarmType): Pick<Alarm, 'drill'> {
  const { siteId, id } = signal.device
  if (siteId === null || type === 'duress' || type === 'test') return {}
  const others = [...effects.alarms.values()].some((one) => one.siteId === siteId && one.deviceId !== id && one.drill)
  const drill = others ? null : (drillAt?.(siteId, signal.receivedAtMs) ?? null)
  return drill === null ? {} : { drill }
}

/** Nothing but the count has changed. */
function isMoreOfTheSame(before: Alarm, after: Alarm): boolean {
  return (
    before.state === 'raised' &&
    before.type === after.type &&
    before.priority === after.priority &&
    before.drill === after.drill &&
    before.shelved === after.shelved &&
    before.incidentId === after.incidentId &&
    before.restoredAt === null
  )
}

function newAlarm(ctx: SignalContext, signal: NewSignal, type: AlarmType, receivedAt: string): Alarm {
  const { device, decoded } = signal
  const reading: Reading | null = decoded.readable ? decoded.reading : null
  const jurisdiction = jurisdictionOf(device, (id) => ctx.state.sites.get(id))
  return {
    id: alarmIdFor(signal.receivedAtMs, device.id, signal.eventId),
    deviceId: device.id,
    deviceKind: device.kind,
    siteId: device.siteId,
    type,
    priority: priorityOf(type) ?? 4,
    state: 'raised',
    place: placeOf(ctx.state, device, reading, ctx.centre),
    occurrences: 1,
    raisedAt: receivedAt,
    lastOccurrenceAt: receivedAt,
    takenAt: takenAt(reading),
    acknowledgedAt: null,
    owner: null,
    classifiedAt: null,
    disposition: null,
    restoredAt: null,
    closedAt: null,
    escalation: 0,
    incidentId: null,
    ...(jurisdiction === '' ? {} : { jurisdiction }),
    ...drillMark(ctx, signal, type),
  }
}

/**
 * The id of the alarm that a signal raises: a ULID whose chance is the signal itself, so that the provisional alarm of a database
 * outage and the one that is stored later are the same.
 */
export function alarmIdFor(receivedAtMs: number, deviceId: string, eventId: string): string {
  const hash = createHash('sha256').update(`${deviceId} ${eventId}`).digest()
  return newId(receivedAtMs, hash.subarray(0, 16))
}

/** A device's clock may say any year; what RFC 3339 cannot hold is as good as none. */
function takenAt(reading: Reading | null): string | null {
  const ms = reading?.takenAtMs ?? NaN
  return ms >= 0 && ms < 253_402_300_800_000 ? toIso(ms) : null
}

function incidentFor(ctx: SignalContext, alarm: Alarm): { value: Incident; action: string } {
  const vehicleId = vehicleIdOf({ id: alarm.deviceId, kind: alarm.deviceKind })
  const since = toIso(ctx.nowMs - JOIN_WITHIN_MS)
  for (const incident of ctx.effects.incidents.values()) {
    const sameSite = alarm.siteId !== null && incident.siteId === alarm.siteId
    const sameVehicle = vehicleId !== null && incident.vehicleId === vehicleId
    if ((sameSite || sameVehicle) && incident.openedAt >= since) {
      return { value: joinAlarm(incident, alarm), action: 'joined' }
    }
  }
  return { value: openIncident(ctx.state, alarm, ctx.nowMs), action: 'opened' }
}

function trackTaxi(ctx: SignalContext, signal: NewSignal): void {
  ctx.effects.outbox.push({
    deviceKind: 'taxi',
    deviceId: signal.device.id,
    channel: 'command',
    payload: {
      id: newId(ctx.nowMs),
      name: 'track',
      args: { intervalS: TRACK_INTERVAL_S, forS: TRACK_FOR_S },
      expiresAt: toIso(ctx.nowMs + TRACK_FOR_S * 1000),
    },
    expiresAt: toIso(ctx.nowMs + TRACK_FOR_S * 1000),
  })
}

function troubleOf(device: Device, code: SignalType) {
  const words = code === 'low-battery' ? 'battery is low' : 'mains power is lost'
  return { subjectKind: 'device' as const, subjectId: device.id, code, detail: `${device.name}: ${words}` }
}

function by(device: Device): string {
  return `device:${device.id}`
}

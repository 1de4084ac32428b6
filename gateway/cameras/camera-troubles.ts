import type { CameraState } from '../../domain/camera.ts'
import type { CameraReport } from '../../domain/wire/streamers.ts'
import type { Troubles } from '../live/troubles.ts'
import type { CameraRow } from './camera-row.ts'

/** States in which an officer sees no picture, or an old one, although one is wanted. Each is also the code of its trouble. */
const BAD_STATES = ['offline', 'stalled', 'frozen', 'no-key-frame', 'login-refused', 'not-a-camera'] as const
type BadState = (typeof BAD_STATES)[number]
/** These do not get better by waiting; the others may be one lost packet. */
const RAISE_AFTER_MS: Record<BadState, number> = {
  offline: 10_000,
  stalled: 10_000,
  // It has stood still for twenty seconds when a streamer says so.
  frozen: 0,
  'no-key-frame': 10_000,
  'login-refused': 0,
  'not-a-camera': 0,
}
/** A picture must stand this long before its trouble is over, else a flapping camera writes a log line a second. */
const RESTORE_AFTER_MS = 5_000
/** So many falls within so long are one thing: a camera that comes and goes. It is over when it has not fallen for as long. */
const FALLS_MAX = 5
const FALLS_WITHIN_MS = 180_000
/** Cameras that fall at the same time have one cause (a switch, a line, power), and one line says so. */
const TOGETHER_MIN = 10
const TOGETHER_WITHIN_MS = 20_000
/** With fewer still dark the common cause is gone; these have one of their own. */
const TOGETHER_LEFT_MAX = 3
const NAMES_MAX = 5

export function isBadState(state: CameraState): state is BadState {
  return (BAD_STATES as readonly string[]).includes(state)
}

type Code = BadState | 'unstable'

export interface Followed {
  row: CameraRow
  report: CameraReport | null
  toldAtMs: number
  /** When the database last refused to store what is reported; monotonic. */
  refusedAtMs: number
  /** Since when the reported state is bad, or good. */
  isBad: boolean
  sinceMs: number
  /** When it fell, the newest last. */
  falls: number[]
  trouble: Code | null
  /** Told in the trouble of many. */
  isTogether: boolean
  /** Its worker has gone: that is one trouble of the worker, not one of each camera. */
  isOrphan: boolean
}

/** @param nowMs monotonic */
export function follow(row: CameraRow, nowMs: number, troubles: Troubles): Followed {
  const trouble = ([...BAD_STATES, 'unstable'] as const).find((code) => troubles.stands('camera', row.id, code)) ?? null
  const isBad = isBadState(row.state)
  return {
    row,
    report: null,
    toldAtMs: 0,
    refusedAtMs: -Infinity,
    isBad,
    sinceMs: nowMs,
    falls: [],
    trouble,
    isTogether: false,
    isOrphan: false,
  }
}

/** The reported state has changed between good and bad. */
export function turned(followed: Followed, isBad: boolean, nowMs: number): void {
  followed.isBad = isBad
  followed.sinceMs = nowMs
  if (isBad) followed.falls = [...followed.falls, nowMs].slice(-FALLS_MAX)
}

/**
 * Dark cameras as troubles of the desk: after a while, once each however often it falls, and one for all that fell together.
 * @param nowMs monotonic
 */
export async function writeTroubles(cameras: Iterable<Followed>, troubles: Troubles, nowMs: number): Promise<void> {
  const all = [...cameras].filter((one) => one.report && !one.isOrphan)
  const due: Followed[] = []
  for (const followed of all) if (await isDue(followed, troubles, nowMs)) due.push(followed)
  await writeTogether(all, due, troubles, nowMs)
  for (const followed of due) {
    const code = wantedOf(followed, nowMs)
    if (code === null || followed.isTogether) continue
    await troubles.raiseNow({
      subjectKind: 'camera',
      subjectId: followed.row.id,
      code,
      detail: detailOf(followed, code),
    })
    followed.trouble = code
  }
}

/** Restores what is over. @returns true when a trouble is to be raised */
async function isDue(followed: Followed, troubles: Troubles, nowMs: number): Promise<boolean> {
  const { row, report, sinceMs, trouble } = followed
  const wanted = wantedOf(followed, nowMs)
  const isSettled = nowMs - sinceMs >= RESTORE_AFTER_MS
  // An idle camera is not connected: whether it works is not known, so its trouble stands.
  const isKnown = report!.state !== 'idle' && report!.state !== 'connecting'
  if (wanted === null && isSettled && isKnown) followed.isTogether = false
  if (trouble !== null && trouble !== wanted && (wanted !== null || isSettled) && isKnown) {
    await troubles.restoreNow('camera', row.id, trouble)
    followed.trouble = null
  }
  if (wanted === null || followed.trouble !== null || followed.isTogether) return false
  return wanted === 'unstable' || nowMs - sinceMs >= RAISE_AFTER_MS[wanted]
}

/** By what is reported, not by what is stored: also while a state cannot be written it is known which cameras are dark. */
function wantedOf({ row, report, isBad, falls }: Followed, nowMs: number): Code | null {
  if (!row.enabled) return null
  const isUnstable = falls.length >= FALLS_MAX && nowMs - falls.at(-1)! < FALLS_WITHIN_MS
  if (isUnstable && falls.at(-1)! - falls[0]! < FALLS_WITHIN_MS) return 'unstable'
  return isBad && isBadState(report!.state) ? report!.state : null
}

function detailOf({ row, report, falls }: Followed, code: Code): string {
  const reason = report?.reason ?? row.state_reason
  if (code !== 'unstable') return `${row.body.name}: ${reason ?? code}`
  const seconds = Math.round((falls.at(-1)! - falls[0]!) / 1000)
  return `${row.body.name}: fell ${falls.length} times within ${seconds} s${reason ? ` (${reason})` : ''}`
}

async function writeTogether(
  all: readonly Followed[],
  due: readonly Followed[],
  troubles: Troubles,
  nowMs: number,
): Promise<void> {
  const stood = troubles.stands('camera', 'cameras', 'lost-together')
  const dark = all.filter((one) => one.isTogether)
  if (stood && dark.length <= TOGETHER_LEFT_MAX) {
    for (const followed of dark) followed.isTogether = false
    return await troubles.restoreNow('camera', 'cameras', 'lost-together')
  }
  const fallen = all.filter((one) => one.isBad && !one.isTogether && nowMs - one.sinceMs < TOGETHER_WITHIN_MS)
  const isNew = due.length > 0 && fallen.length >= TOGETHER_MIN
  if (!isNew && !(stood && due.length > 0 && fallen.length > 0)) return
  for (const followed of fallen) followed.isTogether = true
  if (stood) return
  const names = fallen.slice(0, NAMES_MAX).map(({ row }) => row.body.name)
  const detail = `${fallen.length} cameras are dark since the same moment: ${names.join(', ')}${fallen.length > NAMES_MAX ? ' …' : ''}`
  await troubles.raiseNow({ subjectKind: 'camera', subjectId: 'cameras', code: 'lost-together', detail })
}

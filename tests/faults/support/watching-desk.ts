import { WebSocket } from 'ws'
import type { Alarm } from '../../../domain/alarm.ts'
import type { LogEvent, ServerMessage } from '../../../domain/wire/live.ts'
import { until } from '../../support/api.ts'

/** When a desk has first seen the k-th occurrence of a device's alarm: `deviceId k` → ms. */
export type SeenAt = Map<string, number>

export interface WatchingDesk {
  seen: SeenAt
  provisional: Alarm[]
  events: LogEvent[]
  /** How often each alarm came up as a new one, provisional or stored, by id. A stored one that was shown before is no new one. */
  popUps: Map<string, number>
  /** Provisional ones that a `reset` has taken back: the snapshot after it does not hold them. */
  takenBack: Set<string>
  /** What the strip was told, each word once, in the order in which it came. */
  words: string[]
  /** Longest silence between two signs of life so far, ms; above `BLIND_AFTER_MS` a desk has said "not receiving". */
  silentMs(): number
  /** Event number at its first hello. */
  firstN(): number
  lastN(): number
  /** Numbers that came twice or out of turn, over all its connections. */
  outOfTurn: string[]
  reconnects(): number
  isConnected(): boolean
  close(): void
}

/**
 * A desk that never gives up: it follows the log, comes back with the last number it has seen, and says `rendered` for each alarm as a
 * browser does after painting.
 */
export function watchAsDesk(httpUrl: string, token: string): WatchingDesk {
  const seen: SeenAt = new Map()
  const provisional: Alarm[] = []
  const events: LogEvent[] = []
  const outOfTurn: string[] = []
  const popUps = new Map<string, number>()
  const takenBack = new Set<string>()
  const raised = new Set<string>()
  const words: string[] = []
  let first = 0
  let highest = 0
  let heardMs = performance.now()
  let silentMs = 0
  let last: number | null = null
  let closed = false
  let reconnects = -1
  let socket: WebSocket
  const see = (alarm: Alarm) => {
    // Repetitions beyond five in ten seconds are told together: with the count all up to it are seen.
    for (let k = alarm.occurrences; k > 0 && !seen.has(`${alarm.deviceId} ${k}`); k--) {
      seen.set(`${alarm.deviceId} ${k}`, performance.now())
    }
  }
  const popUp = (id: string) => popUps.set(id, (popUps.get(id) ?? 0) + 1)
  const alive = () => {
    const nowMs = performance.now()
    silentMs = Math.max(silentMs, nowMs - heardMs)
    heardMs = nowMs
  }
  const hear = (message: ServerMessage) => {
    if (message.type === 'hello' || message.type === 'pulse' || message.type === 'event') alive()
    if (message.type === 'hello') {
      if (reconnects === 0) first = message.n
      if (last === null) highest = Math.max(highest, message.n)
      last ??= message.n
    }
    if (message.type === 'reset') {
      last = null
      for (const { id } of provisional) if (!raised.has(id)) takenBack.add(id)
    }
    if (message.type === 'pulse') {
      const word = `database ${message.health.database}, intake ${message.health.intake}`
      if (words.at(-1) !== word) words.push(word)
    }
    if (message.type === 'provisional') {
      // The same alarm again, with one occurrence more, is not a new one; one whose stored self is open neither.
      const { id } = message.alarm
      if (!popUps.has(id) && message.alarm.occurrences === 1) popUp(id)
      provisional.push(message.alarm)
      see(message.alarm)
    }
    if (message.type !== 'event') return
    const { event } = message
    if (last !== null && event.n !== last + 1) outOfTurn.push(`${event.n} after ${last}`)
    last = event.n
    highest = Math.max(highest, event.n)
    events.push(event)
    if (event.kind !== 'alarm') return
    see(event.body as unknown as Alarm)
    if (event.action !== 'raised') return
    if (raised.has(event.subjectId) || !popUps.has(event.subjectId)) popUp(event.subjectId)
    raised.add(event.subjectId)
    socket.send(JSON.stringify({ type: 'rendered', alarmId: event.subjectId, atMs: 0 }))
  }
  const connect = () => {
    reconnects++
    socket = new WebSocket(`${httpUrl.replace('http', 'ws')}/api/v1/events${last === null ? '' : `?after=${last}`}`, {
      headers: { authorization: `Bearer ${token}` },
      handshakeTimeout: 2_000,
    })
    socket.on('message', (frame: Buffer, isBinary: boolean) => {
      if (!isBinary) hear(JSON.parse(frame.toString()) as ServerMessage)
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      if (!closed) setTimeout(connect, 100)
    })
  }
  connect()
  return {
    seen,
    provisional,
    events,
    outOfTurn,
    popUps,
    takenBack,
    words,
    silentMs: () => Math.max(silentMs, performance.now() - heardMs),
    firstN: () => first,
    lastN: () => highest,
    reconnects: () => reconnects,
    isConnected: () => socket.readyState === WebSocket.OPEN,
    close: () => {
      closed = true
      socket.close()
    },
  }
}

/** Press → first seen on the desk, ms, of presses between two moments. Presses are matched to occurrences by their order at the device. */
export function pressToDeskMs(
  seen: SeenAt,
  pressedMs: ReadonlyMap<string, number[]>,
  before: ReadonlyMap<string, number>,
  fromMs = -Infinity,
  toMs = Infinity,
): number[] {
  const took: number[] = []
  for (const [deviceId, times] of pressedMs) {
    const offset = before.get(deviceId) ?? 0
    times.forEach((atMs, i) => {
      const seenMs = seen.get(`${deviceId} ${offset + i + 1}`)
      if (seenMs !== undefined && atMs >= fromMs && atMs <= toMs) took.push(seenMs - atMs)
    })
  }
  return took
}

/** Repetitions beyond five in ten seconds are told a second later, together. */
const TOLD_TOGETHER_MS = 5_000

/** Waits until the desk has seen every press. @returns press → first seen, ms, of all of them */
export function untilAllSeen(
  { seen }: WatchingDesk,
  pressedMs: ReadonlyMap<string, number[]>,
  before: ReadonlyMap<string, number>,
): Promise<number[]> {
  const pressed = [...pressedMs.values()].reduce((sum, times) => sum + times.length, 0)
  return until('the desk has seen every press', TOLD_TOGETHER_MS, async () => {
    const took = await Promise.resolve(pressToDeskMs(seen, pressedMs, before))
    if (took.length !== pressed) throw new Error(`${took.length} of ${pressed} on the desk`)
    return took
  })
}

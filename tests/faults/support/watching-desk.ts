import { WebSocket } from 'ws'
import type { Alarm } from '../../../domain/alarm.ts'
import type { LogEvent, ServerMessage } from '../../../domain/wire/live.ts'

/** When a desk has first seen the k-th occurrence of a device's alarm: `deviceId k` → ms. */
export type SeenAt = Map<string, number>

export interface WatchingDesk {
  seen: SeenAt
  provisional: Alarm[]
  events: LogEvent[]
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
  let last: number | null = null
  let closed = false
  let reconnects = -1
  let socket: WebSocket
  const see = (alarm: Alarm) => {
    const key = `${alarm.deviceId} ${alarm.occurrences}`
    if (!seen.has(key)) seen.set(key, performance.now())
  }
  const hear = (message: ServerMessage) => {
    if (message.type === 'hello') last ??= message.n
    if (message.type === 'reset') last = null
    if (message.type === 'provisional') {
      provisional.push(message.alarm)
      see(message.alarm)
    }
    if (message.type !== 'event') return
    const { event } = message
    if (last !== null && event.n !== last + 1) outOfTurn.push(`${event.n} after ${last}`)
    last = event.n
    events.push(event)
    if (event.kind !== 'alarm') return
    see(event.body as unknown as Alarm)
    if (event.action !== 'raised') return
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
    reconnects: () => reconnects,
    isConnected: () => socket.readyState === WebSocket.OPEN,
    close: () => {
      closed = true
      socket.close()
    },
  }
}

/** Press → first seen on the desk, ms. Presses are matched to occurrences by their order at the device. */
export function pressToDeskMs(
  seen: SeenAt,
  pressedMs: ReadonlyMap<string, number[]>,
  before: ReadonlyMap<string, number>,
): number[] {
  const took: number[] = []
  for (const [deviceId, times] of pressedMs) {
    const offset = before.get(deviceId) ?? 0
    times.forEach((atMs, i) => {
      const seenMs = seen.get(`${deviceId} ${offset + i + 1}`)
      if (seenMs !== undefined) took.push(seenMs - atMs)
    })
  }
  return took
}

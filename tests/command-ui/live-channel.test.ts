import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { LiveChannel, type LiveState, type SocketLike } from '../../command-ui/data/live-channel.ts'
import { systemClock, toIso } from '../../domain/clock.ts'
import { encodeDots } from '../../domain/wire/dots.ts'
import type { ServerMessage } from '../../domain/wire/live.ts'

/** A real server of the real protocol, whose manners each test decides. */
class Stream {
  server: Server
  sockets: WebSocketServer
  n = 10
  snapshots = 0
  askedAfter: number[] = []
  /** Sent to every new desk, after its `after`. */
  onDesk: (socket: WebSocket, after: number) => void = () => undefined

  constructor() {
    this.server = createServer()
    this.sockets = new WebSocketServer({ server: this.server })
    this.sockets.on('connection', (socket, req) => {
      const after = Number(new URL(req.url ?? '/', 'http://x').searchParams.get('after'))
      this.askedAfter.push(after)
      this.say(socket, { type: 'hello', n: this.n, at: now(), program: 'test', version: '1' })
      this.onDesk(socket, after)
    })
  }
  get port(): number {
    return (this.server.address() as AddressInfo).port
  }
  say(socket: WebSocket, message: ServerMessage): void {
    socket.send(JSON.stringify(message))
  }
  sayToAll(message: ServerMessage): void {
    for (const socket of this.sockets.clients) this.say(socket, message)
  }
}

const now = () => toIso(systemClock.nowMs())
const event = (n: number): ServerMessage => ({
  type: 'event',
  event: { n, at: now(), kind: 'note', action: 'written', subjectId: 's', incidentId: null, actor: 'a', body: {} },
})

let stream: Stream
let channel: LiveChannel
let got: number[]
let states: LiveState[]
let oddities: string[]
let dots: number

beforeEach(async () => {
  stream = new Stream()
  await new Promise<void>((resolve) => stream.server.listen(0, '127.0.0.1', resolve))
  got = []
  states = []
  oddities = []
  dots = 0
  channel = new LiveChannel({
    clock: systemClock,
    open: (after) => new WebSocket(`ws://127.0.0.1:${stream.port}/?after=${after}`) as unknown as SocketLike,
    takeSnapshot: () => {
      stream.snapshots++
      return Promise.resolve(stream.n)
    },
    onMessage: (message) => {
      if (message.type === 'event') got.push(message.event.n)
    },
    onDots: (frame) => {
      dots += frame.count
    },
    onState: (state) => states.push(state),
    onOddity: (what) => oddities.push(what),
    random: () => 0,
  })
})

afterEach(async () => {
  channel.stop()
  for (const socket of stream.sockets.clients) socket.terminate()
  await new Promise((resolve) => stream.server.close(resolve))
})

async function until(what: string, holds: () => boolean, withinMs = 4000): Promise<void> {
  const endMs = systemClock.monotonicMs() + withinMs
  while (!holds()) {
    if (systemClock.monotonicMs() > endMs) throw new Error(`never: ${what} (${oddities.join('; ')})`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

describe('the live channel', () => {
  it('takes a snapshot, then follows from its number', async () => {
    channel.start()
    await until('connected', () => stream.askedAfter.length === 1)
    expect(stream.askedAfter).toEqual([10])
    for (const n of [11, 12, 13]) stream.sayToAll(event(n))
    await until('three events', () => got.length === 3)
    expect(got).toEqual([11, 12, 13])
    expect(states).toEqual(['live'])
  })

  it('resumes by number after a cut, without a second snapshot and without doubles', async () => {
    stream.onDesk = (socket, after) => {
      for (let n = after; n <= stream.n; n++) if (n > 10) stream.say(socket, event(n))
    }
    channel.start()
    await until('connected', () => stream.askedAfter.length === 1)
    stream.n = 12
    stream.sayToAll(event(11))
    stream.sayToAll(event(12))
    await until('two events', () => got.length === 2)
    for (const socket of stream.sockets.clients) socket.terminate()
    stream.n = 14
    await until('all events', () => got.length === 4)
    expect(got).toEqual([11, 12, 13, 14])
    expect(stream.askedAfter).toEqual([10, 12])
    expect(stream.snapshots).toBe(1)
  })

  it('takes a new snapshot when a number is missing', async () => {
    channel.start()
    await until('connected', () => stream.askedAfter.length === 1)
    stream.n = 20
    stream.sayToAll(event(20))
    await until('a second snapshot', () => stream.snapshots === 2 && stream.askedAfter.length === 2)
    expect(got).toEqual([])
    expect(stream.askedAfter).toEqual([10, 20])
  })

  it('takes a new snapshot when the server says that it is too far behind', async () => {
    channel.start()
    await until('connected', () => stream.askedAfter.length === 1)
    stream.sayToAll({ type: 'reset', reason: 'too slow' })
    await until('a second snapshot', () => stream.snapshots === 2)
  })

  it('is blind within five seconds of silence on an open socket, and live again with a new one', async () => {
    channel.start()
    await until('live', () => states.at(-1) === 'live')
    const silentFromMs = systemClock.monotonicMs()
    await until('blind', () => states.at(-1) === 'blind', 6000)
    expect(systemClock.monotonicMs() - silentFromMs).toBeLessThan(5000)
    await until('a new socket', () => stream.askedAfter.length === 2, 5000)
    await until('live again', () => states.at(-1) === 'live')
  })

  it('counts frames that cannot be read and goes on', async () => {
    channel.start()
    await until('connected', () => stream.sockets.clients.size === 1)
    for (const socket of stream.sockets.clients) {
      socket.send('{"type":')
      socket.send(new Uint8Array([1, 2, 3]))
      socket.send(encodeDots(0, [{ key: 1, lng: 121, lat: 28, speedMps: 3, bearingDeg: 90, ageS: 1, flags: 0 }]))
    }
    stream.sayToAll(event(11))
    await until('the event after them', () => got.length === 1)
    expect(oddities).toEqual(['unreadable-message', 'unreadable-dots'])
    expect(dots).toBe(1)
  })
})

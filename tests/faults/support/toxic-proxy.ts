import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** What the cable does to bytes and to new connections. */
export interface Toxics {
  /** Each chunk waits this long, in both directions; chunks stay in order. */
  latencyMs: number
  /** Up to this much more, at random. */
  jitterMs: number
  /** Nothing passes and nothing is refused: connections stay open and silent, as behind a dead firewall. */
  isBlackhole: boolean
}

export interface ToxicProxy {
  port: number
  toxics: Toxics
  /** Ends every open connection with RST, as a host does that has been restarted. */
  reset(): void
  close(): Promise<void>
}

/** A cable between a program and a TCP server on loopback, with the faults of a real one. Needs no privileges. */
export async function toxicProxy(targetPort: number): Promise<ToxicProxy> {
  const toxics: Toxics = { latencyMs: 0, jitterMs: 0, isBlackhole: false }
  const sockets = new Set<Socket>()
  const server = createServer((inside) => {
    const outside = connect(targetPort, '127.0.0.1')
    for (const [from, to] of [
      [inside, outside],
      [outside, inside],
    ] as const) {
      sockets.add(from)
      from.setNoDelay(true)
      carry(from, to, toxics)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    toxics,
    reset: () => sockets.forEach((socket) => socket.resetAndDestroy()),
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

/** A blackhole is looked at again this often. */
const LOOK_MS = 20

function carry(from: Socket, to: Socket, toxics: Toxics): void {
  let last: Promise<void> = Promise.resolve()
  const pass = async (chunk: Buffer, arrivedMs: number, waitMs: number) => {
    const restMs = arrivedMs + waitMs - performance.now()
    if (restMs > 0) await new Promise((resolve) => setTimeout(resolve, restMs))
    while (toxics.isBlackhole && !to.destroyed) await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    if (!to.destroyed) to.write(chunk)
  }
  from.on('data', (chunk: Buffer) => {
    const waitMs = toxics.latencyMs + Math.random() * toxics.jitterMs
    const arrivedMs = performance.now()
    last = last.then(() => pass(chunk, arrivedMs, waitMs))
  })
}

import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export interface Tunnel {
  /** As the centre's own address, through the tunnel. */
  url: string
  /** Connections break, new ones are refused. */
  enter(): void
  leave(): void
  close(): Promise<void>
}

/** A cable to a server that can be pulled: what a phone in a tunnel meets, open streams included. */
export async function digTunnel(targetUrl: string): Promise<Tunnel> {
  const { hostname, port } = new URL(targetUrl)
  const sockets = new Set<Socket>()
  let isInside = false
  const server = createServer((inside) => {
    if (isInside) return inside.destroy()
    const outside = connect(Number(port), hostname)
    for (const [a, b] of [
      [inside, outside],
      [outside, inside],
    ] as const) {
      sockets.add(a)
      a.pipe(b)
      a.on('error', () => b.destroy())
      a.on('close', () => {
        sockets.delete(a)
        b.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = () => sockets.forEach((socket) => socket.destroy())
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    enter: () => {
      isInside = true
      cut()
    },
    leave: () => {
      isInside = false
    },
    close: () => {
      cut()
      return new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

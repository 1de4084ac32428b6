import { type AddressInfo, connect as tcp, createServer, type Socket } from 'node:net'

/** A wire between the consumer and the broker that can be cut, and counts the PUBACKs of each connection. */
export async function wiretap(to: number) {
  const sockets: Socket[] = []
  const acks: number[] = []
  const server = createServer((near) => {
    const far = tcp(to, '127.0.0.1')
    const index = acks.push(0) - 1
    sockets.push(near, far)
    let rest = Buffer.alloc(0)
    near.on('data', (chunk) => {
      far.write(chunk)
      rest = Buffer.concat([rest, chunk])
      // All that a consumer sends is short: type, one length byte, the body; only its CONNECT may need two.
      while (rest.length >= 2) {
        const isLong = rest[1]! >= 0x80
        const length = (rest[1]! & 0x7f) + (isLong ? (rest[2] ?? 0) * 128 : 0)
        const end = (isLong ? 3 : 2) + length
        if (rest.length < end) break
        if (rest[0] === 0x40) acks[index]!++
        rest = rest.subarray(end)
      }
    })
    far.on('data', (chunk) => near.write(chunk))
    for (const socket of [near, far]) socket.on('error', () => undefined)
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => acks.length,
    pubacks: (connection: number) => acks[connection] ?? 0,
    close: () => new Promise((resolve) => server.close(resolve)),
    cut: () => sockets.splice(0).forEach((socket) => socket.destroy()),
  }
}

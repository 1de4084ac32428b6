import type { Server } from 'node:net'
import { Fault } from '../../domain/fault.ts'

/** @param key the setting to change. @returns the port, the given one or any free one for 0. @throws Fault `config-invalid` in the operator's words when it is taken */
export function openPort(server: Server, host: string, port: number, key: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') return reject(error)
      const detail = `port ${port} on ${host} is taken by another program: set ${key}`
      reject(new Fault('config-invalid', detail, { port }, error))
    }
    server.once('error', failed)
    server.listen(port, host, () => {
      server.off('error', failed)
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : port)
    })
  })
}

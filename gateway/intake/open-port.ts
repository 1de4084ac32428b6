import type { Server } from 'node:net'
import { Fault } from '../../domain/fault.ts'

/** @returns the port, the given one or any free one for 0. @throws Fault `config-invalid` in the operator's words when it is taken */
export function openPort(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') return reject(error)
      const detail = `port ${port} on ${host} is taken by another program: set VIGIL_MQTT_PORT`
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

import { createServer } from 'node:net'
import type { SettingProblem, Settings } from '../domain/config.ts'

type PortKey =
  | 'VIGIL_HTTP_PORT'
  | 'VIGIL_MQTT_PORT'
  | 'VIGIL_MQTTS_PORT'
  | 'VIGIL_RTMP_PORT'
  | 'VIGIL_METRICS_PORT'
  | 'VIGIL_SIM_RTSP_PORT'
  | 'VIGIL_SIM_ONVIF_PORT'

/**
 * Finds out before anything starts whether every port is free; a port of 0 is replaced by a free one.
 * @returns one problem for each port that another program holds
 */
export async function settlePorts(settings: Settings, simulate: boolean): Promise<SettingProblem[]> {
  const wanted: [PortKey, string][] = [
    ['VIGIL_HTTP_PORT', settings.VIGIL_HTTP_HOST],
    ['VIGIL_RTMP_PORT', '127.0.0.1'],
    ['VIGIL_METRICS_PORT', '127.0.0.1'],
  ]
  if (!settings.VIGIL_MQTT_URL) wanted.push(['VIGIL_MQTT_PORT', settings.VIGIL_MQTT_HOST])
  if (!settings.VIGIL_MQTT_URL && settings.VIGIL_TLS_CERT) {
    wanted.push(['VIGIL_MQTTS_PORT', settings.VIGIL_MQTT_HOST])
  }
  if (simulate) wanted.push(['VIGIL_SIM_RTSP_PORT', '127.0.0.1'], ['VIGIL_SIM_ONVIF_PORT', '127.0.0.1'])
  const problems: SettingProblem[] = []
  const held: { close(): void }[] = []
  for (const [key, host] of wanted) {
    try {
      const { port, close } = await tryPort(settings[key], host)
      settings[key] = port
      held.push({ close })
    } catch (error) {
      problems.push({ key, source: 'settings', value: String(settings[key]), expected: expectation(error, host) })
    }
  }
  // Held until all are chosen, so that two zeros never get the same port.
  for (const { close } of held) close()
  return problems
}

function expectation(error: unknown, host: string): string {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'EADDRINUSE') return `a free port: another program (perhaps another Vigil) listens there on ${host}`
  if (code === 'EACCES') return 'a port above 1023, or the right to open lower ones'
  if (code === 'EADDRNOTAVAIL') return `an address of this machine, ${host} is none`
  return `a port that can be opened (${code ?? String(error)})`
}

function tryPort(port: number, host: string): Promise<{ port: number; close(): void }> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(port, host, () => {
      const address = server.address()
      resolve({ port: typeof address === 'object' && address ? address.port : port, close: () => server.close() })
    })
  })
}

import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Tests run from the sources and benches from `dist/`, both in the project's folder. */
const START = join(process.cwd(), 'dist/deploy/start.js')
/** A first start with the database's initdb on two busy cores. */
const START_MS = 120_000

export interface Centre {
  child: ChildProcess
  httpUrl: string
  mqttPort: number
  metricsUrl: string
  link: string | null
  dataDir: string
  /** Everything that the launcher has printed. */
  output(): string
  stop(): Promise<number | null>
}

/** The whole product, started as `npm start` does, on free ports and a folder of its own. */
export async function startCentre(
  env: Record<string, string> = {},
  dataDir = mkdtempSync(join(tmpdir(), 'vigil-')),
): Promise<Centre> {
  const child = spawn(process.execPath, [START], {
    env: {
      ...process.env,
      VIGIL_DATA_DIR: dataDir,
      VIGIL_HTTP_PORT: '0',
      VIGIL_MQTT_PORT: '0',
      VIGIL_RTMP_PORT: '0',
      VIGIL_METRICS_PORT: '0',
      VIGIL_SIM_RTSP_PORT: '0',
      VIGIL_SIM_ONVIF_PORT: '0',
      VIGIL_SIM_PRESS_EVERY_S: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the centre did not start:\n${output}`)), START_MS)
    child.stdout.on('data', () => {
      if (!/Sign in .*\n/.test(output)) return
      clearTimeout(timer)
      resolve()
    })
    child.once('exit', (code) => {
      clearTimeout(timer)
      reject(new Error(`the centre ended with ${code}:\n${output}`))
    })
  })
  const found = (pattern: RegExp) => pattern.exec(output)?.[1] ?? ''
  return {
    child,
    httpUrl: `http://localhost:${found(/HTTP on port (\d+)/)}`,
    mqttPort: Number(found(/MQTT on port (\d+)/)),
    metricsUrl: found(/(http:\S+\/metrics)/),
    link: found(/this link: (\S+)/) || null,
    dataDir,
    output: () => output,
    stop: async () => {
      const gone = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGINT')
        await gone
      }
      rmSync(dataDir, { recursive: true, force: true })
      return child.exitCode
    },
  }
}

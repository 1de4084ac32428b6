import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { silentLog } from '../../../domain/log.ts'
import { Metrics } from '../../../domain/metrics.ts'
import { createDatabase, type Database } from '../../../gateway/store/database.ts'
import { freePort } from '../../support/free-port.ts'
import { signIn, until, type Api } from '../../support/api.ts'
import { pause } from './figures.ts'

const START = fileURLToPath(new URL('../../../dist/deploy/start.js', import.meta.url))
const PASSWORD = 'faults-password-1'
/** A first start with the database's initdb on two busy cores. */
const START_MS = 100_000

/** The programs of a centre that the catalogue kills, by what their command line holds. */
const FILES = {
  intake: 'gateway/intake/intake-main.js',
  core: 'gateway/core-main.js',
  keeper: 'deploy/postgres/keeper-main.js',
  streamer: 'streamer/streamer-main.js',
} as const
export type ProgramName = keyof typeof FILES

export interface WholeCentre {
  httpUrl: string
  mqttPort: number
  dataDir: string
  admin: Api
  /** Straight to its database; opened by this test, ended by `stop`. */
  database: Database
  /** Second officer, made for the race of two. */
  officer(username: string): Promise<Api>
  pidOf(program: ProgramName): number
  /** Of the database server itself, not of its keeper. */
  databasePid(): Promise<number>
  /** kill -9. */
  kill(program: ProgramName): void
  /** Resolves when the core answers and calls itself ready. */
  untilReady(withinMs: number): Promise<void>
  output(): string
  /** Everything that opens a door: made at the first start, typed by people, given to desks. */
  secrets(): string[]
  stop(): Promise<void>
}

export interface CentreOptions {
  /** The centre's database without whatever stands between them; default: as the core reaches it. */
  straightUrl?: string
  /** Called with the data folder before anything is in it, e.g. to mount a small disk there. */
  prepare?: (dataDir: string) => void
  /** Called when everything has ended, before the folder is removed. */
  cleanUp?: (dataDir: string) => void
}

/** The whole product as `npm start` brings it up, with the demo district and without the living city. */
export async function startWholeCentre(
  env: Record<string, string> = {},
  { straightUrl, prepare, cleanUp }: CentreOptions = {},
): Promise<WholeCentre> {
  const dataDir = mkdtempSync(join(tmpdir(), 'vigil-faults-'))
  chmodSync(dataDir, 0o755)
  prepare?.(dataDir)
  const [httpPort, mqttPort] = [await freePort(), await freePort()]
  const child = spawn(process.execPath, [START], {
    env: {
      ...process.env,
      VIGIL_DATA_DIR: dataDir,
      VIGIL_HTTP_PORT: String(httpPort),
      VIGIL_MQTT_PORT: String(mqttPort),
      VIGIL_RTMP_PORT: '0',
      VIGIL_METRICS_PORT: '0',
      VIGIL_SIMULATE: 'off',
      VIGIL_STREAMERS: '1',
      VIGIL_ADMIN_PASSWORD: PASSWORD,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const httpUrl = `http://127.0.0.1:${httpPort}`
  const untilReady = async (withinMs: number) => {
    const isReady = async () => {
      if (child.exitCode !== null) throw new Error(`the centre has ended:\n${output}`)
      return (await fetch(`${httpUrl}/readyz`, { signal: AbortSignal.timeout(2_000) })).ok
    }
    await until('the centre is ready', withinMs, isReady, 50)
  }
  await untilReady(START_MS)
  const pidOf = (program: ProgramName) => childOf(child.pid!, FILES[program])
  const url = straightUrl ?? environmentOf(pidOf('core'))['VIGIL_DATABASE_URL']!
  const database = createDatabase({ url, log: silentLog, metrics: new Metrics(), poolMax: 2 })
  const [folder] = await database.query<{ folder: string }>(`select current_setting('data_directory') as folder`)
  const admin = await signIn(httpUrl, 'admin', PASSWORD)
  return {
    httpUrl,
    mqttPort,
    dataDir,
    admin,
    database,
    officer: async (username) => {
      await admin.post('users', {
        username,
        displayName: username,
        role: 'officer',
        jurisdiction: '',
        patrolId: null,
        password: PASSWORD,
      })
      return signIn(httpUrl, username, PASSWORD)
    },
    pidOf,
    databasePid: () =>
      until('the server’s pid', 20_000, async () => {
        await pause(0)
        const pid = Number(readFileSync(join(folder!.folder, 'postmaster.pid'), 'utf8').split('\n')[0])
        return pid > 1 && pid
      }),
    kill: (program) => void process.kill(pidOf(program), 'SIGKILL'),
    untilReady,
    output: () => output,
    secrets: () => {
      const kept = JSON.parse(readFileSync(join(dataDir, 'secrets.json'), 'utf8')) as Record<string, string>
      return [...Object.values(kept), PASSWORD, admin.token, new URL(url).password]
    },
    stop: async () => {
      await database.close()
      await end(child)
      cleanUp?.(dataDir)
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGINT')
  await gone
}

/** @throws while the program is not there: it was killed a moment ago */
function childOf(parent: number, file: string): number {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const stat = quietly(() => readFileSync(`/proc/${name}/stat`, 'utf8'))
    if (Number(stat.replace(/^.*\) /, '').split(' ')[1]) !== parent) continue
    if (quietly(() => readFileSync(`/proc/${name}/cmdline`, 'utf8')).includes(file)) return Number(name)
  }
  throw new Error(`no ${file} runs below ${parent}`)
}

/** A number in /proc may be gone between two looks: then there is nothing to read. */
function quietly(read: () => string): string {
  try {
    return read()
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return ''
    throw error
  }
}

function environmentOf(pid: number): Record<string, string> {
  const pairs = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean)
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]))
}

export function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

import { availableParallelism, totalmem } from 'node:os'
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemClock } from '../domain/clock.ts'
import type { SettingProblem, Settings } from '../domain/config.ts'
import { reasonOf } from '../domain/fault.ts'
import { lockDataDir, unlockDataDir } from './lock.ts'
import { serveMetrics } from './metrics-page.ts'
import { settlePorts } from './ports.ts'
import { Program, type ProgramMessage } from './program.ts'
import { asEnvironment, gatherSettings, problemLines } from './read-settings.ts'
import { keepSecrets, type Secrets } from './secrets.ts'
import { StartReport } from './terminal.ts'

/** Compiled tree: `dist/`, from `dist/deploy/start.js`. */
const DIST = fileURLToPath(new URL('..', import.meta.url))
const DEMO_CITY = fileURLToPath(new URL('../../simulators/city/demo', import.meta.url))

/** Stop order: those that make work first, the database last. Each stage has this long before SIGKILL. */
const STOP_STAGES = ['simulators', 'streamer', 'rtmp', 'core', 'intake', 'database'] as const
const STAGE_DEADLINE_MS = 4_000
/** Exit codes: 2 settings, 1 anything else. */
const EXIT_SETTINGS = 2
/** How long the start waits for the first picture before it says that it goes on without. */
const FIRST_PICTURE_MS = 20_000
const PARENT_LOOK_MS = 1_000

const report = new StartReport(systemClock, process.stdout)
const programs: Program[] = []
let stopping = false
let lockedDir: string | null = null

function giveUp(title: string, problems: readonly SettingProblem[]): never {
  process.stderr.write(`${title}\n${problemLines(problems).join('\n')}\n`)
  process.exit(EXIT_SETTINGS)
}

async function main(): Promise<void> {
  const gathered = gatherSettings(process.argv.slice(2), process.env)
  if (!gathered.settings) giveUp('Vigil cannot start. These settings need a correction:', gathered.problems)
  const settings = gathered.settings
  const dataDir = resolve(settings.VIGIL_DATA_DIR)
  const logDir = join(dataDir, 'logs')
  mkdirSync(logDir, { recursive: true, mode: 0o755 })
  const holder = lockDataDir(dataDir)
  if (holder !== null) {
    process.stderr.write(
      `Vigil already runs with the data folder ${dataDir} (process ${holder}). Stop it, or set VIGIL_DATA_DIR.\n`,
    )
    process.exit(1)
  }
  lockedDir = dataDir
  watchParent()
  process.on('SIGHUP', () => void stop(0))
  process.on('SIGINT', () => void stop(0))
  process.on('SIGTERM', () => void stop(0))
  const simulate = settings.VIGIL_SIMULATE ?? settings.VIGIL_CITY === undefined
  const portProblems = await settlePorts(settings, simulate)
  if (portProblems.length > 0) {
    unlockDataDir(dataDir)
    giveUp('Vigil cannot start. These ports are not free:', portProblems)
  }
  report.line('Vigil (守望) starts')
  await bringUp(settings, dataDir, logDir, simulate, keepSecrets(dataDir))
}

async function bringUp(
  settings: Settings,
  dataDir: string,
  logDir: string,
  simulate: boolean,
  secrets: Secrets,
): Promise<void> {
  const streamerCount = settings.VIGIL_STREAMERS ?? Math.max(2, Math.floor(availableParallelism() / 2))
  const env: Record<string, string> = {
    ...asEnvironment(settings),
    VIGIL_DATA_DIR: dataDir,
    VIGIL_JOURNAL_DIR: settings.VIGIL_JOURNAL_DIR ? resolve(settings.VIGIL_JOURNAL_DIR) : join(dataDir, 'journal'),
    VIGIL_RECORD_DIR: settings.VIGIL_RECORD_DIR ? resolve(settings.VIGIL_RECORD_DIR) : join(dataDir, 'recordings'),
    VIGIL_CITY: settings.VIGIL_CITY ? resolve(settings.VIGIL_CITY) : DEMO_CITY,
    VIGIL_SIMULATE: simulate ? 'on' : 'off',
    VIGIL_STREAMERS: String(streamerCount),
    VIGIL_INTERNAL_TOKEN: secrets.internalToken,
    VIGIL_SECRET_KEY: secrets.secretKey,
    VIGIL_CENTRE_MQTT_PASSWORD: secrets.centreMqttPassword,
    VIGIL_SIM_CAMERA_PASSWORD: secrets.simCameraPassword,
    VIGIL_CORE_URL: `${settings.VIGIL_TLS_CERT ? 'https' : 'http'}://127.0.0.1:${settings.VIGIL_HTTP_PORT}`,
  }
  let signInLink: string | null = null
  const hear = (message: ProgramMessage) => {
    if (message.type === 'progress') report.progress(message.text ?? '', message.done, message.total)
    if (message.type === 'sign-in-link') signInLink = message.url ?? null
    if (message.databaseUrl) env['VIGIL_DATABASE_URL'] = message.databaseUrl
  }
  const add = (name: string, file: string, extra: Record<string, string> = {}) => {
    const program = new Program({
      name,
      file: join(DIST, file),
      env: { ...env, ...extra, VIGIL_PROGRAM_ID: name },
      logDir,
      clock: systemClock,
      onMessage: hear,
      onDown: (why) => report.line(`  ! ${name} ${why}; it is started again (see ${join(logDir, name + '.log')})`),
      onUp: () => {
        if (program.restarts > 0) report.line(`  ✓ ${name} works again`)
      },
    })
    programs.push(program)
    return program
  }

  const metrics = serveMetrics(() => programs, '127.0.0.1', settings.VIGIL_METRICS_PORT)
  if (!settings.VIGIL_DATABASE_URL) {
    report.begin('database')
    await add('database', 'deploy/postgres/keeper-main.js').start()
    report.done('database', 'embedded PostgreSQL')
  }
  if (simulate) {
    report.begin('simulated cameras')
    await add('simulators-cameras', 'simulators/camera/cameras-main.js').start()
    report.done('simulated cameras')
  }
  report.begin('intake')
  await add('intake', 'gateway/intake/intake-main.js').start()
  const overTls = settings.VIGIL_TLS_CERT ? `, over TLS on ${settings.VIGIL_MQTTS_PORT}` : ''
  const edgeAt = `MQTT on port ${settings.VIGIL_MQTT_PORT}${overTls}`
  report.done('intake', settings.VIGIL_MQTT_URL ? 'external broker' : edgeAt)
  report.begin('core, roads, desk')
  await add('core', 'gateway/core-main.js').start()
  report.done('core, roads, desk', `HTTP on port ${settings.VIGIL_HTTP_PORT}`)
  report.begin('cameras')
  // Of each one; the setting is for all.
  const memoryMb = Math.floor((settings.VIGIL_STREAMER_MEMORY_MB ?? halfOfMemoryMb()) / streamerCount)
  const streamers = Array.from({ length: streamerCount }, (_, i) =>
    add(`streamer-${i + 1}`, 'streamer/streamer-main.js', { VIGIL_STREAMER_MEMORY_MB: String(memoryMb) }).start(),
  )
  await Promise.all([...streamers, add('rtmp', 'streamer/push/rtmp-main.js').start(), metrics])
  report.done('cameras', await firstPicture())
  if (simulate) {
    report.begin('living city')
    await add('simulators-fleet', 'simulators/fleet/fleet-main.js').start()
    report.done('living city', 'buttons, taxis and patrols on MQTT')
  }
  report.line(
    `Ready after ${report.elapsedS().toFixed(1)} s. Metrics: http://127.0.0.1:${settings.VIGIL_METRICS_PORT}/metrics · logs: ${logDir}`,
  )
  report.line(
    signInLink
      ? `Sign in once with this link: ${String(signInLink)}`
      : `Sign in as admin: ${settings.VIGIL_TLS_CERT ? 'https' : 'http'}://localhost:${settings.VIGIL_HTTP_PORT}/`,
  )
}

/** Of the machine, or of what its container may take. */
function halfOfMemoryMb(): number {
  const mayTake = process.constrainedMemory()
  const bytes = mayTake > 0 ? Math.min(mayTake, totalmem()) : totalmem()
  return bytes / 2 / 1024 / 1024
}

/** Waits until a camera delivers, as the streamers themselves count it, and says how many do. */
async function firstPicture(): Promise<string> {
  const untilMs = systemClock.monotonicMs() + FIRST_PICTURE_MS
  let wanted = 0
  while (systemClock.monotonicMs() < untilMs) {
    const states = await camerasByState()
    const online = states.get('online') ?? 0
    wanted = [...states].reduce((sum, [state, count]) => sum + (state === 'idle' ? 0 : count), 0)
    report.progress('waiting for the first picture', online, wanted)
    if (online > 0) return `first picture is there, ${wanted} cameras are kept connected`
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return wanted === 0 ? 'no camera is kept connected' : `none of ${wanted} cameras delivers yet; the desk shows why`
}

async function camerasByState(): Promise<Map<string, number>> {
  const states = new Map<string, number>()
  for (const { name, metricsPort } of programs) {
    if (!name.startsWith('streamer') || metricsPort === null) continue
    const page = await fetch(`http://127.0.0.1:${metricsPort}/metrics`).then(
      (answer) => answer.text(),
      (error: unknown) => `# ${reasonOf(error)}`,
    )
    for (const [, state, count] of page.matchAll(/^vigil_cameras\{state="([a-z-]+)"\} (\d+)/gm)) {
      states.set(state!, (states.get(state!) ?? 0) + Number(count))
    }
  }
  return states
}

/** Ends the centre when the process that started it was killed: nothing may outlive it. */
function watchParent(): void {
  if (!process.env['npm_lifecycle_event']) return
  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) void stop(1)
  }, PARENT_LOOK_MS).unref()
}

async function stop(code: number): Promise<void> {
  if (stopping) return
  stopping = true
  report.line('Vigil stops')
  for (const stage of STOP_STAGES) {
    await Promise.all(programs.filter((p) => p.name.startsWith(stage)).map((p) => p.stop(STAGE_DEADLINE_MS)))
  }
  if (lockedDir) unlockDataDir(lockedDir)
  process.exit(code)
}

main().catch((error: unknown) => {
  process.stderr.write(`\nVigil cannot start: ${reasonOf(error)}\n`)
  void stop(1)
})

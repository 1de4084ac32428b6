import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Fault } from '../../domain/fault.ts'
import type { Runtime } from './runtime.ts'
import type { ServerUser } from './server-user.ts'

export const OWNER = 'vigil'

/** Files of one embedded server: `data/` is PostgreSQL's own, `password` and `port` are the launcher's. */
export interface Cluster {
  folder: string
  password: string
  created: boolean
}

/**
 * The server's folder, made by `initdb` at the first start. It is made under another name and renamed when whole, so that a
 * launcher that was killed half-way leaves nothing that looks finished.
 */
export async function prepareCluster(home: string, runtime: Runtime, user: ServerUser | null): Promise<Cluster> {
  const folder = join(home, 'data')
  const passwordFile = join(home, 'password')
  if (existsSync(join(folder, 'PG_VERSION'))) {
    if (!existsSync(passwordFile)) {
      throw new Fault(
        'config-invalid',
        `the database in ${folder} is there but its password file ${passwordFile} is not`,
      )
    }
    return { folder, password: readFileSync(passwordFile, 'utf8').trim(), created: false }
  }
  const password = randomBytes(24).toString('base64url')
  writeFileSync(passwordFile, password + '\n', { mode: 0o600 })
  const unfinished = join(home, 'data.unfinished')
  const handOver = join(home, 'password.initdb')
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { mode: 0o700 })
  rmSync(handOver, { force: true })
  writeFileSync(handOver, password, { mode: 0o600 })
  if (user) for (const path of [unfinished, handOver]) chownSync(path, user.uid, user.gid)
  try {
    await initdb(runtime, unfinished, handOver, user)
  } finally {
    rmSync(handOver, { force: true })
  }
  rmSync(folder, { recursive: true, force: true })
  renameSync(unfinished, folder)
  return { folder, password, created: true }
}

/** initdb takes about a second; a machine that needs a minute has another problem. */
const INITDB_TIMEOUT_MS = 60_000

function initdb(runtime: Runtime, folder: string, passwordFile: string, user: ServerUser | null): Promise<void> {
  const args = ['-D', folder, '-U', OWNER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`]
  args.push('--encoding=UTF8', '--locale=C', '--no-instructions')
  return new Promise((resolve, reject) => {
    const child = spawn(runtime.initdb, args, {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: INITDB_TIMEOUT_MS,
      env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
      ...(user && { uid: user.uid, gid: user.gid }),
    })
    let words = ''
    child.stderr.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-2_000)))
    child.on('error', reject)
    child.on('close', (status) => {
      if (status === 0) return resolve()
      reject(
        new Fault(
          'internal',
          `the built-in database could not be made: ${words.trim() || `initdb ended with ${status}`}`,
        ),
      )
    })
  })
}

/** The port chosen at an earlier start if it is free, else a new one; written down, so that addresses stay the same. */
export async function choosePort(home: string): Promise<number> {
  const file = join(home, 'port')
  const earlier = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
  const port = Number.isInteger(earlier) && earlier > 0 && (await bindable(earlier)) ? earlier : await bindable(0)
  writeFileSync(file, `${port}\n`)
  return port
}

/** The port that could be bound on loopback, 0 when it could not. */
function bindable(port: number): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer()
    server.on('error', () => resolve(0))
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      const bound = typeof address === 'object' && address ? address.port : 0
      server.close(() => resolve(bound))
    })
  })
}

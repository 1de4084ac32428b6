import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../../domain/log.ts'
import { Fault } from '../../domain/fault.ts'
import { serverFolder, tryLogin } from './login.ts'

/** A server that a killed launcher left running, as its `postmaster.pid` names it. */
interface LeftBehind {
  pid: number
  port: number
}

function readPidFile(folder: string): LeftBehind | null {
  const file = join(folder, 'postmaster.pid')
  if (!existsSync(file)) return null
  // pid · folder · start time · port · socket folder · address · …
  const lines = readFileSync(file, 'utf8').split('\n')
  const pid = Number(lines[0])
  return Number.isInteger(pid) && pid > 1 ? { pid, port: Number(lines[3]) || 0 } : null
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Whether the number in the file still belongs to our server: after a restart of the machine it may be anybody's. */
function isOurServer(pid: number, folder: string): boolean {
  if (!isAlive(pid)) return false
  try {
    const words = existsSync(`/proc/${pid}/cmdline`)
      ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      : execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
    return words.includes('postgres') && words.includes(folder)
  } catch {
    // It ended while we looked.
    return false
  }
}

export interface Adoption {
  pid: number
  url: string
}

/** A fast shutdown writes one checkpoint; ten seconds is a slow disk, after that the server recovers from its log instead. */
const FAST_STOP_MS = 10_000

/**
 * Finds a server that is still running on `folder`.
 * @returns it, if our own login works there; else it is stopped and null returned
 */
export async function adoptOrStop(folder: string, urlOf: (port: number) => string, log: Log): Promise<Adoption | null> {
  const found = readPidFile(folder)
  if (!found) return null
  if (!isOurServer(found.pid, folder)) {
    // PostgreSQL itself would refuse to start when the number now belongs to another process of the same user.
    rmSync(join(folder, 'postmaster.pid'), { force: true })
    return null
  }
  const url = urlOf(found.port)
  let answer = await tryLogin(url)
  for (let i = 0; answer.state === 'starting' && i < 100 && isAlive(found.pid); i++) {
    await sleep(100)
    answer = await tryLogin(url)
  }
  if (answer.state === 'ok' && (await serverFolder(url)) === folder) {
    log.info('adopted the database server that an earlier start left running', { pid: found.pid })
    return { pid: found.pid, url }
  }
  if (isOurServer(found.pid, folder)) {
    log.warn('stopping a database server that an earlier start left behind', { pid: found.pid, reason: answer.reason })
    await stopServer(found.pid)
  }
  return null
}

/** SIGINT (fast), and when that takes too long SIGQUIT (immediate: it recovers from its log at the next start). */
export async function stopServer(pid: number): Promise<void> {
  for (const [signal, waitMs] of [
    ['SIGINT', FAST_STOP_MS],
    ['SIGQUIT', 5_000],
  ] as const) {
    if (!isAlive(pid)) return
    try {
      process.kill(pid, signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return
      throw error
    }
    for (let waited = 0; waited < waitMs; waited += 25) {
      if (!isAlive(pid)) return
      await sleep(25)
    }
  }
  throw new Fault('internal', `the database server (process ${pid}) does not stop`)
}

import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbedded } from '../../../deploy/postgres/embedded.ts'
import { silentLog } from '../../../domain/log.ts'
import { Metrics } from '../../../domain/metrics.ts'
import { createDatabase } from '../../../gateway/store/database.ts'
import { type ToxicProxy, toxicProxy } from './toxic-proxy.ts'

/** A database server that a centre reaches over a cable of ours, as one on another machine. */
export interface DatabaseOnACable {
  /** By the cable; for the centre. */
  url: string
  /** Beside the cable; for the test. */
  straightUrl: string
  cable: ToxicProxy
  /** Stops the server and all its children with SIGSTOP: they keep their sockets and say nothing. */
  freeze(): void
  thaw(): void
  stop(): Promise<void>
}

export async function databaseOnACable(): Promise<DatabaseOnACable> {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-cable-'))
  // As root the server has a user of its own, who must be able to enter.
  chmodSync(folder, 0o755)
  const server = await startEmbedded({ dataDir: folder, log: silentLog })
  const straight = new URL(server.url)
  const cable = await toxicProxy(Number(straight.port))
  const url = new URL(server.url)
  url.port = String(cable.port)
  const pid = await pidOf(server.url)
  const signal = (name: 'SIGSTOP' | 'SIGCONT') => {
    for (const one of [pid, ...childrenOf(pid)]) process.kill(one, name)
  }
  return {
    url: url.href,
    straightUrl: server.url,
    cable,
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    stop: async () => {
      await cable.close()
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function pidOf(url: string): Promise<number> {
  const database = createDatabase({ url, log: silentLog, metrics: new Metrics(), poolMax: 1 })
  const rows = await database.query<{ folder: string }>(`select current_setting('data_directory') as folder`)
  await database.close()
  return Number(readFileSync(join(rows[0]!.folder, 'postmaster.pid'), 'utf8').split('\n')[0])
}

function childrenOf(parent: number): number[] {
  const task = `/proc/${parent}/task`
  return readdirSync(task).flatMap((thread) =>
    readFileSync(join(task, thread, 'children'), 'utf8')
      .split(' ')
      .filter(Boolean)
      .map(Number),
  )
}

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '../../support/api.ts'
import { freePort } from '../../support/free-port.ts'
import { listens } from './whole-centre.ts'

export const MOSQUITTO = ['/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto', '/opt/homebrew/sbin/mosquitto'].find(
  existsSync,
)

export interface Broker {
  /** Where devices connect. */
  port: number
  /** Where the centre connects: the same broker behind a wire that can be cut. */
  wirePort: number
  kill(): Promise<void>
  start(): Promise<void>
  /** A partition: what is connected over the wire ends, nothing new comes through until `mend`. */
  cut(): void
  mend(): void
  stop(): Promise<void>
}

/** A real mosquitto that keeps what it can, and a wire to it. Queues without a count, as docs/mqtt.md asks for. */
export async function startBroker(): Promise<Broker> {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-broker-'))
  const port = await freePort()
  const lines = [
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
    'persistence true',
    `persistence_location ${folder}/`,
    'autosave_interval 1',
    'autosave_on_changes true',
    'max_queued_messages 0',
    'sys_interval 1',
    'user root',
  ]
  writeFileSync(join(folder, 'mosquitto.conf'), lines.join('\n'))
  let child: ChildProcess | null = null
  const start = async () => {
    child = spawn(MOSQUITTO!, ['-c', join(folder, 'mosquitto.conf')], { stdio: 'ignore' })
    await until('the broker listens', 10_000, () => listens(port), 20)
  }
  const kill = async () => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((resolve) => child!.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
  }
  await start()
  const wire = await layWire(port)
  return {
    port,
    wirePort: wire.port,
    kill,
    start,
    cut: wire.cut,
    mend: wire.mend,
    stop: async () => {
      wire.close()
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function layWire(to: number) {
  const sockets = new Set<Socket>()
  let isCut = false
  const server = createServer((near) => {
    if (isCut) return void near.destroy()
    const far = connect(to, '127.0.0.1')
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.on('error', () => undefined)
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  })
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()))
  return {
    port,
    cut: () => {
      isCut = true
      for (const socket of sockets) socket.destroy()
    },
    mend: () => {
      isCut = false
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

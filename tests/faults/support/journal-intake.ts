import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { silentLog } from '../../../domain/log.ts'
import { JOURNAL_START, JournalReader } from '../../../gateway/intake/journal/reader.ts'
import { readRecord } from '../../../gateway/alarms/read-record.ts'
import { until } from '../../support/api.ts'
import type { Credential } from './pressing.ts'
import { freePort } from '../../support/free-port.ts'
import { listens } from './whole-centre.ts'

const DIST = fileURLToPath(new URL('../../../dist/', import.meta.url))
/** The product's intake, and one that breaks the promise on purpose. */
const PROGRAMS = {
  product: join(DIST, 'gateway/intake/intake-main.js'),
  planted: join(DIST, 'tests/faults/planted/early-puback-main.js'),
}

/** An intake alone: no database, no core; its devices are in the cache file. What it keeps is read from its journal. */
export interface LoneIntake {
  port: number
  credentials: Credential[]
  start(wrap?: readonly string[]): Promise<void>
  kill(): Promise<void>
  /** `"{device} {event id}"` of every record in the journal. */
  kept(): Promise<Set<string>>
  remove(): Promise<void>
}

export async function loneIntake(
  which: keyof typeof PROGRAMS,
  devices: number,
  journalDir?: string,
): Promise<LoneIntake> {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-lone-'))
  const port = await freePort()
  const credentials = Array.from({ length: devices }, (_, i): Credential => ({
    deviceId: `d${i}`,
    kind: 'button',
    password: `pw${i}`,
  }))
  mkdirSync(join(folder, 'intake'))
  const hash = (text: string) => createHash('sha256').update(text).digest('base64')
  const cache = credentials.map(({ deviceId, password }) => [deviceId, 'button', hash(password)])
  writeFileSync(join(folder, 'intake', 'credentials.json'), JSON.stringify(cache))
  const root = journalDir ?? join(folder, 'journal')
  let child: ChildProcess | null = null
  let gone: Promise<void> = Promise.resolve()
  const kill = async () => {
    // The whole group: under strace the program is a grandchild.
    if (child?.pid && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL')
    await gone
  }
  return {
    port,
    credentials,
    start: async (wrap = []) => {
      const [command, ...args] = [...wrap, process.execPath, PROGRAMS[which]]
      const begun = spawn(command!, args, {
        env: {
          PATH: process.env['PATH'] ?? '',
          VIGIL_DATA_DIR: folder,
          VIGIL_JOURNAL_DIR: root,
          VIGIL_MQTT_PORT: String(port),
          VIGIL_CENTRE_MQTT_PASSWORD: 'centre',
        },
        stdio: ['ignore', 'ignore', 'inherit'],
        detached: true,
      })
      child = begun
      gone = new Promise((resolve) => begun.once('exit', () => resolve()))
      await until('the intake listens', 30_000, () => listens(port), 20)
    },
    kill,
    kept: async () => {
      const keys = new Set<string>()
      for (const journal of readdirSync(root)) {
        const reader = new JournalReader({ folder: join(root, journal), journal, log: silentLog })
        let cursor = JOURNAL_START
        for (;;) {
          const page = await reader.readFrom(cursor, 1_000)
          if (page.records.length === 0) break
          for (const record of page.records) keys.add(`${record.deviceId} ${readRecord(record).eventId}`)
          cursor = page.next
        }
      }
      return keys
    },
    remove: async () => {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

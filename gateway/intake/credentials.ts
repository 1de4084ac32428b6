import { createHash, timingSafeEqual } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../../domain/clock.ts'
import { DEVICE_KINDS, type DeviceKind } from '../../domain/device.ts'
import { reasonOf } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import { z } from '../../domain/z.ts'
import type { Queryable } from '../store/database.ts'
import { askDevices, changedDevices, countDevices, type DeviceRow } from './device-rows.ts'

export interface Credential {
  kind: DeviceKind
  /** sha256 of the password; null: none was issued. */
  hash: Buffer | null
}

export type Verdict =
  | { outcome: 'ok'; kind: DeviceKind }
  | { outcome: 'unknown-device' | 'no-credential' }
  /** `isFormer`: right until a moment ago; a terminal that was cut off comes back once before it can know. */
  | { outcome: 'wrong-credential'; isFormer?: boolean }
  /** Not in the cache, and nobody to ask. The device should come again. */
  | { outcome: 'credentials-unavailable' }

export interface CredentialOptions {
  /** Absent: only the cache file. */
  database: Queryable | null
  /** Where the cache is kept, so that a start without a database lets the known devices in. */
  cacheFile: string
  log: Log
  metrics: Metrics
  clock: Clock
  /** A device's credential was changed or removed: its connections must be closed. */
  onRevoked: (deviceId: string) => void
}

/** A revoked credential ends its connections within 5 s; a new one works within 1 s, or at once through the miss path. */
const POLL_MS = 1_000
/** A database that does not answer must not keep the door closed to those whom the cache knows. */
const FIRST_POLL_MS = 500
/** Rows are stamped at the start of their transaction and seen at its end. */
const OVERLAP_MS = 10_000
/** So long a device may come with the credential it had before: cut off, a terminal comes back within seconds, and nothing is wrong with that. */
export const FORMER_MS = 60_000
/** Strangers must not fill the memory while they wait for the database. */
const ASKING_MAX = 1_000

const cacheSchema = z.array(z.tuple([z.string(), z.enum(DEVICE_KINDS), z.string().nullable()]))

/** Who may connect. Answers from memory; the database is asked about changes every second and about misses at most once a second. */
export class Credentials {
  readonly #options: CredentialOptions
  readonly #known = new Map<string, Credential>()
  readonly #failures
  /** What was right before it was changed, one per device. */
  readonly #formers = new Map<string, { hash: Buffer; untilMs: number }>()
  #changedSince = new Date(0).toISOString()
  #asking = new Map<string, ((done: boolean) => void)[]>()
  #askedAtMs = -Infinity
  #askTimer: NodeJS.Timeout | null = null
  #pollTimer: NodeJS.Timeout | null = null
  #polling: Promise<void> = Promise.resolve()
  #dirty = false
  #stopped = false

  constructor(options: CredentialOptions) {
    this.#options = options
    const { metrics } = options
    this.#failures = metrics.counter('vigil_credentials_failures_total', 'Failed looks into the table of devices').of()
    const known = metrics.gauge('vigil_credentials_known', 'Devices whose credential is known').of()
    metrics.onRead(() => known.set(this.#known.size))
  }

  /** Reads the cache file, then the database if it answers at once; follows it from then on. */
  async start(): Promise<void> {
    await this.#readCache()
    this.#polling = this.#poll()
    await Promise.race([this.#polling, sleep(FIRST_POLL_MS)])
  }

  async stop(): Promise<void> {
    this.#stopped = true
    if (this.#pollTimer) clearTimeout(this.#pollTimer)
    if (this.#askTimer) clearTimeout(this.#askTimer)
    this.#answer(false)
    await this.#polling
    await this.#writeCache()
  }

  async verify(deviceId: string, password: Buffer): Promise<Verdict> {
    const first = this.#check(deviceId, password)
    if (first.outcome === 'ok') return first
    // It may have been registered or given a new credential a moment ago.
    if (await this.#ask(deviceId)) return this.#check(deviceId, password)
    // An unknown name is only certain when the database says so.
    return first.outcome === 'unknown-device' ? { outcome: 'credentials-unavailable' } : first
  }

  #check(deviceId: string, password: Buffer): Verdict {
    const credential = this.#known.get(deviceId)
    if (!credential) return { outcome: 'unknown-device' }
    if (!credential.hash) return { outcome: 'no-credential' }
    const given = createHash('sha256').update(password).digest()
    if (given.length !== credential.hash.length || !timingSafeEqual(given, credential.hash)) {
      return { outcome: 'wrong-credential', isFormer: this.#isFormer(deviceId, given) }
    }
    return { outcome: 'ok', kind: credential.kind }
  }

  #isFormer(deviceId: string, given: Buffer): boolean {
    const former = this.#formers.get(deviceId)
    if (!former) return false
    if (this.#options.clock.monotonicMs() <= former.untilMs) return former.hash.equals(given)
    this.#formers.delete(deviceId)
    return false
  }

  /** Asks the database about one device, together with all others that wait. @returns false when it did not answer */
  #ask(deviceId: string): Promise<boolean> {
    if (!this.#options.database || this.#stopped) return Promise.resolve(false)
    if (this.#asking.size >= ASKING_MAX && !this.#asking.has(deviceId)) return Promise.resolve(false)
    return new Promise((resolve) => {
      const waiting = this.#asking.get(deviceId)
      if (waiting) waiting.push(resolve)
      else this.#asking.set(deviceId, [resolve])
      const sinceMs = this.#options.clock.monotonicMs() - this.#askedAtMs
      this.#askTimer ??= setTimeout(() => void this.#askAll(), Math.max(0, POLL_MS - sinceMs))
    })
  }

  async #askAll(): Promise<void> {
    this.#askTimer = null
    this.#askedAtMs = this.#options.clock.monotonicMs()
    const { database } = this.#options
    const ids = [...this.#asking.keys()]
    try {
      if (database) for (const row of await askDevices(database, ids)) this.#take(row)
      this.#answer(true)
    } catch (error) {
      this.#fail(error)
      this.#answer(false)
    }
  }

  #answer(done: boolean): void {
    const asking = this.#asking
    this.#asking = new Map()
    for (const waiting of asking.values()) for (const resolve of waiting) resolve(done)
  }

  async #poll(): Promise<void> {
    const { database } = this.#options
    if (!database) return
    try {
      const since = new Date(Math.max(0, Date.parse(this.#changedSince) - OVERLAP_MS)).toISOString()
      for (const row of await changedDevices(database, since)) {
        this.#take(row)
        if (row.changedAt > this.#changedSince) this.#changedSince = row.changedAt
      }
      if ((await countDevices(database)) !== this.#known.size) await this.#reload(database)
      if (this.#dirty) await this.#writeCache()
    } catch (error) {
      this.#fail(error)
    }
    if (this.#stopped) return
    this.#pollTimer = setTimeout(() => {
      this.#polling = this.#poll()
    }, POLL_MS)
    this.#pollTimer.unref()
  }

  /** A removed device leaves no changed row behind, only a smaller count. */
  async #reload(database: Queryable): Promise<void> {
    const rows = await changedDevices(database, new Date(0).toISOString())
    const there = new Set(rows.map((row) => row.id))
    for (const row of rows) this.#take(row)
    for (const id of this.#known.keys()) {
      if (there.has(id)) continue
      this.#known.delete(id)
      this.#dirty = true
      this.#options.onRevoked(id)
    }
  }

  #take(row: DeviceRow): void {
    const before = this.#known.get(row.id)
    const same = before && before.kind === row.kind && sameHash(before.hash, row.hash)
    if (same) return
    this.#known.set(row.id, { kind: row.kind, hash: row.hash })
    this.#dirty = true
    if (!before?.hash) return
    this.#formers.set(row.id, { hash: before.hash, untilMs: this.#options.clock.monotonicMs() + FORMER_MS })
    this.#options.onRevoked(row.id)
  }

  #fail(error: unknown): void {
    this.#failures.add()
    this.#options.log.debug('the table of devices could not be read', { reason: reasonOf(error) })
  }

  async #readCache(): Promise<void> {
    try {
      const rows = cacheSchema.parse(JSON.parse(await readFile(this.#options.cacheFile, 'utf8')))
      for (const [id, kind, hash] of rows)
        this.#known.set(id, { kind, hash: hash ? Buffer.from(hash, 'base64') : null })
    } catch (error) {
      if ((error as { code?: string }).code === 'ENOENT') return
      this.#options.log.warn('the cache of credentials cannot be read, it will be made anew', {
        reason: reasonOf(error),
      })
    }
  }

  async #writeCache(): Promise<void> {
    const { cacheFile } = this.#options
    this.#dirty = false
    const rows = [...this.#known].map(([id, { kind, hash }]) => [id, kind, hash?.toString('base64') ?? null])
    try {
      await mkdir(dirname(cacheFile), { recursive: true })
      await writeFile(`${cacheFile}.new`, JSON.stringify(rows), { mode: 0o600 })
      await rename(`${cacheFile}.new`, cacheFile)
    } catch (error) {
      this.#options.log.warn('the cache of credentials cannot be written', { reason: reasonOf(error) })
    }
  }
}

function sameHash(a: Buffer | null, b: Buffer | null): boolean {
  return a === null || b === null ? a === b : a.equals(b)
}

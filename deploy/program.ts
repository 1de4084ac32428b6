import { spawn, type ChildProcess } from 'node:child_process'
import { createWriteStream, renameSync, statSync, type WriteStream } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../domain/clock.ts'
import { reasonOf } from '../domain/fault.ts'

/** What a program may tell its launcher over IPC. */
export interface ProgramMessage {
  type: 'ready' | 'progress' | 'sign-in-link'
  metricsPort?: number
  databaseUrl?: string
  text?: string
  done?: number
  total?: number
  url?: string
}

export interface ProgramOptions {
  name: string
  /** Absolute path of the compiled main file. */
  file: string
  env: Record<string, string>
  logDir: string
  clock: Clock
  onMessage(message: ProgramMessage): void
  /** Called at each unexpected end, before the restart. */
  onDown(why: string): void
  onUp(): void
}

/** First wait after a crash. A restart must be working again within 3 s, of which Node itself needs about 0.3. */
const RESTART_FIRST_MS = 100
const RESTART_LAST_MS = 2_000
/** Up this long, and the next crash is a new one: the wait begins anew. */
const STABLE_MS = 10_000
/** A log file is turned over at each start of the launcher when larger than this. */
const LOG_BYTES_MAX = 32 * 1024 * 1024

/**
 * One supervised child: started, restarted with growing waits, stopped by SIGTERM. It runs in a process group of its own, so
 * that Ctrl-C reaches only the launcher, which stops everything in order; when the launcher dies its IPC channel closes and the
 * child ends by itself.
 */
export class Program {
  readonly name: string
  metricsPort: number | null = null
  restarts = 0
  #options: ProgramOptions
  #child: ChildProcess | null = null
  #log: WriteStream
  #stopping = false
  #waitMs = RESTART_FIRST_MS
  #startedAtMs = 0
  #ready = false
  #waiters: { resolve(): void; reject(error: Error): void }[] = []

  constructor(options: ProgramOptions) {
    this.name = options.name
    this.#options = options
    const file = join(options.logDir, `${options.name}.log`)
    turnOver(file)
    this.#log = createWriteStream(file, { flags: 'a' })
  }

  get pid(): number | null {
    return this.#child?.pid ?? null
  }
  get isReady(): boolean {
    return this.#ready
  }

  /** Resolves when the program has said `ready`; rejects when it ends before, with its last words. */
  start(): Promise<void> {
    const ready = new Promise<void>((resolve, reject) => this.#waiters.push({ resolve, reject }))
    this.#spawn()
    return ready
  }

  #spawn(): void {
    const { file, env, clock } = this.#options
    this.#startedAtMs = clock.monotonicMs()
    const child = spawn(process.execPath, [file], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
      serialization: 'advanced',
    })
    this.#child = child
    let lastWords = ''
    child.stdout?.pipe(this.#log, { end: false })
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#log.write(chunk)
      lastWords = (lastWords + chunk.toString()).slice(-2000)
    })
    child.on('message', (message) => this.#hear(message as ProgramMessage))
    child.on('error', (error) => this.#down(reasonOf(error), lastWords))
    child.on('exit', (code, signal) => this.#down(signal ? `ended by ${signal}` : `ended with code ${code}`, lastWords))
  }

  #hear(message: ProgramMessage): void {
    if (message.type === 'ready') {
      this.metricsPort = message.metricsPort ?? null
      this.#ready = true
      this.#options.onUp()
      for (const waiter of this.#waiters.splice(0)) waiter.resolve()
    }
    this.#options.onMessage(message)
  }

  #down(why: string, lastWords: string): void {
    if (!this.#child) return
    this.#child = null
    const wasReady = this.#ready
    this.#ready = false
    this.metricsPort = null
    if (this.#stopping) return
    if (!wasReady && this.#waiters.length > 0) {
      const words = lastWords.trim().split('\n').slice(-12).join('\n')
      for (const waiter of this.#waiters.splice(0))
        waiter.reject(new Error(`${this.name} ${why}${words ? `\n${words}` : ''}`))
      return
    }
    this.#options.onDown(why)
    if (this.#options.clock.monotonicMs() - this.#startedAtMs > STABLE_MS) this.#waitMs = RESTART_FIRST_MS
    this.restarts++
    setTimeout(() => {
      if (!this.#stopping) this.#spawn()
    }, this.#waitMs)
    this.#waitMs = Math.min(RESTART_LAST_MS, this.#waitMs * 2)
  }

  /** SIGTERM, then SIGKILL after `deadlineMs`. Resolves when the process is gone. */
  async stop(deadlineMs: number): Promise<void> {
    this.#stopping = true
    const child = this.#child
    if (child && child.exitCode === null && child.signalCode === null) {
      const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
      child.kill('SIGTERM')
      const hard = setTimeout(() => child.kill('SIGKILL'), deadlineMs)
      await gone
      clearTimeout(hard)
    }
    this.#log.end()
  }
}

function turnOver(file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size > LOG_BYTES_MAX) renameSync(file, `${file}.1`)
}

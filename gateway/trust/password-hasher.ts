import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Fault } from '../../domain/fault.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import type { HashAnswer, HashQuestion } from './scrypt-main.ts'

export interface PasswordHasher {
  /** @returns `scrypt$N$r$p$salt$hash` */
  hash(password: string): Promise<string>
  /** A null hash (no such user, no password yet) takes as long and is false. @throws Fault `too-many-requests` */
  verify(password: string, hash: string | null): Promise<boolean>
  close(): void
}

/** Sixty-four at about 0.1 s each, two at a time, are 3 s of waiting: longer than anybody waits at a sign-in. */
const QUEUE_MAX = 64
/** Ten times what a full queue needs. */
const ANSWER_MS = 30_000

const PROGRAM = fileURLToPath(new URL('./scrypt-main.js', import.meta.url))

interface Waiting {
  resolve: (answer: HashAnswer) => void
  reject: (error: unknown) => void
  timer: NodeJS.Timeout
}

/** Starts the hashing process at once, and again at the next question after it has died. */
export function createPasswordHasher(deps: { log: Log; metrics: Metrics; program?: string }): PasswordHasher {
  return new ScryptChild(deps.program ?? PROGRAM, deps.log, deps.metrics)
}

class ScryptChild implements PasswordHasher {
  readonly #program: string
  readonly #log: Log
  readonly #restarts
  readonly #refused
  readonly #waiting = new Map<number, Waiting>()
  #child: ChildProcess | null
  #lastId = 0
  #closed = false

  constructor(program: string, log: Log, metrics: Metrics) {
    this.#program = program
    this.#log = log
    this.#restarts = metrics.counter('vigil_auth_ended_total', 'Times the hashing process has ended').of()
    this.#refused = metrics.counter('vigil_auth_refused_total', 'Sign-ins refused because too many waited').of()
    this.#child = this.#start()
  }

  async hash(password: string): Promise<string> {
    const answer = await this.#ask({ id: 0, kind: 'hash', password })
    if ('hash' in answer) return answer.hash
    throw new Error(`hashing failed: ${'error' in answer ? answer.error : 'wrong answer'}`)
  }

  async verify(password: string, hash: string | null): Promise<boolean> {
    const answer = await this.#ask({ id: 0, kind: 'verify', password, hash })
    if ('ok' in answer) return answer.ok
    throw new Error(`the password could not be checked: ${'error' in answer ? answer.error : 'wrong answer'}`)
  }

  close(): void {
    this.#closed = true
    this.#child?.kill('SIGTERM')
    this.#failAll(new Error('closed'))
  }

  #ask(question: HashQuestion): Promise<HashAnswer> {
    if (this.#waiting.size >= QUEUE_MAX) {
      this.#refused.add()
      throw new Fault('too-many-requests', 'Too many people are signing in at this moment. Try again in a few seconds.')
    }
    const child = (this.#child ??= this.#start())
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id)
        reject(new Error('the hashing process did not answer'))
      }, ANSWER_MS)
      this.#waiting.set(id, { resolve, reject, timer })
      child.send({ ...question, id })
    })
  }

  #start(): ChildProcess {
    // It needs nothing of our environment, so it is given none of our secrets.
    const child = fork(this.#program, [], { env: {}, execArgv: [], serialization: 'json' })
    child.on('message', (answer: HashAnswer) => {
      const waiting = this.#waiting.get(answer.id)
      if (!waiting) return
      this.#waiting.delete(answer.id)
      clearTimeout(waiting.timer)
      waiting.resolve(answer)
    })
    const ended = (reason: string) => {
      if (this.#child !== child) return
      this.#child = null
      if (this.#closed) return
      this.#restarts.add()
      this.#log.warn('the hashing process has ended', { reason })
      this.#failAll(new Error('the hashing process has ended'))
    }
    child.on('error', (error) => ended(error.message))
    child.on('exit', (code, signal) => ended(`${code ?? signal}`))
    return child
  }

  #failAll(error: Error): void {
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer)
      reject(error)
    }
    this.#waiting.clear()
  }
}

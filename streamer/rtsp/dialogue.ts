import type { Credential } from './address.ts'
import { Login } from './login.ts'
import type { RtspAnswer } from './message.ts'
import { headerOf, requestText } from './message.ts'

export type Method = 'OPTIONS' | 'DESCRIBE' | 'SETUP' | 'PLAY' | 'GET_PARAMETER' | 'SET_PARAMETER' | 'TEARDOWN'

/** A request that waits for its answer. */
export interface Asked {
  method: Method
  target: string
  headers: [string, string][]
  sequence: number
  /** How often its login was answered. */
  logins: number
}

export type Heard =
  /** The answer to this question. */
  | { kind: 'answer'; asked: Asked }
  /** Nobody asked for it (any more). */
  | { kind: 'stray' }
  /** A login was asked for: to be sent again like this. */
  | { kind: 'again'; request: string }
  | { kind: 'refused'; reason: string }

/** Cameras wake an encoder on DESCRIBE: one to two seconds are seen. */
export const ANSWER_TIMEOUT_MS = 4_000
/** 401 → answer, and once more for a stale nonce. */
const LOGIN_TRIES_MAX = 2

/** Questions and answers of one connection: sequence numbers, login, session; one question is open at a time. Pure text. */
export class Dialogue {
  /** From SETUP's answer on. */
  sessionId = ''
  /** Until when the open question must be answered, monotonic. */
  deadlineMs = Infinity
  readonly #login: Login | null
  #open: Asked | null = null
  #sequence = 0
  /** The last question that made way for another unanswered; 0: none. */
  #givenUp = 0

  constructor(credential: Credential | null) {
    this.#login = credential ? new Login(credential) : null
  }

  get open(): Asked | null {
    return this.#open
  }

  /** @returns the bytes to send */
  ask(method: Method, target: string, headers: [string, string][], nowMs: number, logins = 0): string {
    if (this.#open) this.#givenUp = this.#open.sequence
    this.#open = { method, target, headers, sequence: ++this.#sequence, logins }
    this.deadlineMs = nowMs + ANSWER_TIMEOUT_MS
    const all: [string, string][] = [
      ['CSeq', String(this.#sequence)],
      ['User-Agent', 'Vigil'],
    ]
    const authorization = this.#login?.answer(method, target)
    if (authorization) all.push(['Authorization', authorization])
    if (this.sessionId !== '' && method !== 'DESCRIBE') all.push(['Session', this.sessionId])
    return requestText(method, target, [...all, ...headers])
  }

  hear(answer: RtspAnswer, nowMs: number): Heard {
    const asked = this.#open
    const sequence = Number(headerOf(answer, 'cseq'))
    // Only to a question that was given up can an answer come late, and it is nobody's. Else it is to the open one, whatever its CSeq
    // says: cameras answer with 0, with the number before, or with none.
    if (!asked || (sequence >= 1 && sequence <= this.#givenUp)) return { kind: 'stray' }
    this.#open = null
    if (answer.status !== 401) return { kind: 'answer', asked }
    if (!this.#login) return { kind: 'refused', reason: 'the camera asks for a user name and password' }
    const challenges = answer.headers.get('www-authenticate') ?? []
    if (asked.logins >= LOGIN_TRIES_MAX || this.#login.challenged(challenges, asked.logins > 0) === 'refused') {
      return { kind: 'refused', reason: 'the camera refused the user name or password' }
    }
    return { kind: 'again', request: this.ask(asked.method, asked.target, asked.headers, nowMs, asked.logins + 1) }
  }
}

import type { IncomingMessage } from 'node:http'

/** What a worker has answered, whole. */
export interface WholeAnswer {
  status: number
  headers: IncomingMessage['headers']
  body: Buffer
}
/** Or an answer that is too large for that, to be passed on as it comes, by the one who gets it. */
export type WorkerAnswer = WholeAnswer | IncomingMessage

/** A part of a second of 8 Mbit/s is 1 MB, a segment of ten such seconds 10 MB. */
const WHOLE_BYTES_MAX = 12 * 1024 * 1024
/** Players of one stream fetch a part within a second of its end. */
const KEEP_MS = 2_000
const KEPT_BYTES_MAX = 64 * 1024 * 1024

interface Flight {
  baseUrl: string
  answer: Promise<WorkerAnswer>
  readers: number
  abort: AbortController
}

/**
 * Whoever asks for the same thing at the same time gets the same bytes: the worker is asked once, also by five hundred players of one stream. What is
 * immutable is kept for a moment for those who come a little later.
 */
export class SharedAnswers {
  readonly #nowMs: () => number
  readonly #flights = new Map<string, Flight>()
  /** Oldest first. */
  readonly #kept = new Map<string, { answer: WholeAnswer; untilMs: number }>()
  #keptBytes = 0

  readonly #onShared: () => void

  /**
   * @param nowMs monotonic
   * @param onShared a reader was answered without asking the worker
   */
  constructor(nowMs: () => number, onShared: () => void) {
    this.#nowMs = nowMs
    this.#onShared = onShared
  }

  /**
   * @param baseUrl of the worker; with `path` the name of what is asked for
   * @param open asks the worker; aborted when the last reader has gone
   * @param gone of this reader
   */
  async get(
    baseUrl: string,
    path: string,
    open: (signal: AbortSignal) => Promise<IncomingMessage>,
    gone: AbortSignal,
  ): Promise<WorkerAnswer> {
    this.#forget()
    const key = baseUrl + path
    const kept = this.#kept.get(key)
    if (kept) {
      this.#onShared()
      return kept.answer
    }
    const known = this.#flights.get(key)
    const flight = known ?? this.#depart(baseUrl, key, open)
    flight.readers++
    const leave = () => {
      if (--flight.readers === 0) flight.abort.abort()
    }
    gone.addEventListener('abort', leave, { once: true })
    const answer = await flight.answer
    if (isWhole(answer)) {
      gone.removeEventListener('abort', leave)
      if (known) this.#onShared()
      return answer
    }
    // Too large to be shared: it belongs to whoever had asked first.
    return known ? await open(gone) : answer
  }

  /** Whoever still waits for an answer of such a worker hears at once that there will be none. */
  giveUp(isDead: (baseUrl: string) => boolean): void {
    for (const { baseUrl, abort } of this.#flights.values()) if (isDead(baseUrl)) abort.abort()
  }

  #depart(baseUrl: string, key: string, open: (signal: AbortSignal) => Promise<IncomingMessage>): Flight {
    const abort = new AbortController()
    const answer = (async () => {
      try {
        const answer = await open(abort.signal)
        if (!(Number(answer.headers['content-length']) <= WHOLE_BYTES_MAX)) return answer
        const whole = { status: answer.statusCode ?? 502, headers: answer.headers, body: await bodyOf(answer) }
        if (whole.status === 200 && whole.headers['cache-control']?.includes('immutable')) this.#keep(key, whole)
        return whole
      } finally {
        this.#flights.delete(key)
      }
    })()
    const flight = { baseUrl, answer, readers: 0, abort }
    this.#flights.set(key, flight)
    return flight
  }

  #keep(key: string, answer: WholeAnswer): void {
    this.#kept.set(key, { answer, untilMs: this.#nowMs() + KEEP_MS })
    this.#keptBytes += answer.body.length
  }

  #forget(): void {
    const nowMs = this.#nowMs()
    for (const [key, { answer, untilMs }] of this.#kept) {
      if (untilMs > nowMs && this.#keptBytes <= KEPT_BYTES_MAX) return
      this.#kept.delete(key)
      this.#keptBytes -= answer.body.length
    }
  }
}

export function isWhole(answer: WorkerAnswer): answer is WholeAnswer {
  return 'body' in answer
}

/** @throws when the worker breaks off */
async function bodyOf(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk)
  if (!answer.complete) throw new Error('the streamer broke off')
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
}

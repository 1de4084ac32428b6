import type { ServerResponse } from 'node:http'
import { Fault } from '../../domain/fault.ts'

/** Six windows of nine tiles, each with a playlist and a segment on their way, are 108; a camera lets 512 wait. */
export const REQUESTS_OF_ONE_MAX = 256
/** A wall of nine 8 Mbit/s streams has 18 MB on its way when none of its segments of two seconds has been read yet. */
export const BYTES_OF_ONE_MAX = 64 * 1024 * 1024
export const BYTES_MAX = 256 * 1024 * 1024
/** So much is written at once; what comes after it waits until it has been read, also in the buffers of TLS. */
const PIECE_BYTES = 256 * 1024

/** Each body counts once, however many read it: they share its bytes. */
class Bodies {
  readonly #readers = new Map<Buffer, number>()
  bytes = 0

  bytesWith(body: Buffer): number {
    return this.bytes + (this.#readers.has(body) ? 0 : body.length)
  }

  add(body: Buffer): void {
    this.bytes = this.bytesWith(body)
    this.#readers.set(body, (this.#readers.get(body) ?? 0) + 1)
  }

  remove(body: Buffer): void {
    const others = (this.#readers.get(body) ?? 0) - 1
    if (others > 0) return void this.#readers.set(body, others)
    this.#readers.delete(body)
    this.bytes -= body.length
  }
}

export type Refusal = 'too-many-requests' | 'too-much-unread' | 'all-too-much-unread'

export interface Place {
  /** @throws Fault `too-many-requests`: what is on its way and unread would be too much */
  hold(body: Buffer): void
  leave(): void
}

/** How much media may be on its way: the process that passes it on is the one that handles alarms. */
export class MediaRoom {
  readonly #all = new Bodies()
  readonly #viewers = new Map<string, { requests: number; bodies: Bodies }>()
  readonly #onRefused: (reason: Refusal) => void

  constructor(onRefused: (reason: Refusal) => void) {
    this.#onRefused = onRefused
  }

  /** Bytes that are held for readers. */
  get bytes(): number {
    return this.#all.bytes
  }

  /**
   * One request of somebody.
   * @throws Fault `too-many-requests`
   */
  enter(viewer: string): Place {
    const mine = this.#viewers.get(viewer) ?? { requests: 0, bodies: new Bodies() }
    if (mine.requests >= REQUESTS_OF_ONE_MAX) {
      throw this.#refusal('too-many-requests', 'Too many of your requests for pictures are open.')
    }
    mine.requests++
    this.#viewers.set(viewer, mine)
    let held: Buffer | null = null
    return {
      hold: (body) => {
        if (mine.bodies.bytesWith(body) > BYTES_OF_ONE_MAX) {
          throw this.#refusal('too-much-unread', 'Too many pictures are on their way to you and not read.')
        }
        if (this.#all.bytesWith(body) > BYTES_MAX) {
          throw this.#refusal('all-too-much-unread', 'Too many pictures are on their way and not read.')
        }
        held = body
        mine.bodies.add(body)
        this.#all.add(body)
      },
      leave: () => {
        if (held) {
          mine.bodies.remove(held)
          this.#all.remove(held)
        }
        if (--mine.requests === 0) this.#viewers.delete(viewer)
      },
    }
  }

  #refusal(reason: Refusal, detail: string): Fault {
    this.#onRefused(reason)
    return new Fault('too-many-requests', detail, { retryAfterS: 1 })
  }
}

/**
 * Writes as fast as the player reads and ends the answer.
 * @param stalledMs a player that has read nothing for so long is cut off
 * @returns when it has been read or the player has gone; false: it was cut off
 */
export function pour(body: Buffer, res: ServerResponse, stalledMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    let from = 0
    const timer = setTimeout(() => {
      finish(false)
      res.destroy()
    }, stalledMs)
    const finish = (isRead: boolean) => {
      clearTimeout(timer)
      res.off('drain', more)
      res.off('finish', read)
      res.off('close', read)
      resolve(isRead)
    }
    const read = () => finish(true)
    const more = () => {
      timer.refresh()
      if (res.writableEnded) return
      while (body.length - from > PIECE_BYTES) {
        if (!res.write(body.subarray(from, (from += PIECE_BYTES)))) return
      }
      res.end(body.subarray(from))
    }
    res.on('drain', more)
    res.on('finish', read)
    res.on('close', read)
    more()
  })
}

import { Fault } from '../../domain/fault.ts'

/** A hand on a pad gives three orders a second and one takes about 0.2 s: more than this wait only where the camera has stopped answering. */
export const WAITING_MAX = 6
/** A stop is let in where a move is not: two of them, the officer's and the timer's. */
export const STOPS_MAX = WAITING_MAX + 2
/** An order that begins later turns a camera that nobody looks at any more. */
export const WAIT_MS_MAX = 5_000

interface Line {
  /** Those that wait and the one that is being asked. */
  length: number
  last: Promise<unknown>
}

export interface QueueDeps {
  monotonicMs: () => number
  /** `queue-full`, `queue-late` */
  count: (reason: string) => void
}

/**
 * One line per camera: its questions wait for each other, so that a stop never overtakes its move. Bounded in length and in time; a
 * question that fails never holds up the next. Price: one Map entry per camera that is being asked now.
 */
export class OnvifQueue {
  readonly #lines = new Map<string, Line>()
  readonly #deps: QueueDeps

  constructor(deps: QueueDeps) {
    this.#deps = deps
  }

  /**
   * @param key one camera
   * @param ask ends by itself, whatever the camera does
   * @param isStop let in last and never too late
   * @throws Fault `camera-silent` when the line is full or its turn came too late; what `ask` throws
   */
  run<T>(key: string, ask: () => Promise<T>, isStop = false): Promise<T> {
    const line = this.#lines.get(key) ?? { length: 0, last: Promise.resolve() }
    if (line.length > (isStop ? STOPS_MAX : WAITING_MAX)) {
      const detail = `${line.length} orders already wait for an answer of this camera.`
      return Promise.reject(this.#refused('queue-full', detail))
    }
    const sinceMs = this.#deps.monotonicMs()
    const begin = () => {
      const waitedMs = this.#deps.monotonicMs() - sinceMs
      if (isStop || waitedMs <= WAIT_MS_MAX) return ask()
      const detail = `The camera was busy for ${(waitedMs / 1000).toFixed(1)} s; the order was dropped.`
      throw this.#refused('queue-late', detail)
    }
    const turn = line.last.then(begin, begin)
    line.length++
    line.last = turn
    this.#lines.set(key, line)
    const leave = () => {
      line.length--
      if (line.length === 0) this.#lines.delete(key)
    }
    turn.then(leave, leave)
    return turn
  }

  #refused(reason: string, detail: string): Fault {
    this.#deps.count(reason)
    return new Fault('camera-silent', detail, { reason })
  }
}

import type { CameraEvent, CameraEventKind } from '../../devices/camera/camera-event.ts'

/** A camera with more inputs, regions and rules than this loses the rest, counted. */
const SOURCES_MAX = 32
/** A state that flaps is one trouble, not two log lines a second. */
const QUIET_MS = 5_000
/** By then a camera has told the states that hold; what it has not told does not hold any more. */
export const SETTLED_MS = 60_000

interface Told {
  kind: CameraEventKind
  isActive: boolean
  /** Monotonic. */
  changedMs: number
  /** Said by the subscription of now, not by one before it. */
  isConfirmed: boolean
}

/** What one camera says about itself now. Bounded: a state takes the place of the one before, nothing waits. */
export class EventStates {
  dropped = 0
  readonly #told = new Map<string, Told>()
  /** Began since the last `take`, also when it is over again: a pressed input may be shorter than a turn. */
  readonly #begun = new Map<CameraEventKind, string>()

  apply({ kind, source, isActive }: CameraEvent, nowMs: number): void {
    const key = `${kind} ${source}`
    const before = this.#told.get(key)
    if (!before && this.#told.size >= SOURCES_MAX) {
      this.dropped++
      return
    }
    if (before) before.isConfirmed = true
    if (before?.isActive === isActive) return
    this.#told.set(key, { kind, isActive, changedMs: nowMs, isConfirmed: true })
    if (isActive) this.#begun.set(kind, source)
  }

  /** Another subscription: what was told before it may have ended unheard. */
  subscribed(): void {
    for (const told of this.#told.values()) told.isConfirmed = false
  }

  /**
   * What has become of one kind since the last question.
   * @param upSinceMs monotonic, of the subscription; null: nobody listens, so nothing is known to be over
   * @returns the source that has begun; `over` when nothing of it holds; null when there is nothing to say
   */
  take(kind: CameraEventKind, nowMs: number, upSinceMs: number | null): { begun: string } | 'over' | null {
    const begun = this.#begun.get(kind)
    if (begun !== undefined) {
      this.#begun.delete(kind)
      return { begun }
    }
    if (upSinceMs === null) return null
    const isSettled = nowMs - upSinceMs >= SETTLED_MS
    const own = [...this.#told.values()].filter((told) => told.kind === kind)
    if (isSettled) for (const told of own) if (!told.isConfirmed) told.isActive = false
    if (own.some((told) => told.isActive || nowMs - told.changedMs < QUIET_MS)) return null
    return isSettled || own.some((told) => told.isConfirmed) ? 'over' : null
  }
}

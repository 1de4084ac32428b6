import type { Clock } from '../../domain/clock.ts'
import type { Device } from '../../domain/device.ts'
import type { NewTrouble, Troubles } from '../live/troubles.ts'
import type { Tx } from '../store/database.ts'
import { troublesOfLost } from './supervision.ts'

/** So many at once have one cause (a switch, a power cut): one trouble instead of one each. */
const TOGETHER_MIN = 10
/** At once: three looks of the supervision. */
const TOGETHER_WITHIN_MS = 15_000
const CODES = ['lost', 'site-lost', 'lost-together'] as const

/** Keeps the troubles about lost devices as `troublesOfLost` wants them: raises, follows the figures, restores. */
export class LostTroubles {
  readonly #troubles: Troubles
  readonly #clock: Clock
  readonly #lostAtMs = new Map<string, number>()
  readonly #together = new Set<string>()
  #told = new Map<string, string>()
  #isFirst = true

  constructor(deps: { troubles: Troubles; clock: Clock }) {
    this.#troubles = deps.troubles
    this.#clock = deps.clock
  }

  /**
   * In the caller's transaction. @param lost every device that is lost now and missed
   * @returns call it after the commit
   */
  async settle(tx: Tx, lost: readonly Device[]): Promise<() => void> {
    this.#follow(lost)
    const wanted = new Map(troublesOfLost(lost, this.#together).map((trouble) => [keyOf(trouble), trouble]))
    for (const code of CODES) {
      for (const { subjectKind, subjectId } of this.#troubles.standing(code)) {
        if (!wanted.has(`${subjectKind}:${subjectId}:${code}`)) {
          await this.#troubles.restore(tx, subjectKind, subjectId, code)
        }
      }
    }
    for (const [key, trouble] of wanted) {
      const { subjectKind, subjectId, code, detail } = trouble
      if (!this.#troubles.stands(subjectKind, subjectId, code)) await this.#troubles.raise(tx, trouble)
      else if (this.#told.get(key) !== detail) await this.#troubles.change(tx, trouble)
    }
    return () => {
      this.#told = new Map([...wanted].map(([key, { detail }]) => [key, detail]))
    }
  }

  /** Who was lost with whom. */
  #follow(lost: readonly Device[]): void {
    const nowMs = this.#clock.monotonicMs()
    const ids = new Set(lost.map((device) => device.id))
    for (const id of this.#lostAtMs.keys()) if (!ids.has(id)) this.#lostAtMs.delete(id)
    for (const id of this.#together) if (!ids.has(id)) this.#together.delete(id)
    for (const id of ids) if (!this.#lostAtMs.has(id)) this.#lostAtMs.set(id, nowMs)
    // After a restart nobody knows any more who was lost with whom, only that many were.
    const wasTogether = this.#isFirst && this.#troubles.stands('broker', 'devices', 'lost-together')
    this.#isFirst = false
    const recent = [...ids].filter((id) => wasTogether || nowMs - this.#lostAtMs.get(id)! <= TOGETHER_WITHIN_MS)
    if (recent.length >= TOGETHER_MIN || wasTogether) for (const id of recent) this.#together.add(id)
  }
}

function keyOf({ subjectKind, subjectId, code }: NewTrouble): string {
  return `${subjectKind}:${subjectId}:${code}`
}

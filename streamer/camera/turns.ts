import type { ConnectBudget } from './retry.ts'

/**
 * Who is asked first at each turn: whoever found the budget of connects empty at the last one. In a long outage more cameras are due than it
 * lets through; always beginning at the same one, the first of them would have it all.
 */
export class Turns {
  #first = 0

  /** Visits all, once each. */
  sweep<T>(all: readonly T[], budget: ConnectBudget, visit: (one: T) => void): void {
    const first = this.#first
    let hungry = -1
    for (let visited = 0; visited < all.length; visited++) {
      const at = (first + visited) % all.length
      const refused = budget.refused
      visit(all[at]!)
      if (hungry < 0 && budget.refused > refused) hungry = at
    }
    if (hungry >= 0) this.#first = hungry
  }
}

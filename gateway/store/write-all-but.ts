import { Fault } from '../../domain/fault.ts'
import { troubleOf } from './sqlstate.ts'

/** When so many of them are refused it is not for what is in them. */
const REFUSED_MAX = 16

/**
 * Writes all rows at once; where the server refuses one of them (a value it cannot hold), all the others: halves are tried until
 * that one stands alone. Price of each refused one: two statements for every halving.
 * @param write all or nothing of what it is given
 * @throws what `write` has thrown when the database cannot be used now, or when too many are refused
 */
export async function writeAllBut<T>(
  rows: readonly T[],
  write: (some: readonly T[]) => Promise<void>,
  onRefused: (row: T, error: unknown) => void,
): Promise<void> {
  let refused = 0
  const waiting = rows.length === 0 ? [] : [rows]
  for (let some = waiting.pop(); some; some = waiting.pop()) {
    try {
      await write(some)
    } catch (error) {
      if (error instanceof Fault || troubleOf(error) !== null) throw error
      if (some.length > 1) {
        const half = Math.ceil(some.length / 2)
        waiting.push(some.slice(half), some.slice(0, half))
        continue
      }
      onRefused(some[0]!, error)
      if (++refused >= REFUSED_MAX) throw error
    }
  }
}

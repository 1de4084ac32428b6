import { Fault } from '../../domain/fault.ts'

/** Cuts one row more than the page off, so that nobody counts a table to know whether there is more. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
  cursorOf: (row: Row) => string,
): { items: Item[]; next: string | null } {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return { items: shown.map(toItem), next: rows.length > limit && last !== undefined ? cursorOf(last) : null }
}

/** A cursor that must be a number. @throws Fault `bad-request` */
export function numberCursor(cursor: string | undefined): number | null {
  if (cursor === undefined) return null
  if (!/^\d{1,15}$/.test(cursor)) throw new Fault('bad-request', 'This cursor is not one of ours.', { cursor })
  return Number(cursor)
}

export function notThere(kind: string, id: string): Fault {
  return new Fault('not-found', `There is no ${kind} ${id}.`, { id })
}

export function alreadyThere(kind: string, id: string): Fault {
  return new Fault('conflict', `There is already a ${kind} ${id}.`, { id })
}

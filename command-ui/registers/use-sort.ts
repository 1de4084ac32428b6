import { useState } from 'react'
import type { HeadCell } from '../pages/page-table.tsx'

export interface Sort<K extends string> {
  by: K
  isDown: boolean
  /** The head of a column that sorts by `by`. */
  head: (label: string, by: K) => HeadCell
}

/** By which column a list stands, and which way; a second press of the same head turns it round. */
export function useSort<K extends string>(first: K): Sort<K> {
  const [{ by, isDown }, set] = useState<{ by: K; isDown: boolean }>({ by: first, isDown: false })
  return {
    by,
    isDown,
    head: (label, column) => ({
      label,
      sort: {
        isOn: by === column,
        isDown,
        toggle: () => set((now) => ({ by: column, isDown: now.by === column && !now.isDown })),
      },
    }),
  }
}

/** What is not known stands at the end, whichever way the list stands. */
export function inOrder<T>(
  items: readonly T[],
  keyOf: (item: T) => string | number | null,
  isDown: boolean,
  then: (a: T, b: T) => number,
): T[] {
  const keyed = items.map((item) => ({ item, key: keyOf(item) }))
  keyed.sort((a, b) => {
    if (a.key === null || b.key === null) return a.key === b.key ? then(a.item, b.item) : a.key === null ? 1 : -1
    const order =
      typeof a.key === 'number' && typeof b.key === 'number'
        ? a.key - b.key
        : String(a.key).localeCompare(String(b.key), 'zh')
    return (isDown ? -order : order) || then(a.item, b.item)
  })
  return keyed.map(({ item }) => item)
}

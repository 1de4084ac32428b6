import { useMemo, useRef, useState } from 'react'

export interface SelectedRows {
  /** In the order of the list. Only what the list shows now: what is out of sight is not changed. */
  ids: readonly string[]
  has: (id: string) => boolean
  /** @param isRange from the row that was chosen last up to this one */
  toggle: (id: string, isRange: boolean) => void
  setAll: (isOn: boolean) => void
}

/** Rows chosen by mouse and keys. @param listed ids in the order of the list, also of those beyond what is drawn */
export function useSelectedRows(listed: readonly string[]): SelectedRows {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const anchor = useRef<string | null>(null)
  const ids = useMemo(() => listed.filter((id) => chosen.has(id)), [listed, chosen])
  return {
    ids,
    has: (id) => chosen.has(id),
    toggle: (id, isRange) => {
      const from = isRange && anchor.current !== null ? listed.indexOf(anchor.current) : -1
      anchor.current = id
      setChosen((now) => toggled(now, from < 0 ? [id] : between(listed, from, listed.indexOf(id)), from < 0))
    },
    setAll: (isOn) => setChosen(new Set(isOn ? listed : [])),
  }
}

function between(listed: readonly string[], from: number, to: number): readonly string[] {
  return listed.slice(Math.min(from, to), Math.max(from, to) + 1)
}

/** A single row is turned over, a range is put on. */
function toggled(now: ReadonlySet<string>, ids: readonly string[], isSingle: boolean): ReadonlySet<string> {
  const next = new Set(now)
  for (const id of ids) {
    if (isSingle && next.has(id)) next.delete(id)
    else next.add(id)
  }
  return next
}

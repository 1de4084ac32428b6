import { useEffect, useState, useSyncExternalStore } from 'react'
import { clock } from './clock.ts'
import type { Collection } from './collection.ts'
import { Observable } from './observable.ts'

/** All items of a collection; renders again when one changes. */
export function useAll<T extends { id: string }>(collection: Collection<T>): readonly T[] {
  return useSyncExternalStore(collection.subscribe, collection.all)
}

/** One item; renders again only when this one changes. */
export function useOne<T extends { id: string }>(collection: Collection<T>, id: string | null): T | undefined {
  return useSyncExternalStore(collection.subscribe, () => (id === null ? undefined : collection.get(id)))
}

export function useObservable<T>(observable: Observable<T>): T {
  return useSyncExternalStore(observable.subscribe, observable.get)
}

/** The second in which we are, by the server's clock; one timer for the whole page. */
const second = new Observable(0)
let ticking: ReturnType<typeof setTimeout> | null = null
let watchers = 0

function tick(): void {
  const nowMs = clock.nowMs()
  second.set(Math.floor(nowMs / 1000) * 1000)
  ticking = setTimeout(tick, 1005 - (nowMs % 1000))
}

/** Server time, ms, whole seconds; renders again every second. For ages and the clock of the strip. */
export function useNowMs(): number {
  useEffect(() => {
    if (watchers++ === 0) tick()
    return () => {
      if (--watchers === 0 && ticking) clearTimeout(ticking)
    }
  }, [])
  const now = useSyncExternalStore(second.subscribe, second.get)
  return now || clock.nowMs()
}

/** True while the media query holds. */
export function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches)
  useEffect(() => {
    const list = matchMedia(query)
    const follow = () => setMatches(list.matches)
    list.addEventListener('change', follow)
    return () => list.removeEventListener('change', follow)
  }, [query])
  return matches
}

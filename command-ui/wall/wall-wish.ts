import { Observable } from '../data/observable.ts'
import { goTo } from '../route.ts'

/** What the desk asks of the wall; the wall follows it, so that no list needs the wall. */
export interface WallWish {
  cameraIds: readonly string[]
  /** A name for several cameras; null: one camera, to be enlarged. */
  name: string | null
  key: number
}

export const wallWish = new Observable<WallWish | null>(null)
let wishes = 0

/** One camera fills the wall; several stand on it like a page of a tour, and the officer's own arrangement is kept behind. */
export function showOnWall(cameraIds: readonly string[], name: string | null): void {
  wallWish.set({ cameraIds, name, key: ++wishes })
  goTo('wall')
}

import { Observable } from '../data/observable.ts'
import { goTo } from '../route.ts'

/** What the lists ask of the map; the map panel follows it, so that no list needs the map. */
export interface MapWish {
  place: [lng: number, lat: number]
  /** Id of a patrol or vehicle to keep in view, null: just a place. */
  followId: string | null
  key: number
}

export const mapWish = new Observable<MapWish | null>(null)
let wishes = 0

export function flyTo(place: [lng: number, lat: number], followId: string | null = null): void {
  goTo('desk')
  mapWish.set({ place, followId, key: ++wishes })
}

import type { MapEvents, MapPick } from './city-map-contract.ts'
import type { MapLibreMap } from './maplibre-door.ts'
import type { Pointer } from './pointer.ts'

/** What the officer does with the map, told to those who listen. */
export class MapTalk {
  #listeners = {
    pick: new Set<MapEvents['pick']>(),
    gesture: new Set<MapEvents['gesture']>(),
    place: new Set<MapEvents['place']>(),
  }

  on<E extends keyof MapEvents>(event: E, listener: MapEvents[E]): () => void {
    const set = this.#listeners[event] as Set<MapEvents[E]>
    set.add(listener)
    return () => set.delete(listener)
  }

  /** @param letGo runs first when the officer moves the map by hand */
  listen(map: MapLibreMap, pointer: Pointer, letGo: () => void): void {
    map.on('click', (event) => {
      for (const listener of this.#listeners.place) listener([event.lngLat.lng, event.lngLat.lat])
      const picked = pointer.pickAt(event.point.x, event.point.y)
      if (!picked) return
      const { lng, lat } = event.lngLat
      const detail: MapPick = { kind: picked.kind, id: picked.id, key: pointer.keyOf(picked), lngLat: [lng, lat] }
      for (const listener of this.#listeners.pick) listener(detail)
    })
    const byHand = (event: { originalEvent?: unknown }): void => {
      if (!event.originalEvent) return
      letGo()
      for (const listener of this.#listeners.gesture) listener()
    }
    map.on('dragstart', byHand)
    map.on('zoomstart', byHand)
    map.on('rotatestart', byHand)
    map.on('pitchstart', byHand)
  }
}

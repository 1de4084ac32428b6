import type { MapLibreMap } from './maplibre-door.ts'

type Bounds = [west: number, south: number, east: number, north: number]

/** Room that the tools, the scene's name above its place and the legend take, px; never more than a quarter of a side. */
const SCENE_ROOM = { top: 104, bottom: 62, left: 118, right: 118 }
const CITY_ROOM = { top: 24, bottom: 24, left: 24, right: 24 }
const FLIGHT_MS = 900
/** A map that is not shown has no size, and fitting something into it would throw the view away. */
const SIDE_MIN_PX = 40

/** What the view is kept on while the map changes its size, until somebody moves it: a scene, or the whole city. */
export class Framing {
  #map: MapLibreMap
  #isCalm: boolean
  #bounds: Bounds | null = null
  #isScene = false
  #width = 0
  #height = 0

  /** @param isCalm no flights: at three paintings a second they are only a blur */
  constructor(map: MapLibreMap, isCalm: boolean) {
    this.#map = map
    this.#isCalm = isCalm
  }

  scene(bounds: Bounds, pitch: number): void {
    this.#bounds = bounds
    this.#isScene = true
    this.#fit(pitch, FLIGHT_MS)
  }

  city(bounds: Bounds, pitch: number, isAtOnce = false): void {
    this.#bounds = bounds
    this.#isScene = false
    this.#fit(pitch, isAtOnce ? 0 : FLIGHT_MS)
  }

  /** What belongs to the scene has moved: it is followed when it has left the view and nobody else has moved that. */
  keepScene(bounds: Bounds | null, pitch: number): void {
    if (!bounds || !this.#bounds || !this.#isScene) return
    this.#bounds = bounds
    const seen = this.#map.getBounds()
    const [west, south, east, north] = bounds
    if (!seen.contains([west, south]) || !seen.contains([east, north])) this.#fit(pitch, FLIGHT_MS)
  }

  /** The view was moved to something else. */
  release(): void {
    this.#bounds = null
  }

  /** Takes the size of the frame around the map; what the view is kept on stays in it. */
  resize(pitch: number): void {
    const { clientWidth, clientHeight } = this.#map.getContainer()
    if (clientWidth === this.#width && clientHeight === this.#height) return
    this.#width = clientWidth
    this.#height = clientHeight
    this.#map.resize()
    this.#fit(pitch, FLIGHT_MS / 3)
  }

  #fit(pitch: number, durationMs: number): void {
    const { clientWidth, clientHeight } = this.#map.getContainer()
    if (!this.#bounds || clientWidth < SIDE_MIN_PX || clientHeight < SIDE_MIN_PX) return
    const room = this.#isScene ? SCENE_ROOM : CITY_ROOM
    const padding = {
      top: Math.min(room.top, clientHeight / 4),
      bottom: Math.min(room.bottom, clientHeight / 4),
      left: Math.min(room.left, clientWidth / 4),
      right: Math.min(room.right, clientWidth / 4),
    }
    const duration = this.#isCalm ? 0 : durationMs
    this.#map.fitBounds(this.#bounds, { padding, maxZoom: 16, pitch, duration, animate: duration > 0 })
  }
}

import type { Camera } from '../../domain/camera.ts'
import type { Clock } from '../../domain/clock.ts'
import type { VehicleNow } from '../../domain/fix.ts'
import type { PatrolNow } from '../../domain/patrol.ts'
import type { Coverage } from '../../domain/recommendation.ts'
import type { LngLat } from '../../domain/scalars.ts'
import type { Site } from '../../domain/site.ts'
import type { CircleFeatures } from '../../domain/wire/circles.ts'
import type { DotFrame } from '../../domain/wire/dots.ts'
import type { Language } from './base-style.ts'
import type { CityLayers } from './city-layers.ts'
import type { SWITCHES } from './city-style.ts'
import type { MapOverlay } from './overlay-shapes.ts'
import type { MapScene } from './scene-shapes.ts'

export type MapMode = '2d' | 'tilt' | '3d'
export type MapSwitch = keyof typeof SWITCHES | 'patrols' | 'taxis' | 'cameras' | 'buildings'

/** What the officer clicked. `key` is the dot's key for patrols and taxis. */
export interface MapPick {
  kind: 'patrol' | 'taxi' | 'camera' | 'site'
  id: string
  key: number | null
  lngLat: LngLat
}
export interface MapEvents {
  pick: (picked: MapPick) => void
  /** The officer clicked, on whatever. */
  place: (lngLat: LngLat) => void
  /** The officer moved the map: stop moving it for him until he asks again. A follow has ended by itself. */
  gesture: () => void
}

export interface CityMapOptions {
  language?: Language
  mode?: MapMode
  clock?: Clock
  /** The beacon stands still. Default: where the system asks for it, and without a graphics card (a pulse would repaint for ever). */
  isCalm?: boolean
  /** A camera is taken from the map with the mouse: put it into the event. Absent: dragging always moves the map. */
  onDragCamera?: (transfer: DataTransfer, cameraId: string) => void
}

/**
 * The duty desk's map. Imperative, framework-free; every call may come before the style has loaded. Coordinates `[lng, lat]`
 * WGS-84. It fetches nothing: layers are handed in, letters come from the machine's fonts.
 */
export interface CityMap {
  /** May be called again for the same city (streets first, buildings when they have come); the view then stays. */
  setCity(
    layers: CityLayers,
    city: { centre: LngLat; bounds: [west: number, south: number, east: number, north: number]; name: string },
  ): void
  setPatrols(patrols: readonly PatrolNow[]): void
  setVehicles(vehicles: readonly VehicleNow[]): void
  setCameras(cameras: readonly Camera[]): void
  setSites(sites: readonly Site[]): void
  moveDots(frame: DotFrame): void
  /** Draws the scene and lights its cameras; does not move the view (see `fitScene`, `flyTo`). */
  showScene(scene: MapScene | null): void
  /** Moves the view so that the scene and the chosen car's way are seen, and keeps them so when the map gets another size, until the view is moved. */
  fitScene(): void
  /** Back to the whole district. */
  fitCity(): void
  setMode(mode: MapMode): void
  setLanguage(language: Language): void
  /** Keeps a patrol or taxi in the middle; null lets go. */
  follow(key: number | null): void
  flyTo(lngLat: LngLat, zoom?: number): void
  setLayerVisible(name: MapSwitch, isVisible: boolean): void
  setCoverage(coverage: Coverage | null): void
  setOverlay(overlay: MapOverlay): void
  /** What one patrol reaches; null: nobody's. */
  setReach(circle: CircleFeatures | null): void
  /** @returns call it to stop listening */
  on<E extends keyof MapEvents>(event: E, listener: MapEvents[E]): () => void
  resize(): void
  destroy(): void
  /** For tests, the bench and the harness; also beside the canvas, as `data-stats`. */
  readonly stats: {
    isReady: boolean
    /** Paintings of what moves, and of the ground under it. */
    frames: number
    groundFrames: number
    /** Start of a painting until the GPU was done, ms, smoothed. */
    frameCostMs: number
    /** JavaScript of one painting and of one frame of dots, ms: in the middle, and when nothing came between. */
    drawMs: number
    drawLeastMs: number
    updateMs: number
    updateLeastMs: number
    drawCalls: number
    bytesSent: number
    taxisShown: number
    taxis: number
    patrols: number
    zoom: number
  }
}

import type { Camera } from '../../domain/camera.ts'
import { systemClock } from '../../domain/clock.ts'
import type { Clock } from '../../domain/clock.ts'
import type { VehicleNow } from '../../domain/fix.ts'
import type { PatrolNow } from '../../domain/patrol.ts'
import type { Coverage } from '../../domain/recommendation.ts'
import type { LngLat } from '../../domain/scalars.ts'
import type { Site } from '../../domain/site.ts'
import type { CircleFeatures } from '../../domain/wire/circles.ts'
import type { Dot } from '../../domain/wire/dots.ts'
import type { Language } from './base-style.ts'
import type { CityLayers } from './city-layers.ts'
import { CityPicture } from './city-picture.ts'
import { Callsigns } from './callsigns.ts'
import { boundsOf } from './along.ts'
import type { CityMap, CityMapOptions, MapEvents, MapMode, MapSwitch } from './city-map-contract.ts'
import { LIVING_BEFORE } from './city-style.ts'
import { Fleet } from './fleet.ts'
import { FrameLoop } from './frame-loop.ts'
import { Legend } from './legend.ts'
import { LivingLayer } from './living-layer.ts'
import { addMapImages } from './map-images.ts'
import type { MapLibreMap } from './maplibre-door.ts'
import { isMapPossible, isSoftwareDrawn } from './map-possible.ts'
import { MapTalk } from './map-talk.ts'
import { frameCity, openMap, PITCH } from './open-map.ts'
import { lngLatOf, planeAt, xOf, yOf } from './plane.ts'
import { Pointer } from './pointer.ts'
import { etaText, roadLabelled, scenePoints } from './scene-shapes.ts'
import type { MapOverlay } from './overlay-shapes.ts'
import type { MapScene } from './scene-shapes.ts'
import './map.css'

/** Callsigns and thinning follow a moving view at most this often. */
const LAY_OUT_EVERY_MS = 250

/** @returns null where the browser has no WebGL 2 */
export function createCityMap(container: HTMLElement, options: CityMapOptions = {}): CityMap | null {
  return isMapPossible() ? new DeskMap(container, options) : null
}

class DeskMap implements CityMap {
  #map: MapLibreMap
  #clock: Clock
  #layer: LivingLayer
  #fleet: Fleet
  #callsigns: Callsigns
  #picture: CityPicture
  #pointer: Pointer
  #legend: Legend
  #loop: FrameLoop
  #isCalm: boolean
  #isReady = false
  #waiting: (() => void)[] = []
  #mode: MapMode
  #source: { cameras: readonly Camera[]; sites: readonly Site[]; language: Language }
  #scene: MapScene | null = null
  #bounds: [number, number, number, number] | null = null
  #layOutAtMs = 0
  #unknownDots = 0
  #talk = new MapTalk()
  #resized: ResizeObserver

  constructor(container: HTMLElement, options: CityMapOptions) {
    this.#clock = options.clock ?? systemClock
    this.#mode = options.mode ?? '2d'
    this.#isCalm = options.isCalm ?? (isSoftwareDrawn() || matchMedia('(prefers-reduced-motion: reduce)').matches)
    this.#source = { cameras: [], sites: [], language: options.language ?? 'zh' }
    container.classList.add('city-map')
    this.#map = openMap(container, this.#source.language, this.#mode)
    this.#layer = new LivingLayer(this.#clock, planeAt(0, 0))
    this.#fleet = new Fleet(this.#layer, this.#clock)
    this.#callsigns = new Callsigns(this.#layer, this.#fleet, this.#clock)
    this.#picture = new CityPicture(this.#map)
    this.#pointer = new Pointer(this.#map, this.#layer, this.#fleet, this.#clock, this.#source)
    this.#legend = new Legend(container, this.#source.language)
    this.#loop = new FrameLoop(this.#map, this.#clock, {
      isMoving: () => this.#isMoving(),
      hasDots: () => this.#layer.patrols.count + this.#layer.taxis.count > 0,
      beforeFrame: () => this.#beforeFrame(),
    })
    this.#resized = new ResizeObserver(() => this.#map.resize())
    this.#resized.observe(container)
    void this.#map.once('style.load', this.#begin)
    this.#listen()
  }

  #begin = (): void => {
    addMapImages(this.#map)
    if (!this.#map.getLayer(this.#layer.id)) this.#map.addLayer(this.#layer, LIVING_BEFORE)
    this.#isReady = true
    this.#picture.setMode(this.#mode)
    for (const job of this.#waiting.splice(0)) job()
    this.#loop.kick()
  }

  #listen(): void {
    this.#talk.listen(this.#map, this.#pointer, () => {
      this.#fleet.followedKey = null
    })
    this.#map.on('move', () => this.#layOut(false))
    this.#map.on('moveend', () => this.#layOut(true))
    // Before the first painting there is no matrix, so nobody knows where a callsign would stand.
    void this.#map.once('idle', () => this.#layOut(true))
    // A driver that restarts takes the style with it; MapLibre puts back all but the living city.
    this.#map.on('webglcontextlost', () => {
      this.#isReady = false
      void this.#map.once('style.load', this.#begin)
    })
  }

  /** Now, or when the style is there. */
  #when(job: () => void): void {
    if (this.#isReady) job()
    else this.#waiting.push(job)
  }

  setCity(layers: CityLayers, city: { centre: LngLat; bounds: [number, number, number, number]; name: string }): void {
    this.#fleet.moveOrigin(planeAt(city.centre[0], city.centre[1]))
    const isKnown = this.#bounds?.join() === city.bounds.join()
    this.#bounds = city.bounds
    this.#map.getCanvas().setAttribute('aria-label', city.name)
    if (!isKnown) frameCity(this.#map, city.bounds)
    this.#when(() => this.#picture.setLayers(layers))
    this.setCameras(this.#source.cameras)
    this.showScene(this.#scene)
    // The files of the city come after the alarm that stood when the desk was opened: the scene, not the city, is what must be seen.
    if (!isKnown && this.#scene) this.fitScene()
  }

  setPatrols(patrols: readonly PatrolNow[]): void {
    this.#fleet.setPatrols(patrols)
    this.#dotsChanged()
  }

  setVehicles(vehicles: readonly VehicleNow[]): void {
    this.#fleet.setVehicles(vehicles)
    this.#dotsChanged()
  }

  moveDots(frame: { baseMs: number; dots: readonly Dot[] }): void {
    this.#unknownDots += this.#fleet.moveDots(frame.baseMs, frame.dots)
    this.#dotsChanged()
  }

  #dotsChanged(): void {
    this.#layOut(true)
    this.#layer.uploadDots()
    this.#loop.kick()
  }

  setCameras(cameras: readonly Camera[]): void {
    this.#source.cameras = cameras
    this.#layer.setCameras(cameras, new Set(this.#scene?.cameraIds))
    this.#loop.kick()
  }

  setSites(sites: readonly Site[]): void {
    this.#source.sites = sites
    this.#when(() => this.#picture.setSites(sites))
  }

  showScene(scene: MapScene | null): void {
    this.#scene = scene
    this.#fleet.setScene(
      scene?.chosen ?? null,
      new Set(scene?.candidates.filter((c) => c.route).map((c) => c.patrolId)),
    )
    this.#layer.setCameras(this.#source.cameras, new Set(scene?.cameraIds))
    if (scene) {
      const [lng, lat] = scene.lngLat
      const isPulsing = (scene.isPulsing ?? true) && !this.#isCalm
      const { plane, beacon } = this.#layer
      beacon.show(xOf(plane, lng), yOf(plane, lat), scene.priority, scene.label, isPulsing, this.#map.getPixelRatio())
    } else this.#layer.beacon.hide()
    this.#when(() => this.#picture.setScene(scene))
    this.#dotsChanged()
  }

  fitScene(): void {
    const bounds = this.#scene && boundsOf(scenePoints(this.#scene))
    if (!bounds) return
    this.#fleet.followedKey = null
    const padding = Math.min(110, this.#map.getContainer().clientWidth / 6)
    this.#map.fitBounds(bounds, { padding, maxZoom: 16, pitch: PITCH[this.#mode], duration: 900 })
  }

  fitCity(): void {
    this.#fleet.followedKey = null
    if (this.#bounds) this.#map.fitBounds(this.#bounds, { padding: 24, duration: 700, pitch: PITCH[this.#mode] })
  }

  setMode(mode: MapMode): void {
    this.#mode = mode
    const isFlat = mode === '2d'
    this.#map.dragRotate[isFlat ? 'disable' : 'enable']()
    this.#map.touchPitch[isFlat ? 'disable' : 'enable']()
    this.#when(() => this.#picture.setMode(mode))
    const bearing = isFlat ? 0 : this.#map.getBearing()
    this.#map.easeTo({ pitch: PITCH[mode], bearing, duration: 600 })
  }

  setLanguage(language: Language): void {
    if (language === this.#source.language) return
    this.#source.language = language
    this.#legend.setLanguage(language)
    this.#when(() => this.#picture.setLanguage(language))
    this.#layOut(true)
  }

  follow(key: number | null): void {
    this.#fleet.followedKey = key
    if (key === null || !this.#fleet.placeOf(key, place)) return
    this.#map.easeTo({
      center: lngLatOf(this.#layer.plane, place[0]!, place[1]!),
      zoom: Math.max(15, this.#map.getZoom()),
    })
    this.#loop.kick()
  }

  flyTo(lngLat: LngLat, zoom?: number): void {
    this.#fleet.followedKey = null
    this.#map.flyTo({
      center: lngLat,
      zoom: zoom ?? Math.max(15.5, this.#map.getZoom()),
      pitch: PITCH[this.#mode],
      maxDuration: 1400,
    })
  }

  setLayerVisible(name: MapSwitch, isVisible: boolean): void {
    if (name === 'patrols' || name === 'taxis' || name === 'cameras') this.#layer.setVisible(name, isVisible)
    else this.#when(() => this.#picture.setVisible(name, isVisible))
    this.#loop.kick()
  }

  setCoverage(coverage: Coverage | null): void {
    this.#when(() => this.#picture.setCoverage(coverage))
  }

  setOverlay(overlay: MapOverlay): void {
    this.#when(() => this.#picture.setOverlay(overlay))
  }

  setReach(circle: CircleFeatures | null): void {
    this.#when(() => this.#picture.setReach(circle))
  }

  on<E extends keyof MapEvents>(event: E, listener: MapEvents[E]): () => void {
    return this.#talk.on(event, listener)
  }

  resize(): void {
    this.#map.resize()
  }

  destroy(): void {
    this.#resized.disconnect()
    this.#loop.stop()
    this.#pointer.destroy()
    this.#legend.destroy()
    this.#map.remove()
  }

  get stats(): CityMap['stats'] {
    return {
      isReady: this.#isReady,
      frames: this.#loop.frames,
      frameCostMs: this.#loop.frameCostMs,
      taxisShown: this.#fleet.taxisShown,
      taxis: this.#layer.taxis.count,
      patrols: this.#layer.patrols.count,
      zoom: this.#map.getZoom(),
      unknownDots: this.#unknownDots,
    }
  }

  #isMoving(): boolean {
    const nowS = this.#clock.monotonicMs() / 1000
    const { beacon, patrols, taxis } = this.#layer
    return (beacon.isShown && beacon.isPulsing) || Math.max(patrols.movingUntilS, taxis.movingUntilS) > nowS
  }

  #beforeFrame(): void {
    const key = this.#fleet.followedKey
    if (key === null || this.#map.isMoving() || !this.#fleet.placeOf(key, place)) return
    this.#map.jumpTo({ center: lngLatOf(this.#layer.plane, place[0]!, place[1]!) })
  }

  /** Thins taxis and callsigns for the view as it is. */
  #layOut(isNow: boolean): void {
    const nowMs = this.#clock.monotonicMs()
    if (!isNow && nowMs - this.#layOutAtMs < LAY_OUT_EVERY_MS) return
    this.#layOutAtMs = nowMs
    const zoom = this.#map.getZoom()
    const { clientWidth, clientHeight } = this.#map.getCanvas()
    const metresPerPx = this.#layer.metresPerPx()
    this.#fleet.thin(zoom, metresPerPx)
    const { candidates = [], chosen = null } = this.#scene ?? {}
    const labelled = roadLabelled(candidates, metresPerPx)
    if (this.#isReady) this.#picture.setRouteLabels(labelled, chosen)
    const etas = new Map(
      candidates.filter((c) => c.route && !labelled.includes(c)).map((c) => [c.patrolId, etaText(c) ?? '']),
    )
    this.#callsigns.layOut(clientWidth, clientHeight, zoom, chosen, etas)
    this.#legend.setTaxis(this.#fleet.taxisShown, this.#layer.taxis.count, this.#source.language)
    this.#layer.uploadDots()
    this.#loop.kick()
  }
}

const place = new Float64Array(2)

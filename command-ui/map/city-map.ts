import type { Camera } from '../../domain/camera.ts'
import { systemClock, type Clock } from '../../domain/clock.ts'
import type { VehicleNow } from '../../domain/fix.ts'
import type { PatrolNow } from '../../domain/patrol.ts'
import type { Coverage } from '../../domain/recommendation.ts'
import type { LngLat } from '../../domain/scalars.ts'
import type { Site } from '../../domain/site.ts'
import type { CircleFeatures } from '../../domain/wire/circles.ts'
import type { DotFrame } from '../../domain/wire/dots.ts'
import type { Language } from './base-style.ts'
import type { CityLayers } from './city-layers.ts'
import { CityPicture } from './city-picture.ts'
import { CameraDrag } from './camera-drag.ts'
import { boundsOf } from './along.ts'
import type { CityMap, CityMapOptions, MapEvents, MapMode, MapSwitch } from './city-map-contract.ts'
import { Fleet } from './fleet.ts'
import { Framing } from './framing.ts'
import { FrameLoop } from './frame-loop.ts'
import { Legend } from './legend.ts'
import { LayOut } from './lay-out.ts'
import { LivingLayer } from './living-layer.ts'
import { addMapImages } from './map-images.ts'
import { MatrixLayer } from './matrix-layer.ts'
import type { MapLibreMap } from './maplibre-door.ts'
import { isMapPossible, isSoftwareDrawn } from './map-possible.ts'
import { MapTalk } from './map-talk.ts'
import { keepNear, openMap, PITCH } from './open-map.ts'
import { lngLatOf, planeAt, xOf, yOf } from './plane.ts'
import { Pointer } from './pointer.ts'
import { Recent } from './recent.ts'
import { scenePoints, type MapScene } from './scene-shapes.ts'
import { MapStage } from './stage.ts'
import { WhenReady } from './when-ready.ts'
import type { MapOverlay } from './overlay-shapes.ts'
import './map.css'

/** @returns null where the browser has no WebGL 2 */
export function createCityMap(container: HTMLElement, options: CityMapOptions = {}): CityMap | null {
  return isMapPossible() ? new DeskMap(container, options) : null
}

class DeskMap implements CityMap {
  #stage: MapStage
  #map: MapLibreMap
  #clock: Clock
  #layer: LivingLayer
  #fleet: Fleet
  #lay: LayOut
  #picture: CityPicture
  #pointer: Pointer
  #legend: Legend
  #loop: FrameLoop
  #framing: Framing
  #matrix: MatrixLayer
  #isCalm: boolean
  readonly #style = new WhenReady()
  #mode: MapMode
  #source: { cameras: readonly Camera[]; sites: readonly Site[]; language: Language }
  #scene: MapScene | null = null
  #bounds: [number, number, number, number] | null = null
  #groundFrames = 0
  #sceneCameras = ''
  #updated = new Recent()
  #talk = new MapTalk()
  #cameraDrag: CameraDrag | null = null
  #resized: ResizeObserver

  constructor(container: HTMLElement, options: CityMapOptions) {
    this.#clock = options.clock ?? systemClock
    this.#mode = options.mode ?? '2d'
    this.#isCalm = options.isCalm ?? (isSoftwareDrawn() || matchMedia('(prefers-reduced-motion: reduce)').matches)
    this.#source = { cameras: [], sites: [], language: options.language ?? 'zh' }
    this.#stage = new MapStage(container)
    this.#map = openMap(this.#stage, this.#source.language, this.#mode)
    this.#layer = new LivingLayer(this.#map, this.#clock, planeAt(0, 0))
    this.#fleet = new Fleet(this.#layer, this.#clock)
    this.#picture = new CityPicture(this.#map)
    this.#pointer = new Pointer(this.#map, this.#layer, this.#fleet, this.#clock, this.#source)
    if (options.onDragCamera) this.#cameraDrag = new CameraDrag(this.#map, this.#pointer, options.onDragCamera)
    this.#legend = new Legend(container, this.#source.language)
    this.#lay = new LayOut(this.#map, this.#layer, this.#fleet, this.#legend, this.#clock)
    this.#framing = new Framing(this.#map, this.#isCalm)
    this.#loop = new FrameLoop(this.#clock, {
      isMoving: () => this.#isMoving(),
      hasDots: () => this.#layer.patrols.count + this.#layer.taxis.count > 0,
      beforeFrame: () => this.#followOne(),
      paint: () => this.#layer.draw(),
    })
    this.#matrix = new MatrixLayer((mercatorToClip) => {
      this.#groundFrames++
      if (this.#layer.follow(mercatorToClip)) this.#loop.paintNow()
    })
    this.#resized = new ResizeObserver(() => this.resize())
    this.#resized.observe(container)
    void this.#map.once('style.load', this.#begin)
    this.#listen()
  }

  #begin = (): void => {
    addMapImages(this.#map)
    if (!this.#map.getLayer(this.#matrix.id)) this.#map.addLayer(this.#matrix)
    this.#picture.setMode(this.#mode)
    this.#style.begin()
    this.#loop.kick()
  }

  #listen(): void {
    this.#talk.listen(this.#map, this.#pointer, () => this.#letGo())
    this.#map.on('move', () => this.#layOut(false))
    this.#map.on('moveend', () => this.#layOut(true))
    // Before the first painting there is no matrix, so nobody knows where a callsign would stand.
    void this.#map.once('idle', () => this.#layOut(true))
    // A driver that restarts takes the style with it; MapLibre puts back all but the living city.
    this.#map.on('webglcontextlost', () => {
      this.#style.isReady = false
      void this.#map.once('style.load', this.#begin)
    })
  }

  setCity(layers: CityLayers, city: { centre: LngLat; bounds: [number, number, number, number]; name: string }): void {
    this.#fleet.moveOrigin(planeAt(city.centre[0], city.centre[1]))
    const isKnown = this.#bounds?.join() === city.bounds.join()
    this.#bounds = city.bounds
    this.#map.getCanvas().setAttribute('aria-label', city.name)
    if (!isKnown) {
      keepNear(this.#map, city.bounds)
      this.#framing.city(city.bounds, PITCH[this.#mode], true)
    }
    this.#style.run(() => this.#picture.setLayers(layers))
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

  moveDots(frame: DotFrame): void {
    const startedMs = this.#clock.monotonicMs()
    this.#fleet.moveDots(frame)
    this.#dotsChanged()
    this.#updated.add(this.#clock.monotonicMs() - startedMs)
    this.#stage.frame.dataset['stats'] = JSON.stringify(this.stats)
  }

  #dotsChanged(): void {
    this.#layOut(true)
    this.#loop.kick()
  }

  setCameras(cameras: readonly Camera[]): void {
    this.#source.cameras = cameras
    this.#layer.setCameras(cameras, new Set(this.#scene?.cameraIds))
    this.#loop.kick()
  }

  setSites(sites: readonly Site[]): void {
    this.#source.sites = sites
    this.#style.run(() => this.#picture.setSites(sites))
  }

  showScene(scene: MapScene | null): void {
    this.#scene = scene
    this.#fleet.setScene(
      scene?.chosen ?? null,
      new Set(scene?.candidates.filter((c) => c.route).map((c) => c.patrolId)),
    )
    const sceneCameras = scene?.cameraIds.join(' ') ?? ''
    if (sceneCameras !== this.#sceneCameras) {
      this.#sceneCameras = sceneCameras
      this.setCameras(this.#source.cameras)
    }
    if (scene) {
      const [lng, lat] = scene.lngLat
      const isPulsing = (scene.isPulsing ?? true) && !this.#isCalm
      const { plane, beacon } = this.#layer
      beacon.show(xOf(plane, lng), yOf(plane, lat), scene.priority, scene.label, isPulsing, this.#map.getPixelRatio())
    } else this.#layer.beacon.hide()
    this.#style.run(() => this.#picture.setScene(scene))
    this.#framing.keepScene(scene && boundsOf(scenePoints(scene)), PITCH[this.#mode])
    this.#dotsChanged()
  }

  fitScene(): void {
    const bounds = this.#scene && boundsOf(scenePoints(this.#scene))
    if (!bounds) return
    this.#letGo()
    this.#framing.scene(bounds, PITCH[this.#mode])
  }

  fitCity(): void {
    this.#letGo()
    if (this.#bounds) this.#framing.city(this.#bounds, PITCH[this.#mode])
  }

  setMode(mode: MapMode): void {
    this.#mode = mode
    const isFlat = mode === '2d'
    this.#map.dragRotate[isFlat ? 'disable' : 'enable']()
    this.#map.touchPitch[isFlat ? 'disable' : 'enable']()
    this.#style.run(() => this.#picture.setMode(mode))
    const bearing = isFlat ? 0 : this.#map.getBearing()
    this.#map.easeTo({ pitch: PITCH[mode], bearing, duration: 600 })
  }

  setLanguage(language: Language): void {
    if (language === this.#source.language) return
    this.#source.language = language
    this.#legend.setLanguage(language)
    this.#style.run(() => this.#picture.setLanguage(language))
    this.#layOut(true)
  }

  follow(key: number | null): void {
    if (key !== null) this.#framing.release()
    this.#fleet.followedKey = key
    if (key === null || !this.#fleet.placeOf(key, place)) return
    this.#map.easeTo({
      center: lngLatOf(this.#layer.plane, place[0]!, place[1]!),
      zoom: Math.max(15, this.#map.getZoom()),
    })
    this.#loop.kick()
  }

  flyTo(lngLat: LngLat, zoom?: number): void {
    this.#letGo()
    this.#map.flyTo({
      center: lngLat,
      zoom: zoom ?? Math.max(15.5, this.#map.getZoom()),
      pitch: PITCH[this.#mode],
      maxDuration: 1400,
    })
  }

  setLayerVisible(name: MapSwitch, isVisible: boolean): void {
    if (name === 'patrols' || name === 'taxis' || name === 'cameras') this.#layer.setVisible(name, isVisible)
    else this.#style.run(() => this.#picture.setVisible(name, isVisible))
    this.#loop.kick()
  }

  setCoverage(coverage: Coverage | null): void {
    this.#style.run(() => this.#picture.setCoverage(coverage))
  }

  setOverlay(overlay: MapOverlay): void {
    this.#style.run(() => this.#picture.setOverlay(overlay))
  }

  setReach(circle: CircleFeatures | null): void {
    this.#style.run(() => this.#picture.setReach(circle))
  }

  on<E extends keyof MapEvents>(event: E, listener: MapEvents[E]): () => void {
    return this.#talk.on(event, listener)
  }

  resize(): void {
    this.#stage.fit(this.#map)
    this.#framing.resize(PITCH[this.#mode])
  }

  /** The view belongs to nobody any more. */
  #letGo(): void {
    this.#fleet.followedKey = null
    this.#framing.release()
  }

  destroy(): void {
    this.#resized.disconnect()
    this.#loop.stop()
    this.#cameraDrag?.destroy()
    this.#pointer.destroy()
    this.#legend.destroy()
    this.#layer.destroy()
    this.#stage.remove(this.#map)
  }

  get stats(): CityMap['stats'] {
    return {
      isReady: this.#style.isReady,
      frames: this.#loop.frames,
      groundFrames: this.#groundFrames,
      frameCostMs: this.#loop.frameCostMs,
      updateMs: this.#updated.median,
      updateLeastMs: this.#updated.least,
      ...this.#layer.stats,
      taxisShown: this.#fleet.taxisShown,
      taxis: this.#layer.taxis.count,
      patrols: this.#layer.patrols.count,
      zoom: this.#map.getZoom(),
    }
  }

  #isMoving(): boolean {
    const nowS = this.#clock.monotonicMs() / 1000
    const { beacon, patrols, taxis } = this.#layer
    return (beacon.isShown && beacon.isPulsing) || Math.max(patrols.movingUntilS, taxis.movingUntilS) > nowS
  }

  #followOne(): void {
    const key = this.#fleet.followedKey
    if (key === null || this.#map.isMoving() || !this.#fleet.placeOf(key, place)) return
    this.#map.jumpTo({ center: lngLatOf(this.#layer.plane, place[0]!, place[1]!) })
  }

  #layOut(isNow: boolean): void {
    if (this.#lay.run(isNow, this.#scene, this.#source.language)) this.#loop.kick()
  }
}

const place = new Float64Array(2)

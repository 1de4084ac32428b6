import type { Camera } from '../../domain/camera.ts'
import type { Clock } from '../../domain/clock.ts'
import { Beacon } from './beacon.ts'
import type { CityMap } from './city-map-contract.ts'
import { fours, GlideBuffer, materialOf, meshOf, square } from './dot-mesh.ts'
import {
  LABEL_FRAGMENT,
  LABEL_VERTEX,
  PATROL_FRAGMENT,
  PATROL_VERTEX,
  TAXI_FRAGMENT,
  TAXI_VERTEX,
} from './dot-shaders.ts'
import { Glides } from './glide.ts'
import { LabelSheet } from './label-sheet.ts'
import type { MapLibreMap } from './maplibre-door.ts'
import { cameraLook, PATROL_LOOK, rgbOf, SHAPES, TAXI_INK } from './palette.ts'
import { planeToClip, xOf, yOf } from './plane.ts'
import type { Plane } from './plane.ts'
import { Recent } from './recent.ts'
import { CAMERA_FRAGMENT, CAMERA_VERTEX, CONE_FRAGMENT, CONE_VERTEX } from './spot-shaders.ts'
import type { IUniform, InstancedBufferGeometry, Mesh } from './three-door.ts'
import { Matrix4, Scene, ThreeCamera, Vector2, WebGLRenderer } from './three-door.ts'

/** Rows to begin with; they double when full. */
const PATROLS_FIRST = 64
const TAXIS_FIRST = 1024

/** Four numbers a patrol row: piece of the sheet; offset x, y (px, y down) with width and height, where width 0 hides. */
export interface LabelRows {
  pieces: Float32Array
  boxes: Float32Array
}

/** 0–1 between two zooms. */
const ramp = (zoom: number, from: number, to: number) => Math.min(1, Math.max(0, (zoom - from) / (to - from)))

/**
 * The living city: one three.js scene in a canvas of its own over the map's, so that a gliding taxi does not cost a painting of all streets and
 * names. It holds what is drawn and draws it; who moves, who is thinned out and when to paint is decided elsewhere. Price of a frame: at
 * most eight instanced draws, no allocation, and the rows that have changed since the last one.
 */
export class LivingLayer {
  readonly patrols: Glides
  readonly taxis: Glides
  readonly sheet = new LabelSheet()
  readonly beacon: Beacon
  /** Plane metres to clip space as of the map's last painting; zeros before the first. */
  readonly matrix = new Float64Array(16)
  #drawn = new Recent()
  #next = new Float64Array(16)
  plane: Plane
  #clock: Clock
  #map: MapLibreMap
  #canvas = document.createElement('canvas')
  #renderer: WebGLRenderer
  #labels: LabelRows = { pieces: new Float32Array(0), boxes: new Float32Array(0) }
  #scene = new Scene()
  #camera = new ThreeCamera()
  #shared: { uMatrix: IUniform<Matrix4>; uView: IUniform<Vector2>; uDensity: IUniform<number> }
  #patrolNow: IUniform<number> = { value: 0 }
  #taxiNow: IUniform<number> = { value: 0 }
  #patrolScale: IUniform<number> = { value: 1 }
  #taxiSize: IUniform<number> = { value: 5 }
  #taxiQuiet: IUniform<number> = { value: 1 }
  #focusW: IUniform<number> = { value: 0 }
  #cone: IUniform<number> = { value: 0 }
  #coneLeastM: IUniform<number> = { value: 60 }
  #cameraSize: IUniform<number> = { value: 0 }
  #labelGeometry = square()
  #spots: InstancedBufferGeometry[] = []
  #meshes: Record<'patrols' | 'taxis' | 'cameras' | 'cones' | 'labels', Mesh>
  #patrolBuffer: GlideBuffer
  #taxiBuffer: GlideBuffer

  constructor(map: MapLibreMap, clock: Clock, plane: Plane) {
    this.#map = map
    this.#clock = clock
    this.plane = plane
    this.#canvas.className = 'city-map-living'
    this.#canvas.setAttribute('aria-hidden', 'true')
    map.getCanvas().after(this.#canvas)
    this.#renderer = new WebGLRenderer({
      canvas: this.#canvas,
      alpha: true,
      antialias: false,
      depth: false,
      stencil: false,
      powerPreference: 'high-performance',
    })
    this.#renderer.setClearColor(0, 0)
    const nowS = clock.monotonicMs() / 1000
    this.patrols = new Glides(PATROLS_FIRST, nowS)
    this.taxis = new Glides(TAXIS_FIRST, nowS)
    this.#shared = { uMatrix: { value: new Matrix4() }, uView: { value: new Vector2(1, 1) }, uDensity: { value: 1 } }
    this.beacon = new Beacon(this.#scene, this.#shared)
    const taxi = square()
    const patrol = square()
    this.#taxiBuffer = new GlideBuffer(taxi)
    this.#patrolBuffer = new GlideBuffer(patrol, this.#labelGeometry)
    this.#spots = [square(), square()]
    this.#meshes = this.#buildMeshes(taxi, patrol)
    this.#scene.add(...Object.values(this.#meshes))
    this.setCameras([], new Set())
    this.labelRows()
  }

  #buildMeshes(taxi: InstancedBufferGeometry, patrol: InstancedBufferGeometry) {
    const shared = this.#shared
    const cameraInk = { value: rgbOf(cameraLook('online', true).colour) }
    const inks: number[] = Object.keys(SHAPES).flatMap((shape) =>
      rgbOf(Object.values(PATROL_LOOK).find((look) => look.shape === shape)?.colour ?? '#ffffff'),
    )
    const now = (uNowS: IUniform<number>, extra: Record<string, IUniform>) => ({ ...shared, uNowS, ...extra })
    return {
      cones: meshOf(
        this.#spots[0]!,
        materialOf(CONE_VERTEX, CONE_FRAGMENT, {
          ...shared,
          uCone: this.#cone,
          uLeastM: this.#coneLeastM,
          uInk: cameraInk,
        }),
        10,
      ),
      taxis: meshOf(
        taxi,
        materialOf(
          TAXI_VERTEX,
          TAXI_FRAGMENT,
          now(this.#taxiNow, {
            uSizePx: this.#taxiSize,
            uFocusW: this.#focusW,
            uQuiet: this.#taxiQuiet,
            uInk: { value: rgbOf(TAXI_INK.hired) },
            uAlarm: { value: rgbOf(TAXI_INK.emergency) },
          }),
        ),
        20,
      ),
      cameras: meshOf(
        this.#spots[1]!,
        materialOf(CAMERA_VERTEX, CAMERA_FRAGMENT, { ...shared, uSizePx: this.#cameraSize, uInk: cameraInk }),
        30,
      ),
      patrols: meshOf(
        patrol,
        materialOf(
          PATROL_VERTEX,
          PATROL_FRAGMENT,
          now(this.#patrolNow, { uScale: this.#patrolScale, uInks: { value: inks } }),
        ),
        50,
      ),
      labels: meshOf(
        this.#labelGeometry,
        materialOf(LABEL_VERTEX, LABEL_FRAGMENT, now(this.#patrolNow, { uSheet: { value: this.sheet.texture } })),
        55,
      ),
    }
  }

  destroy(): void {
    for (const mesh of Object.values(this.#meshes)) mesh.geometry.dispose()
    this.#renderer.dispose()
    this.#renderer.forceContextLoss()
    this.#canvas.remove()
  }

  setVisible(name: 'patrols' | 'taxis' | 'cameras', isVisible: boolean): void {
    this.#meshes[name].visible = isVisible
    if (name === 'patrols') this.#meshes.labels.visible = isVisible
    if (name === 'cameras') this.#meshes.cones.visible = isVisible
  }
  isVisible(name: 'patrols' | 'taxis' | 'cameras'): boolean {
    return this.#meshes[name].visible
  }

  setCameras(cameras: readonly Camera[], inScene: ReadonlySet<string>): void {
    const kinds = { seen: 0, idle: 1, dark: 2 }
    for (const geometry of this.#spots) {
      const spots = fours(geometry, 'aSpot', cameras.length)
      const sights = fours(geometry, 'aSight', cameras.length)
      cameras.forEach((camera, i) => {
        spots[i * 4] = xOf(this.plane, camera.lng)
        spots[i * 4 + 1] = yOf(this.plane, camera.lat)
        spots[i * 4 + 2] = ((camera.bearingDeg ?? 0) * Math.PI) / 180
        spots[i * 4 + 3] = camera.bearingDeg === null ? Math.PI : (camera.fovDeg * Math.PI) / 360
        sights[i * 4] = camera.rangeM
        sights[i * 4 + 1] = kinds[cameraLook(camera.state, camera.enabled).kind]
        sights[i * 4 + 2] = inScene.has(camera.id) ? 1 : 0
      })
      geometry.instanceCount = cameras.length
    }
  }

  /** Of all callsigns, to be written; all are hidden at first. */
  labelRows(): LabelRows {
    this.#labels.pieces = fours(this.#labelGeometry, 'aPiece', this.patrols.count)
    this.#labels.boxes = fours(this.#labelGeometry, 'aBox', this.patrols.count).fill(0)
    return this.#labels
  }

  /** The map has painted. @returns true when the ground lies elsewhere than in the last frame */
  follow(mercatorToClip: ArrayLike<number>): boolean {
    planeToClip(this.plane, mercatorToClip, this.#next)
    let hasMoved = false
    for (let i = 0; i < 16; i++) {
      if (this.matrix[i] === this.#next[i]) continue
      this.matrix[i] = this.#next[i]!
      hasMoved = true
    }
    const base = this.#map.getCanvas()
    return hasMoved || base.width !== this.#canvas.width || base.height !== this.#canvas.height
  }

  /** @returns the context that has painted, for a fence; null while nobody knows where the ground lies */
  draw(): WebGL2RenderingContext | null {
    if (this.matrix[15] === 0) return null
    const startedMs = this.#clock.monotonicMs()
    const renderer = this.#renderer
    const map = this.#map
    const base = map.getCanvas()
    if (base.width !== this.#canvas.width || base.height !== this.#canvas.height) {
      renderer.setSize(base.width, base.height, false)
    }
    this.#shared.uMatrix.value.fromArray(this.matrix)
    const density = base.width / Math.max(1, base.clientWidth)
    this.#shared.uDensity.value = density
    this.#shared.uView.value.set(base.width, base.height)
    const nowS = this.#clock.monotonicMs() / 1000
    this.#patrolNow.value = nowS - this.patrols.epochS
    this.#taxiNow.value = nowS - this.taxis.epochS
    const middle = map.getCenter()
    const m = this.matrix
    this.#focusW.value = m[3]! * xOf(this.plane, middle.lng) + m[7]! * yOf(this.plane, middle.lat) + m[15]!
    this.#sizesAt(map.getZoom())
    this.beacon.frame(nowS, this.metresPerPx(), map.getPitch(), density)
    this.#patrolBuffer.upload(this.patrols)
    this.#taxiBuffer.upload(this.taxis)
    renderer.render(this.#scene, this.#camera)
    this.#drawn.add(this.#clock.monotonicMs() - startedMs)
    return renderer.getContext() as WebGL2RenderingContext
  }

  /** As `CityMap.stats` has it. */
  get stats(): Pick<CityMap['stats'], 'drawMs' | 'drawLeastMs' | 'drawCalls' | 'bytesSent'> {
    return {
      drawMs: this.#drawn.median,
      drawLeastMs: this.#drawn.least,
      drawCalls: this.#renderer.info.render.calls,
      bytesSent: this.#patrolBuffer.bytesSent + this.#taxiBuffer.bytesSent,
    }
  }

  /** How many times farther from the eye than the middle of the view; 1 when seen from above. */
  farnessOf(x: number, y: number): number {
    const m = this.matrix
    const w = m[3]! * x + m[7]! * y + m[15]!
    return this.#focusW.value > 0 && w > 0 ? w / this.#focusW.value : 1
  }

  /** Metres of ground under one CSS pixel at the middle of the map. */
  metresPerPx(): number {
    return 1 / (this.plane.unitsPerM * 512 * 2 ** this.#map.getZoom())
  }

  #sizesAt(zoom: number): void {
    this.#patrolScale.value = 0.72 + 0.28 * ramp(zoom, 11, 13.5)
    this.#taxiSize.value = 4.2 + 2.3 * ramp(zoom, 11.5, 14.5) + 7 * ramp(zoom, 15, 18)
    this.#taxiQuiet.value = 0.62 + 0.28 * ramp(zoom, 12, 15)
    this.#cone.value = ramp(zoom, 14.6, 15.6)
    this.#coneLeastM.value = this.metresPerPx() * 46 * ramp(zoom, 12.6, 14)
    this.#cameraSize.value = zoom < 12.6 ? 0 : 6 + 5 * ramp(zoom, 12.6, 16)
  }
}

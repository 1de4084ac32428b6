import type { IUniform, Scene } from './three-door.ts'
import { CanvasTexture, CylinderGeometry, LinearFilter, Mesh, Vector2 } from './three-door.ts'
import type { Priority } from '../../domain/alarm.ts'
import { materialOf, meshOf, square } from './dot-mesh.ts'
import { PRIORITY_INK, PRIORITY_MARK, rgbOf } from './palette.ts'
import {
  COLUMN_FRAGMENT,
  COLUMN_VERTEX,
  MARK_FRAGMENT,
  MARK_VERTEX,
  RING_FRAGMENT,
  RING_VERTEX,
} from './spot-shaders.ts'

/** One beat of the beacon: calm enough to read beside, under the 3 flashes a second that may harm (WCAG 2.3.1). */
const BEAT_S = 1.8
const MARK_HEIGHT_PX = 34

/** The scene's sign: rings on the ground, a column seen over the roofs, a marker with the place's name. */
export class Beacon {
  isPulsing = false
  isShown = false
  #density = 1
  #meshes: Mesh[]
  #texture: CanvasTexture
  #canvas = document.createElement('canvas')
  #own = {
    uPlace: { value: new Vector2() } as IUniform<Vector2>,
    uInk: { value: [1, 0.3, 0.3] } as IUniform<number[]>,
    uPhase: { value: -1 } as IUniform<number>,
    uRadiusM: { value: 100 } as IUniform<number>,
    uHeightM: { value: 100 } as IUniform<number>,
    uStrength: { value: 0 } as IUniform<number>,
  }
  #column = { uRadiusM: { value: 6 } as IUniform<number> }
  #mark = {
    uSizePx: { value: new Vector2() } as IUniform<Vector2>,
    uShiftPx: { value: new Vector2() } as IUniform<Vector2>,
    uHeightM: { value: 0 } as IUniform<number>,
  }

  constructor(scene: Scene, shared: { uMatrix: IUniform; uView: IUniform }) {
    this.#texture = new CanvasTexture(this.#canvas)
    this.#texture.flipY = false
    this.#texture.generateMipmaps = false
    this.#texture.minFilter = LinearFilter
    this.#texture.premultiplyAlpha = true
    const both = { ...shared, ...this.#own }
    const tube = new CylinderGeometry(1, 1, 1, 20, 1, true)
    const uv = tube.getAttribute('uv')
    const position = tube.getAttribute('position')
    // The shader bends a strip: x is the turn (0–2), y the height (0–1).
    for (let i = 0; i < position.count; i++) position.setXYZ(i, uv.getX(i) * 2, uv.getY(i), 0)
    this.#meshes = [
      meshOf(square(), materialOf(RING_VERTEX, RING_FRAGMENT, both), 40),
      meshOf(tube, materialOf(COLUMN_VERTEX, COLUMN_FRAGMENT, { ...both, ...this.#column }), 41),
      meshOf(
        square(),
        materialOf(MARK_VERTEX, MARK_FRAGMENT, { ...both, ...this.#mark, uSheet: { value: this.#texture } }),
        60,
      ),
    ]
    scene.add(...this.#meshes)
    this.hide()
  }

  /** Where the marker stands on the screen, CSS px from the point of its place at the marker's height. */
  get markBox(): { heightM: number; widthPx: number; heightPx: number; upPx: number } {
    const density = this.#density
    return {
      heightM: this.#mark.uHeightM.value,
      widthPx: this.#mark.uSizePx.value.x / density,
      heightPx: this.#mark.uSizePx.value.y / density,
      upPx: this.#mark.uShiftPx.value.y / density,
    }
  }
  get place(): Vector2 {
    return this.#own.uPlace.value
  }

  hide(): void {
    this.isShown = false
    for (const mesh of this.#meshes) mesh.visible = false
  }

  show(x: number, y: number, priority: Priority, label: string, isPulsing: boolean, density: number): void {
    this.isShown = true
    this.#density = density
    this.isPulsing = isPulsing
    for (const mesh of this.#meshes) mesh.visible = true
    this.#own.uPlace.value.set(x, y)
    this.#own.uInk.value = rgbOf(PRIORITY_INK[priority])
    this.#drawMark(priority, label, density)
  }

  /** @param pitchDeg a column is nothing when seen from above */
  frame(nowS: number, metresPerPx: number, pitchDeg: number, density: number): void {
    if (!this.isShown) return
    this.#own.uPhase.value = this.isPulsing ? (nowS % BEAT_S) / BEAT_S : -1
    this.#own.uRadiusM.value = metresPerPx * 54
    const tilt = Math.min(1, Math.max(0, (pitchDeg - 12) / 30))
    const heightM = Math.max(60, metresPerPx * 190) * tilt
    this.#own.uHeightM.value = heightM
    this.#own.uStrength.value = tilt
    this.#column.uRadiusM.value = Math.max(4, metresPerPx * 5)
    this.#mark.uHeightM.value = heightM
    this.#mark.uShiftPx.value.set(0, (tilt > 0.3 ? MARK_HEIGHT_PX / 2 : 0) * density + (1 - tilt) * 34 * density)
  }

  #drawMark(priority: Priority, label: string, density: number): void {
    const c = this.#canvas.getContext('2d')
    if (!c) return
    const font = `700 ${15 * density}px 'Noto Sans SC', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', system-ui, sans-serif`
    const text = `${PRIORITY_MARK[priority]} ${label}`
    c.font = font
    const width = Math.min(2048, Math.ceil(c.measureText(text).width + 22 * density))
    const height = MARK_HEIGHT_PX * density
    this.#canvas.width = width
    this.#canvas.height = height
    const ink = PRIORITY_INK[priority]
    const box = 27 * density
    c.beginPath()
    c.roundRect(density, density, width - 2 * density, box, 5 * density)
    c.moveTo(width / 2 - 6 * density, box + density * 0.5)
    c.lineTo(width / 2, height - density)
    c.lineTo(width / 2 + 6 * density, box + density * 0.5)
    c.fillStyle = priority === 1 ? '#5c1519' : '#16202e'
    c.fill()
    c.lineWidth = 1.5 * density
    c.strokeStyle = ink
    c.beginPath()
    c.roundRect(density, density, width - 2 * density, box, 5 * density)
    c.stroke()
    c.beginPath()
    c.moveTo(width / 2 - 6 * density, box + density)
    c.lineTo(width / 2, height - density)
    c.lineTo(width / 2 + 6 * density, box + density)
    c.fillStyle = ink
    c.fill()
    c.font = font
    c.textBaseline = 'middle'
    c.fillStyle = priority === 1 ? '#ffb3b3' : ink
    c.fillText(PRIORITY_MARK[priority], 10 * density, box / 2 + 1.5 * density)
    c.fillStyle = '#ffffff'
    c.fillText(label, 10 * density + c.measureText(`${PRIORITY_MARK[priority]} `).width, box / 2 + 1.5 * density)
    this.#mark.uSizePx.value.set(width, height)
    // A canvas of another size needs another texture on the GPU.
    this.#texture.dispose()
    this.#texture.needsUpdate = true
  }
}

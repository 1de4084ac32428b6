import { CanvasTexture, LinearFilter } from './three-door.ts'

/** One canvas that holds all callsigns, drawn when first needed, so that labels can ride on the dots without a DOM node each. */
const SHEET_PX = 1024
const HEIGHT_PX = 20
const DENSITY = 2
const GROUND = 'rgba(10, 16, 25, 0.82)'
const FONT = `600 ${12.5 * DENSITY}px 'Noto Sans SC', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', system-ui, sans-serif`

export interface Piece {
  /** Left, top, width, height in the sheet, 0–1. */
  u: number
  v: number
  du: number
  dv: number
  /** Size on the screen, px. */
  widthPx: number
  heightPx: number
}

export class LabelSheet {
  readonly texture: CanvasTexture
  #context: CanvasRenderingContext2D
  #pieces = new Map<string, Piece>()
  #x = 0
  #y = 0

  constructor() {
    const canvas = document.createElement('canvas')
    canvas.width = SHEET_PX
    canvas.height = SHEET_PX
    const context = canvas.getContext('2d')
    if (!context) throw new Error('a 2D canvas is not available')
    this.#context = context
    this.texture = new CanvasTexture(canvas)
    this.texture.flipY = false
    this.texture.generateMipmaps = false
    this.texture.minFilter = LinearFilter
    this.texture.magFilter = LinearFilter
    this.texture.premultiplyAlpha = true
  }

  /**
   * @returns the piece, or null when the sheet is full: then call `clear` and ask for everything that is on the screen again
   */
  piece(text: string, ink: string, edge: string, ground = GROUND): Piece | null {
    const name = `${text}|${ink}|${edge}|${ground}`
    const known = this.#pieces.get(name)
    if (known) return known
    const c = this.#context
    c.font = FONT
    const width = Math.min(SHEET_PX - 4, Math.ceil(c.measureText(text).width + 12 * DENSITY))
    const height = HEIGHT_PX * DENSITY
    if (this.#x + width + 2 > SHEET_PX) {
      this.#x = 0
      this.#y += height + 2
    }
    if (this.#y + height > SHEET_PX) return null
    this.#draw(text, ink, edge, ground, width, height)
    const piece: Piece = {
      u: this.#x / SHEET_PX,
      v: this.#y / SHEET_PX,
      du: width / SHEET_PX,
      dv: height / SHEET_PX,
      widthPx: width / DENSITY,
      heightPx: HEIGHT_PX,
    }
    this.#pieces.set(name, piece)
    this.#x += width + 2
    this.texture.needsUpdate = true
    return piece
  }

  clear(): void {
    this.#pieces.clear()
    this.#x = this.#y = 0
    this.#context.clearRect(0, 0, SHEET_PX, SHEET_PX)
    this.texture.needsUpdate = true
  }

  #draw(text: string, ink: string, edge: string, ground: string, width: number, height: number): void {
    const c = this.#context
    c.beginPath()
    c.roundRect(this.#x + 1, this.#y + 1, width - 2, height - 2, 5 * DENSITY)
    c.fillStyle = ground
    c.fill()
    c.lineWidth = DENSITY
    c.strokeStyle = edge
    c.stroke()
    c.fillStyle = ink
    c.textAlign = 'center'
    c.textBaseline = 'middle'
    c.fillText(text, this.#x + width / 2, this.#y + height / 2 + DENSITY * 0.5)
  }
}

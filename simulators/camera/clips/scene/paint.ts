import { THREE } from './three-door.ts'

/** Textures drawn on a canvas: every surface of the scenes, nothing is loaded. */

interface Pen {
  fillStyle: unknown
  strokeStyle: unknown
  lineWidth: number
  globalAlpha: number
  font: string
  textAlign: string
  textBaseline: string
  fillRect(x: number, y: number, w: number, h: number): void
  strokeRect(x: number, y: number, w: number, h: number): void
  clearRect(x: number, y: number, w: number, h: number): void
  fillText(text: string, x: number, y: number, widthMax?: number): void
  beginPath(): void
  moveTo(x: number, y: number): void
  lineTo(x: number, y: number): void
  ellipse(x: number, y: number, rx: number, ry: number, turn: number, from: number, to: number): void
  fill(): void
  stroke(): void
  createRadialGradient(x: number, y: number, r: number, x2: number, y2: number, r2: number): Gradient
  createLinearGradient(x: number, y: number, x2: number, y2: number): Gradient
}
interface Gradient {
  addColorStop(at: number, colour: string): void
}
interface Drawing {
  width: number
  height: number
  getContext(kind: '2d'): Pen
}
/** The little of the browser that is used here; the simulators are otherwise compiled without it. */
declare const document: { createElement(name: 'canvas'): Drawing }

export type Chance = () => number

/** mulberry32: the same picture from the same seed. */
export function seeded(seed: number): Chance {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export function pick<T>(chance: Chance, list: readonly T[]): T {
  return list[Math.floor(chance() * list.length)]!
}

function texture(widthPx: number, heightPx: number, draw: (pen: Pen) => void): THREE.Texture {
  const canvas = document.createElement('canvas')
  canvas.width = widthPx
  canvas.height = heightPx
  draw(canvas.getContext('2d'))
  const made = new THREE.CanvasTexture(canvas as never)
  made.colorSpace = THREE.SRGBColorSpace
  made.wrapS = made.wrapT = THREE.RepeatWrapping
  made.anisotropy = 8
  return made
}

/** Speckles of lighter and darker on a ground colour: asphalt, concrete, grass, sand. */
export function speckled(colour: string, spread: number, seed: number, patches = 12): THREE.Texture {
  const chance = seeded(seed)
  return texture(512, 512, (pen) => {
    pen.fillStyle = colour
    pen.fillRect(0, 0, 512, 512)
    for (let i = 0; i < patches; i++) {
      const [x, y, r] = [chance() * 512, chance() * 512, 30 + chance() * 90]
      const soft = pen.createRadialGradient(x, y, 0, x, y, r)
      soft.addColorStop(0, chance() < 0.65 ? 'rgba(0,0,0,0.09)' : 'rgba(255,255,255,0.06)')
      soft.addColorStop(1, 'rgba(128,128,128,0)')
      pen.fillStyle = soft
      pen.fillRect(x - r, y - r, r * 2, r * 2)
    }
    for (let i = 0; i < 5000; i++) {
      pen.globalAlpha = chance() * spread
      pen.fillStyle = chance() < 0.55 ? '#000' : '#fff'
      pen.fillRect(chance() * 512, chance() * 512, 1 + chance() * 3, 1 + chance() * 3)
    }
  })
}

/** Pavement slabs. */
export function tiled(colour: string, joint: string, columns: number, rows: number, seed: number): THREE.Texture {
  const chance = seeded(seed)
  return texture(512, 512, (pen) => {
    pen.fillStyle = joint
    pen.fillRect(0, 0, 512, 512)
    const [w, h] = [512 / columns, 512 / rows]
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        pen.globalAlpha = 1
        pen.fillStyle = colour
        pen.fillRect(x * w + 1.5, y * h + 1.5, w - 3, h - 3)
        pen.globalAlpha = chance() * 0.08
        pen.fillStyle = chance() < 0.5 ? '#000' : '#fff'
        pen.fillRect(x * w + 1.5, y * h + 1.5, w - 3, h - 3)
      }
    }
  })
}

export interface FacadeStyle {
  wall: string
  frame: string
  glass: string
  /** Share of window width in its bay, and of its height in the floor. */
  windowShare: [number, number]
  /** Balconies, air conditioners and awnings of dwellings. */
  isDwelling: boolean
}

/** Windows of a building's side, by day; `lit` draws only what shines at night, on black. */
export function facade(style: FacadeStyle, bays: number, floors: number, seed: number, lit: boolean): THREE.Texture {
  const chance = seeded(seed)
  const cell = 64
  return texture(bays * cell, floors * cell, (pen) => {
    pen.fillStyle = lit ? '#000' : style.wall
    pen.fillRect(0, 0, bays * cell, floors * cell)
    for (let floor = 0; floor < floors; floor++) {
      for (let bay = 0; bay < bays; bay++) {
        const [x, y] = [bay * cell, floor * cell]
        const w = cell * style.windowShare[0]
        const h = cell * style.windowShare[1]
        const [left, top] = [x + (cell - w) / 2, y + (cell - h) / 2]
        const shines = chance() < 0.36
        const dim = 0.35 + chance() * 0.65
        const curtain = chance()
        if (lit) {
          if (!shines) continue
          pen.globalAlpha = dim
          pen.fillStyle = pick(chance, ['#ffdf9a', '#ffe9c0', '#ffd27a', '#dfeaff'])
          pen.fillRect(left, top, w, h)
          pen.globalAlpha = 1
          continue
        }
        drawWindow(pen, style, left, top, w, h, curtain)
        if (style.isDwelling) drawDwelling(pen, style, x, y, cell, chance)
      }
    }
  })
}

function drawWindow(pen: Pen, style: FacadeStyle, x: number, y: number, w: number, h: number, curtain: number): void {
  pen.fillStyle = style.frame
  pen.fillRect(x - 2, y - 2, w + 4, h + 4)
  const shade = pen.createLinearGradient(x, y, x + w * 0.4, y + h)
  shade.addColorStop(0, '#9fb6c4')
  shade.addColorStop(0.35, style.glass)
  shade.addColorStop(1, '#1c262d')
  pen.fillStyle = shade
  pen.fillRect(x, y, w, h)
  if (curtain < 0.4) {
    pen.globalAlpha = 0.55
    pen.fillStyle = '#e9e4d6'
    pen.fillRect(x, y, w * (0.2 + curtain * 0.6), h)
    pen.globalAlpha = 1
  }
  pen.fillStyle = style.frame
  pen.fillRect(x + w / 2 - 1, y, 2, h)
}

function drawDwelling(pen: Pen, style: FacadeStyle, x: number, y: number, cell: number, chance: Chance): void {
  pen.globalAlpha = 0.25
  pen.fillStyle = '#000'
  pen.fillRect(x, y + cell - 4, cell, 4)
  pen.globalAlpha = 1
  if (chance() < 0.45) {
    pen.fillStyle = '#d9dbd8'
    pen.fillRect(x + 4, y + cell - 18, 16, 12)
    pen.fillStyle = '#777d80'
    pen.fillRect(x + 7, y + cell - 16, 9, 8)
  }
  if (chance() < 0.35) {
    pen.fillStyle = style.frame
    for (let i = 0; i < 9; i++) pen.fillRect(x + 8 + i * 6, y + cell - 26, 1.5, 22)
    pen.fillRect(x + 8, y + cell - 27, 49, 2)
  }
}

/** A board with words, black letters on yellow, white on red … */
export function board(words: string, ground: string, ink: string, aspect: number): THREE.Texture {
  const height = 128
  const width = Math.round(height * aspect)
  return texture(width, height, (pen) => {
    pen.fillStyle = ground
    pen.fillRect(0, 0, width, height)
    pen.strokeStyle = ink
    pen.globalAlpha = 0.35
    pen.lineWidth = 4
    pen.strokeRect(6, 6, width - 12, height - 12)
    pen.globalAlpha = 1
    pen.fillStyle = ink
    pen.font = '700 84px "Noto Sans CJK SC"'
    pen.textAlign = 'center'
    pen.textBaseline = 'middle'
    pen.fillText(words, width / 2, height / 2 + 4, width * 0.9)
  })
}

/** A twig full of leaves on nothing. */
export function leaves(seed: number, colours: readonly string[]): THREE.Texture {
  const chance = seeded(seed)
  return texture(128, 128, (pen) => {
    pen.clearRect(0, 0, 128, 128)
    for (let i = 0; i < 90; i++) {
      const [angle, reach] = [chance() * 6.283, Math.sqrt(chance()) * 54]
      pen.fillStyle = pick(chance, colours)
      pen.beginPath()
      pen.ellipse(
        64 + Math.cos(angle) * reach,
        64 + Math.sin(angle) * reach,
        5 + chance() * 6,
        3 + chance() * 3,
        chance() * 3,
        0,
        7,
      )
      pen.fill()
    }
  })
}

/** A soft round light. */
export function glow(colour: string): THREE.Texture {
  return texture(64, 64, (pen) => {
    const light = pen.createRadialGradient(32, 32, 0, 32, 32, 32)
    light.addColorStop(0, colour)
    light.addColorStop(0.25, colour)
    light.addColorStop(1, 'rgba(0,0,0,0)')
    pen.clearRect(0, 0, 64, 64)
    pen.fillStyle = light
    pen.fillRect(0, 0, 64, 64)
  })
}

/** Sky from horizon (bottom) to zenith (top). */
export function sky(horizon: string, zenith: string): THREE.Texture {
  return texture(8, 256, (pen) => {
    const light = pen.createLinearGradient(0, 256, 0, 0)
    light.addColorStop(0, horizon)
    light.addColorStop(0.45, horizon)
    light.addColorStop(1, zenith)
    pen.fillStyle = light
    pen.fillRect(0, 0, 8, 256)
  })
}

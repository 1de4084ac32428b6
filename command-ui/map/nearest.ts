/** Picking: what is nearest to the pointer, in screen space. */
export const PICK_RADIUS_PX = 14

export interface Picked {
  kind: 'patrol' | 'taxi' | 'camera' | 'site'
  id: string
  index: number
}

/**
 * Keeps the nearest candidate. Small things in front (patrols) are offered first and win ties by a bonus, because a patrol must
 * never be hidden from the pointer by a taxi or a camera that is a pixel nearer.
 */
export class NearestPick {
  #best: Picked | null = null
  #bestPx = Infinity

  constructor(x: number, y: number) {
    this.x = x
    this.y = y
  }
  readonly x: number
  readonly y: number

  offer(kind: Picked['kind'], index: number, idOf: (index: number) => string, x: number, y: number): void {
    const px = Math.hypot(x - this.x, y - this.y)
    if (px > PICK_RADIUS_PX) return
    const weighedPx = kind === 'patrol' ? px - 4 : px
    if (weighedPx >= this.#bestPx) return
    this.#bestPx = weighedPx
    this.#best = { kind, index, id: idOf(index) }
  }
  get best(): Picked | null {
    return this.#best
  }
}

import { crossing } from './crossing.ts'
import { nightStreet } from './night-street.ts'
import { riverside } from './riverside.ts'
import { schoolGate } from './school-gate.ts'
import { shopStreet } from './shop-street.ts'
import { square } from './square.ts'
import type { Stage } from './stage.ts'
import { station } from './station.ts'
import { TwoLayerRenderer } from './two-layer-renderer.ts'
import { village } from './village.ts'

/** Runs in the browser of `render-clips`: `open(scene)` once, then `frame(t)` for each picture of the loop. */

export const SCENES: Record<string, () => Stage> = {
  'school-gate': schoolGate,
  crossing,
  square,
  riverside,
  village,
  station,
  'shop-street': shopStreet,
  'night-street': nightStreet,
}

let renderer: TwoLayerRenderer | null = null

export function open(name: string, widthPx: number, heightPx: number): void {
  const make = SCENES[name]
  if (!make) throw new Error(`no scene ${name}`)
  renderer = new TwoLayerRenderer(make(), widthPx, heightPx)
}

/** @param t moment of the loop, 0 ≤ t < 1. Returns a JPEG as a data URL. */
export function frame(t: number): string {
  if (!renderer) throw new Error('open a scene first')
  return renderer.frame(t)
}

/** From a drag over the picture, or a key, to the speed of the camera. Pure. */

export interface PtzSpeed {
  pan: number
  tilt: number
  zoom: number
}

/** A hand that only clicks must not turn the camera. */
const DEAD_SHARE = 0.06

/**
 * The further from where the drag began, the faster; gently near it.
 * @param fullPx distance that means full speed
 */
export function dragSpeed(dxPx: number, dyPx: number, fullPx: number): PtzSpeed {
  return { pan: axis(dxPx / fullPx), tilt: axis(-dyPx / fullPx), zoom: 0 }
}

function axis(share: number): number {
  const size = Math.abs(share)
  if (size < DEAD_SHARE) return 0
  const beyond = Math.min(1, (size - DEAD_SHARE) / (1 - DEAD_SHARE))
  // Two decimals: an order that differs by less is the same order.
  return Math.sign(share) * Math.max(0.05, Math.round(beyond * beyond * 100) / 100)
}

const KEY_SPEEDS: Record<string, PtzSpeed> = {
  ArrowLeft: { pan: -0.5, tilt: 0, zoom: 0 },
  ArrowRight: { pan: 0.5, tilt: 0, zoom: 0 },
  ArrowUp: { pan: 0, tilt: 0.5, zoom: 0 },
  ArrowDown: { pan: 0, tilt: -0.5, zoom: 0 },
  '+': { pan: 0, tilt: 0, zoom: 0.5 },
  '=': { pan: 0, tilt: 0, zoom: 0.5 },
  '-': { pan: 0, tilt: 0, zoom: -0.5 },
}

export function keySpeed(key: string): PtzSpeed | null {
  return KEY_SPEEDS[key] ?? null
}

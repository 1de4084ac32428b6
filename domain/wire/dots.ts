/**
 * Moving dots, server → desk, one binary WebSocket frame at most once a second, little-endian:
 *
 *     0        1        2        4                 12
 *     ┌────────┬────────┬────────┬─────────────────┬── count × 24 bytes ──────────────────────────────────────┐
 *     │ type=1 │ 0      │ count  │ baseMs f64      │ key u32 · lng i32 · lat i32 (1e-7°) · speed u16 (cm/s) ·  │
 *     │        │        │ u16    │ (server clock)  │ bearing u16 (0.01°, 65535 unknown) · age u16 (0.1 s) ·    │
 *     └────────┴────────┴────────┴─────────────────┤ flags u16 (FIX_FLAGS) · 4 spare                           │
 *                                                  └───────────────────────────────────────────────────────────┘
 * `age` = baseMs − takenAt of the newest fix, capped at 6,553.4 s. Only dots that changed since the last frame are sent.
 */
export const DOTS_TYPE = 1
const HEAD_BYTES = 12
const DOT_BYTES = 24
export const DOTS_MAX = 65_535

export interface Dot {
  key: number
  lng: number
  lat: number
  speedMps: number
  /** NaN when unknown. */
  bearingDeg: number
  ageS: number
  flags: number
}

export function encodeDots(baseMs: number, dots: readonly Dot[]): Uint8Array<ArrayBuffer> {
  const count = Math.min(dots.length, DOTS_MAX)
  const bytes = new Uint8Array(HEAD_BYTES + count * DOT_BYTES)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, DOTS_TYPE)
  view.setUint16(2, count, true)
  view.setFloat64(4, baseMs, true)
  for (let i = 0; i < count; i++) {
    const dot = dots[i]!
    const at = HEAD_BYTES + i * DOT_BYTES
    view.setUint32(at, dot.key, true)
    view.setInt32(at + 4, Math.round(dot.lng * 1e7), true)
    view.setInt32(at + 8, Math.round(dot.lat * 1e7), true)
    view.setUint16(at + 12, Math.min(65_535, Math.round(dot.speedMps * 100)), true)
    view.setUint16(at + 14, Number.isNaN(dot.bearingDeg) ? 65_535 : Math.round((dot.bearingDeg % 360) * 100), true)
    view.setUint16(at + 16, Math.max(0, Math.min(65_534, Math.round(dot.ageS * 10))), true)
    view.setUint16(at + 18, dot.flags, true)
  }
  return bytes
}

/** One frame as it came. Read dot by dot into one object, so that a thousand fixes a second leave nothing for the collector. */
export class DotFrame {
  /** Server clock, ms. */
  readonly baseMs: number
  readonly count: number
  readonly #view: DataView

  constructor(view: DataView) {
    this.#view = view
    this.count = view.getUint16(2, true)
    this.baseMs = view.getFloat64(4, true)
  }

  /** @returns `into`, which is overwritten by the next call with the same object */
  read(index: number, into: Dot): Dot {
    const view = this.#view
    const at = HEAD_BYTES + index * DOT_BYTES
    const bearing = view.getUint16(at + 14, true)
    into.key = view.getUint32(at, true)
    into.lng = view.getInt32(at + 4, true) / 1e7
    into.lat = view.getInt32(at + 8, true) / 1e7
    into.speedMps = view.getUint16(at + 12, true) / 100
    into.bearingDeg = bearing === 65_535 ? NaN : bearing / 100
    into.ageS = view.getUint16(at + 16, true) / 10
    into.flags = view.getUint16(at + 18, true)
    return into
  }
}

/** An object to read into. */
export function emptyDot(): Dot {
  return { key: 0, lng: 0, lat: 0, speedMps: 0, bearingDeg: NaN, ageS: 0, flags: 0 }
}

/** @returns null when the bytes are not a whole frame of dots */
export function openDots(bytes: ArrayBuffer): DotFrame | null {
  if (bytes.byteLength < HEAD_BYTES) return null
  const view = new DataView(bytes)
  if (view.getUint8(0) !== DOTS_TYPE) return null
  if (bytes.byteLength !== HEAD_BYTES + view.getUint16(2, true) * DOT_BYTES) return null
  return new DotFrame(view)
}

import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { assetPath } from '../asset-path.ts'

/**
 * The bitmap font of the captions: `glyphs.bin.gz`, drawn once from a system font by `render-glyphs.ts`. Characters are 24 rows high, 24
 * or 12 pixels wide (ASCII), four greys, row by row, two bits a pixel.
 *
 * ```
 * u16 n wide, u16 n narrow │ u16 code point × all, wide ones first, each group ascending │ 144 bytes × wide │ 72 bytes × narrow
 * ```
 */
export const GLYPH_ROWS = 24
export const WIDE_COLUMNS = 24
export const NARROW_COLUMNS = 12
const WIDE_BYTES = (GLYPH_ROWS * WIDE_COLUMNS) / 4
const NARROW_BYTES = (GLYPH_ROWS * NARROW_COLUMNS) / 4

export interface Glyph {
  columns: number
  /** Four greys, 0 ground to 3 ink, row by row. */
  ink: Uint8Array
}

export type Glyphs = (character: string) => Glyph

/** An unknown character is shown as a box of its width. */
export function loadGlyphs(path = assetPath('osd/glyphs.bin.gz')): Glyphs {
  const file = gunzipSync(readFileSync(path))
  const wide = file.readUInt16LE(0)
  const narrow = file.readUInt16LE(2)
  const places = new Map<number, { at: number; columns: number }>()
  const wideAt = 4 + (wide + narrow) * 2
  for (let i = 0; i < wide + narrow; i++) {
    const isWide = i < wide
    const at = isWide ? wideAt + i * WIDE_BYTES : wideAt + wide * WIDE_BYTES + (i - wide) * NARROW_BYTES
    places.set(file.readUInt16LE(4 + i * 2), { at, columns: isWide ? WIDE_COLUMNS : NARROW_COLUMNS })
  }
  return (character) => {
    const code = character.codePointAt(0) ?? 0x20
    const place = places.get(code)
    if (!place) return box(code < 0x100 ? NARROW_COLUMNS : WIDE_COLUMNS)
    const ink = new Uint8Array(GLYPH_ROWS * place.columns)
    for (let i = 0; i < ink.length; i++) ink[i] = (file[place.at + (i >> 2)]! >> ((i & 3) * 2)) & 3
    return { columns: place.columns, ink }
  }
}

function box(columns: number): Glyph {
  const ink = new Uint8Array(GLYPH_ROWS * columns)
  for (let y = 2; y < GLYPH_ROWS - 2; y++) {
    for (let x = 1; x < columns - 1; x++) {
      if (y === 2 || y === GLYPH_ROWS - 3 || x === 1 || x === columns - 2) ink[y * columns + x] = 3
    }
  }
  return { columns, ink }
}

import { BitWriter, type BitRun } from '../h264/bits.ts'
import { beginSlice, type SliceStart, type StreamHeaders } from '../h264/headers.ts'
import { encodeIntraMacroblock, flatMacroblock, type CodedMacroblock } from '../h264/intra-macroblock.ts'
import { GLYPH_ROWS, type Glyphs } from './glyphs.ts'

/**
 * The name and the running clock of a camera, as the slice of the topmost two macroblock rows. The clips are encoded with those rows as a
 * slice of their own; at run time it is thrown away and one of ours is sent instead, so a caption costs no video encoder:
 *
 * ```
 * MB column  0 ………………… W-24 │ W-23 │ W-22 ……………………… W-2 │ W-1
 *            name (key pictures) │ flat │ 21 clock characters   │ flat     × 2 rows, 32 pixels high
 * ```
 *
 * A clock character is 12 pixels wide in a 16-pixel cell below four empty rows: its right edge is exactly the ground, whatever it shows, so
 * the bits of a character depend on the one to its left only through prediction modes, and are kept for every pair.
 */
export const STRIP_ROWS = 2
export const CLOCK_CHARACTERS = 21
/** Fine enough for clean edges; a character then takes ~60 bytes. */
const STRIP_QP = 26
const INK_LUMA = 232
const GROUND_LUMA = 24
const NAME_LEFT_PX = 4
const GLYPH_TOP_PX = 4
/** Three send slots × a few texts; each is 1 KB. */
const KEPT_MAX = 64

export interface CameraCaption {
  /** The strip's slice in a key picture. */
  keySlice(start: SliceStart, clock: string): Buffer
}

export class CaptionStrip {
  readonly #stream: StreamHeaders
  readonly #glyphs: Glyphs
  readonly #ground: number
  readonly #flat: CodedMacroblock
  readonly #characters = new Map<string, [CodedMacroblock, CodedMacroblock]>()
  readonly #pairs = new Map<string, BitRun>()
  readonly #clocks = new Map<string, [BitRun, BitRun]>()
  readonly #deltas = new Map<string, Buffer>()

  constructor(stream: StreamHeaders, glyphs: Glyphs) {
    this.#stream = stream
    this.#glyphs = glyphs
    // What the very first block really decodes to is the ground of all others: from there on flat is exact.
    const first = encodeIntraMacroblock(new Uint8Array(256).fill(GROUND_LUMA), null, null, STRIP_QP)
    this.#ground = first.coded.luma[255]!
    this.#flat = flatMacroblock(this.#ground)
  }

  /** Encodes the name once; each key picture then only pastes bits. */
  forCamera(name: string): CameraCaption {
    const columns = this.#stream.widthMbs - CLOCK_CHARACTERS - 2
    const image = this.#drawName(name, columns * 16)
    const rows: BitRun[] = []
    let above: CodedMacroblock[] = []
    for (let row = 0; row < STRIP_ROWS; row++) {
      const out = new BitWriter()
      const line: CodedMacroblock[] = []
      for (let column = 0; column < columns; column++) {
        const target = cut(image, columns * 16, column * 16, row * 16)
        const { bits, coded } = encodeIntraMacroblock(target, line[column - 1] ?? null, above[column] ?? null, STRIP_QP)
        out.ue(0) // mb_type I_NxN
        out.append(bits)
        line.push(coded)
      }
      rows.push(out.run())
      above = line
    }
    return {
      keySlice: (start, clock) => {
        const out = beginSlice(start, this.#stream, STRIP_QP)
        const clockRows = this.#clockRows(clock)
        for (let row = 0; row < STRIP_ROWS; row++) {
          out.append(rows[row]!)
          writeFlat(out)
          out.append(clockRows[row]!)
          writeFlat(out)
        }
        return out.nal(start.nalHeader)
      },
    }
  }

  /** The strip's slice in a picture between two key pictures: the changed characters, everything else skipped. Shared by all cameras. */
  deltaSlice(start: SliceStart, before: string, after: string): Buffer {
    const key = `${start.nalHeader} ${start.frameNum} ${before} ${after}`
    const kept = this.#deltas.get(key)
    if (kept) return kept
    const out = beginSlice(start, this.#stream, STRIP_QP)
    const width = this.#stream.widthMbs
    let next = 0
    for (let row = 0; row < STRIP_ROWS; row++) {
      for (let i = 0; i < CLOCK_CHARACTERS; i++) {
        if (before[i] === after[i]) continue
        const at = row * width + width - CLOCK_CHARACTERS - 1 + i
        out.ue(at - next) // mb_skip_run
        out.ue(5) // mb_type I_NxN in a P slice
        const leftChanged = i > 0 && before[i - 1] !== after[i - 1]
        out.append(this.#characterBits(leftChanged ? after[i - 1]! : null, after[i]!, row))
        next = at + 1
      }
    }
    if (next < STRIP_ROWS * width) out.ue(STRIP_ROWS * width - next)
    const slice = out.nal(start.nalHeader)
    keep(this.#deltas, key, slice)
    return slice
  }

  #clockRows(clock: string): [BitRun, BitRun] {
    const kept = this.#clocks.get(clock)
    if (kept) return kept
    const rows = [0, 1].map((row) => {
      const out = new BitWriter()
      for (let i = 0; i < CLOCK_CHARACTERS; i++) {
        out.ue(0)
        out.append(this.#characterBits(i > 0 ? (clock[i - 1] ?? ' ') : null, clock[i] ?? ' ', row))
      }
      return out.run()
    }) as [BitRun, BitRun]
    keep(this.#clocks, clock, rows)
    return rows
  }

  /** @param left the coded character to the left, null when that macroblock is flat or skipped */
  #characterBits(left: string | null, character: string, row: number): BitRun {
    const key = `${left ?? ''}|${character}${row}`
    const kept = this.#pairs.get(key)
    if (kept) return kept
    const before = left === null ? this.#flat : this.#character(left)[row]!
    const top = row === 0 ? null : this.#character(character)[0]
    const { bits } = encodeIntraMacroblock(this.#cell(character, row), before, top, STRIP_QP)
    this.#pairs.set(key, bits)
    return bits
  }

  #character(character: string): [CodedMacroblock, CodedMacroblock] {
    const kept = this.#characters.get(character)
    if (kept) return kept
    const upper = encodeIntraMacroblock(this.#cell(character, 0), this.#flat, null, STRIP_QP).coded
    const lower = encodeIntraMacroblock(this.#cell(character, 1), this.#flat, upper, STRIP_QP).coded
    this.#characters.set(character, [upper, lower])
    return [upper, lower]
  }

  #cell(character: string, row: number): Uint8Array {
    const image = new Uint8Array(16 * 32).fill(this.#ground)
    this.#draw(image, 16, character, 0, 12)
    return image.slice(row * 256, row * 256 + 256)
  }

  /** Leaves the last four columns empty, so that the flat macroblock after it has a flat neighbour. A long name stands closer. */
  #drawName(name: string, widthPx: number): Uint8Array {
    const image = new Uint8Array(widthPx * 32).fill(this.#ground)
    const characters = Array.from(name)
    const room = widthPx - 4 - NAME_LEFT_PX
    const wanted = characters.reduce((sum, character) => sum + this.#glyphs(character).columns, 0)
    const squeeze = wanted > room ? 2 : 0
    let x = NAME_LEFT_PX
    for (const character of characters) {
      const { columns } = this.#glyphs(character)
      if (x + columns - squeeze > widthPx - 4) break
      this.#draw(image, widthPx, character, x, Math.min(columns, widthPx - 4 - x))
      x += columns - squeeze
    }
    return image
  }

  /** Draws at `left` at most `columnsMax` columns; where glyphs overlap the brighter one stays. */
  #draw(image: Uint8Array, widthPx: number, character: string, left: number, columnsMax: number): void {
    const glyph = this.#glyphs(character)
    for (let y = 0; y < GLYPH_ROWS; y++) {
      for (let x = 0; x < Math.min(glyph.columns, columnsMax); x++) {
        const ink = glyph.ink[y * glyph.columns + x]!
        const at = (y + GLYPH_TOP_PX) * widthPx + left + x
        image[at] = Math.max(image[at]!, this.#ground + Math.round(((INK_LUMA - this.#ground) * ink) / 3))
      }
    }
  }
}

function cut(image: Uint8Array, widthPx: number, x: number, y: number): Uint8Array {
  const block = new Uint8Array(256)
  for (let row = 0; row < 16; row++) {
    const from = (y + row) * widthPx + x
    block.set(image.subarray(from, from + 16), row * 16)
  }
  return block
}

/** Intra16x16, horizontal, without residual: repeats the flat macroblock to its left. */
function writeFlat(out: BitWriter): void {
  out.ue(2) // mb_type I_16x16_1_0_0
  out.ue(0) // intra_chroma_pred_mode
  out.se(0) // mb_qp_delta
  out.write(1, 1) // coeff_token: no DC level
}

function keep<T>(map: Map<string, T>, key: string, value: T): void {
  if (map.size >= KEPT_MAX) map.delete(map.keys().next().value!)
  map.set(key, value)
}

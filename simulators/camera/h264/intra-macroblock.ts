import { BitWriter, type BitRun } from './bits.ts'
import { writeResidualBlock } from './cavlc.ts'

/**
 * Encodes one macroblock as I_NxN with 4×4 prediction (vertical, horizontal, DC), luma only, grey: what the caption strip of a
 * simulated camera is made of. A block that its prediction meets exactly is coded without a residual, so flat areas stay exact and
 * nothing that is drawn beside them depends on rounding.
 */

/** What later macroblocks need to know about an earlier one. */
export interface CodedMacroblock {
  /** 16×16 luma as a decoder sees it. */
  luma: Uint8Array
  /** Prediction mode of each 4×4 block by raster place; 2 (DC) for macroblocks of other types. */
  modes: Uint8Array
  /** TotalCoeff of each 4×4 block by raster place. */
  counts: Uint8Array
}

/** A macroblock that is not I_NxN (skipped, or Intra16x16) and flat. */
export function flatMacroblock(luma: number): CodedMacroblock {
  return { luma: new Uint8Array(256).fill(luma), modes: new Uint8Array(16).fill(2), counts: new Uint8Array(16) }
}

const NO_LEVELS = new Int32Array(16)
const ZIGZAG = [0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15]
/** Coding order of the 4×4 blocks → raster place in the macroblock (Figure 6-10). */
const BLOCK_ORDER = [0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15]
/** coded_block_pattern (luma only) → codeNum for Intra_4x4 (Table 9-4). */
const CBP_CODE = [3, 29, 30, 17, 31, 18, 37, 8, 32, 38, 19, 9, 20, 10, 11, 2]
/** Forward and inverse scaling by QP % 6; columns: both coordinates even, both odd, mixed. */
const FORWARD = [
  [13107, 5243, 8066],
  [11916, 4660, 7490],
  [10082, 4194, 6554],
  [9362, 3647, 5825],
  [8192, 3355, 5243],
  [7282, 2893, 4559],
]
const INVERSE = [
  [10, 16, 13],
  [11, 18, 14],
  [13, 20, 16],
  [14, 23, 18],
  [16, 25, 20],
  [18, 29, 23],
]

/**
 * @param target 16×16 luma
 * @param left, top neighbours in the same slice; null where there is none
 * @returns the bits after mb_type, and what the neighbours to come need
 */
export function encodeIntraMacroblock(
  target: Uint8Array,
  left: CodedMacroblock | null,
  top: CodedMacroblock | null,
  qp: number,
): { bits: BitRun; coded: CodedMacroblock } {
  const coded: CodedMacroblock = {
    luma: new Uint8Array(256),
    modes: new Uint8Array(16),
    counts: new Uint8Array(16),
  }
  const out = new BitWriter()
  const levels: Int32Array[] = []
  for (const place of BLOCK_ORDER) levels[place] = encodeBlock(out, place, target, coded, left, top, qp)
  out.ue(0) // intra_chroma_pred_mode: DC, which keeps grey grey
  let pattern = 0
  BLOCK_ORDER.forEach((place, order) => {
    if (levels[place]!.some((level) => level !== 0)) pattern |= 1 << (order >> 2)
  })
  out.ue(CBP_CODE[pattern]!)
  if (pattern !== 0) out.se(0) // mb_qp_delta
  BLOCK_ORDER.forEach((place, order) => {
    if ((pattern & (1 << (order >> 2))) === 0) return
    const x = place & 3
    const a = x > 0 ? coded.counts[place - 1] : left?.counts[place + 3]
    const b = place > 3 ? coded.counts[place - 4] : top?.counts[place + 12]
    const nC = a !== undefined && b !== undefined ? (a + b + 1) >> 1 : (a ?? b ?? 0)
    coded.counts[place] = writeResidualBlock(out, levels[place]!, nC)
  })
  return { bits: out.run(), coded }
}

/** Chooses and writes the prediction mode of one block, and reconstructs it. Returns its levels in zig-zag order. */
function encodeBlock(
  out: BitWriter,
  place: number,
  target: Uint8Array,
  coded: CodedMacroblock,
  left: CodedMacroblock | null,
  top: CodedMacroblock | null,
  qp: number,
): Int32Array {
  const x = place & 3
  const y = place >> 2
  const origin = y * 64 + x * 4
  const leftLuma = x > 0 ? coded.luma : (left?.luma ?? null)
  const leftAt = x > 0 ? origin - 1 : y * 64 + 15
  const topLuma = y > 0 ? coded.luma : (top?.luma ?? null)
  const topAt = y > 0 ? origin - 16 : 240 + x * 4
  const a = leftLuma && [0, 1, 2, 3].map((row) => leftLuma[leftAt + row * 16]!)
  const b = topLuma && [0, 1, 2, 3].map((column) => topLuma[topAt + column]!)
  const modeA = x > 0 ? coded.modes[place - 1] : left?.modes[place + 3]
  const modeB = y > 0 ? coded.modes[place - 4] : top?.modes[place + 12]
  const expected = modeA === undefined || modeB === undefined ? 2 : Math.min(modeA, modeB)

  // By the picture alone, never by the mode's bits: so a clock digit looks the same to its neighbours whatever stands left of it.
  const predictions: { mode: number; at: (i: number) => number }[] = []
  if (b) predictions.push({ mode: 0, at: (i) => b[i & 3]! })
  predictions.push({ mode: 2, at: constant(mean(a, b)) })
  if (a) predictions.push({ mode: 1, at: (i) => a[i >> 2]! })
  let best = predictions[0]!
  let leastDifference = Infinity
  for (const candidate of predictions) {
    let difference = 0
    for (let i = 0; i < 16; i++) difference += Math.abs(target[origin + (i >> 2) * 16 + (i & 3)]! - candidate.at(i))
    if (difference < leastDifference) {
      best = candidate
      leastDifference = difference
    }
  }
  coded.modes[place] = best.mode
  out.write(best.mode === expected ? 1 : 0, 1)
  if (best.mode !== expected) out.write(best.mode < expected ? best.mode : best.mode - 1, 3)
  if (leastDifference === 0) {
    for (let i = 0; i < 16; i++) coded.luma[origin + (i >> 2) * 16 + (i & 3)] = best.at(i)
    return NO_LEVELS
  }
  const residual = new Int32Array(16)
  for (let i = 0; i < 16; i++) residual[i] = target[origin + (i >> 2) * 16 + (i & 3)]! - best.at(i)
  const quantised = forwardTransform(residual, qp)
  const back = inverseTransform(quantised, qp)
  for (let i = 0; i < 16; i++) {
    coded.luma[origin + (i >> 2) * 16 + (i & 3)] = Math.max(0, Math.min(255, best.at(i) + back[i]!))
  }
  return Int32Array.from(ZIGZAG, (from) => quantised[from]!)
}

function constant(value: number): () => number {
  return () => value
}

/** DC prediction (§8.3.1.2.3). */
function mean(a: number[] | null, b: number[] | null): number {
  const sum = (four: number[]) => four[0]! + four[1]! + four[2]! + four[3]!
  if (a && b) return (sum(a) + sum(b) + 4) >> 3
  const one = a ?? b
  return one ? (sum(one) + 2) >> 2 : 128
}

function scaleClass(i: number): 0 | 1 | 2 {
  const oddX = i & 1
  const oddY = (i >> 2) & 1
  return oddX + oddY === 0 ? 0 : oddX + oddY === 2 ? 1 : 2
}

function forwardTransform(residual: Int32Array, qp: number): Int32Array {
  const w = Int32Array.from(residual)
  const pass = (at: number, step: number) => {
    const [p, q, r, s] = [w[at]!, w[at + step]!, w[at + 2 * step]!, w[at + 3 * step]!]
    w[at] = p + q + r + s
    w[at + step] = 2 * p + q - r - 2 * s
    w[at + 2 * step] = p - q - r + s
    w[at + 3 * step] = p - 2 * q + 2 * r - s
  }
  for (let i = 0; i < 4; i++) pass(i * 4, 1)
  for (let i = 0; i < 4; i++) pass(i, 4)
  const shift = 15 + Math.floor(qp / 6)
  const rounding = Math.floor(2 ** shift / 3)
  return w.map((value, i) => {
    const level = Math.floor((Math.abs(value) * FORWARD[qp % 6]![scaleClass(i)]! + rounding) / 2 ** shift)
    return value < 0 ? -level : level
  })
}

function inverseTransform(levels: Int32Array, qp: number): Int32Array {
  const d = levels.map((level, i) => (level * INVERSE[qp % 6]![scaleClass(i)]!) << Math.floor(qp / 6))
  const pass = (at: number, step: number) => {
    const [p, q, r, s] = [d[at]!, d[at + step]!, d[at + 2 * step]!, d[at + 3 * step]!]
    const e = p + r
    const f = p - r
    const g = (q >> 1) - s
    const h = q + (s >> 1)
    d[at] = e + h
    d[at + step] = f + g
    d[at + 2 * step] = f - g
    d[at + 3 * step] = e - h
  }
  for (let i = 0; i < 4; i++) pass(i * 4, 1)
  for (let i = 0; i < 4; i++) pass(i, 4)
  return d.map((value) => (value + 32) >> 6)
}

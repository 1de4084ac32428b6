import type { BitWriter } from './bits.ts'

/**
 * Writes one 4×4 block of transform levels as CAVLC (ITU-T H.264 §9.2). The tables are the standard's, code words as printed:
 * Table 9-5 (rows: TotalCoeff 0–16, columns: TrailingOnes 0–3; one table per nC 0–1, 2–3, 4–7), Table 9-7/9-8 (rows: TotalCoeff
 * 1–15, columns: total_zeros) and Table 9-10 (rows: zerosLeft 1–6 and more, columns: run_before).
 */
function words(table: string): string[][] {
  return table
    .trim()
    .split('\n')
    .map((row) => row.trim().split(' '))
}

const COEFF_TOKEN = [
  words(`
    1 - - -
    000101 01 - -
    00000111 000100 001 -
    000000111 00000110 0000101 00011
    0000000111 000000110 00000101 000011
    00000000111 0000000110 000000101 0000100
    0000000001111 00000000110 0000000101 00000100
    0000000001011 0000000001110 00000000101 000000100
    0000000001000 0000000001010 0000000001101 0000000100
    00000000001111 00000000001110 0000000001001 00000000100
    00000000001011 00000000001010 00000000001101 0000000001100
    000000000001111 000000000001110 00000000001001 00000000001100
    000000000001011 000000000001010 000000000001101 00000000001000
    0000000000001111 000000000000001 000000000001001 000000000001100
    0000000000001011 0000000000001110 0000000000001101 000000000001000
    0000000000000111 0000000000001010 0000000000001001 0000000000001100
    0000000000000100 0000000000000110 0000000000000101 0000000000001000
  `),
  words(`
    11 - - -
    001011 10 - -
    000111 00111 011 -
    0000111 001010 001001 0101
    00000111 000110 000101 0100
    00000100 0000110 0000101 00110
    000000111 00000110 00000101 001000
    00000001111 000000110 000000101 000100
    00000001011 00000001110 00000001101 0000100
    000000001111 00000001010 00000001001 000000100
    000000001011 000000001110 000000001101 00000001100
    000000001000 000000001010 000000001001 00000001000
    0000000001111 0000000001110 0000000001101 000000001100
    0000000001011 0000000001010 0000000001001 0000000001100
    0000000000111 00000000001011 0000000000110 0000000001000
    00000000001001 00000000001000 00000000001010 0000000000001
    00000000000111 00000000000110 00000000000101 00000000000100
  `),
  words(`
    1111 - - -
    001111 1110 - -
    001011 01111 1101 -
    001000 01100 01110 1100
    0001111 01010 01011 1011
    0001011 01000 01001 1010
    0001001 001110 001101 1001
    0001000 001010 001001 1000
    00001111 0001110 0001101 01101
    00001011 00001110 0001010 001100
    000001111 00001010 00001101 0001100
    000001011 000001110 00001001 00001100
    000001000 000001010 000001101 00001000
    0000001101 000000111 000001001 000001100
    0000001001 0000001100 0000001011 0000001010
    0000000101 0000001000 0000000111 0000000110
    0000000001 0000000100 0000000011 0000000010
  `),
]
const TOTAL_ZEROS = words(`
  1 011 010 0011 0010 00011 00010 000011 000010 0000011 0000010 00000011 00000010 000000011 000000010 000000001
  111 110 101 100 011 0101 0100 0011 0010 00011 00010 000011 000010 000001 000000
  0101 111 110 101 0100 0011 100 011 0010 00011 00010 000001 00001 000000
  00011 111 0101 0100 110 101 100 0011 011 0010 00010 00001 00000
  0101 0100 0011 111 110 101 100 011 0010 00001 0001 00000
  000001 00001 111 110 101 100 011 010 0001 001 000000
  000001 00001 101 100 011 11 010 0001 001 000000
  000001 0001 00001 011 11 10 010 001 000000
  000001 000000 0001 11 10 001 01 00001
  00001 00000 001 11 10 01 0001
  0000 0001 001 010 1 011
  0000 0001 01 1 001
  000 001 1 01
  00 01 1
  0 1
`)
const RUN_BEFORE = words(`
  1 0
  1 01 00
  11 10 01 00
  11 10 01 001 000
  11 10 011 010 001 000
  11 000 001 011 010 101 100
  111 110 101 100 011 010 001 0001 00001 000001 0000001 00000001 000000001 0000000001 00000000001
`)

/**
 * @param levels 16 quantised levels in zig-zag order
 * @param nC the context: mean count of the blocks to the left and above
 * @returns TotalCoeff, the context of the blocks that follow
 */
export function writeResidualBlock(out: BitWriter, levels: Int32Array, nC: number): number {
  const places: number[] = []
  for (let i = 15; i >= 0; i--) if (levels[i] !== 0) places.push(i)
  const total = places.length
  let ones = 0
  while (ones < Math.min(3, total) && Math.abs(levels[places[ones]!]!) === 1) ones++
  writeCoeffToken(out, total, ones, nC)
  if (total === 0) return 0
  for (let i = 0; i < ones; i++) out.write(levels[places[i]!]! < 0 ? 1 : 0, 1)
  writeLevels(out, levels, places, ones)
  let zerosLeft = places[0]! + 1 - total
  if (total < 16) out.word(TOTAL_ZEROS[total - 1]![zerosLeft]!)
  for (let i = 0; i < total - 1 && zerosLeft > 0; i++) {
    const run = places[i]! - places[i + 1]! - 1
    out.word(RUN_BEFORE[Math.min(zerosLeft, 7) - 1]![run]!)
    zerosLeft -= run
  }
  return total
}

function writeCoeffToken(out: BitWriter, total: number, ones: number, nC: number): void {
  if (nC >= 8) out.write(total === 0 ? 3 : ((total - 1) << 2) | ones, 6)
  else out.word(COEFF_TOKEN[nC < 2 ? 0 : nC < 4 ? 1 : 2]![total]![ones]!)
}

/** Levels after the trailing ones, highest frequency first (§9.2.2.1). */
function writeLevels(out: BitWriter, levels: Int32Array, places: number[], ones: number): void {
  let suffixLength = places.length > 10 && ones < 3 ? 1 : 0
  for (let i = ones; i < places.length; i++) {
    const level = levels[places[i]!]!
    let code = level > 0 ? 2 * level - 2 : -2 * level - 1
    if (i === ones && ones < 3) code -= 2
    if (suffixLength === 0 && code < 14) out.write(1, code + 1)
    else if (suffixLength === 0 && code < 30) {
      out.write(1, 15)
      out.write(code - 14, 4)
    } else if (suffixLength > 0 && code < 15 << suffixLength) {
      out.write(1, (code >> suffixLength) + 1)
      out.write(code & ((1 << suffixLength) - 1), suffixLength)
    } else {
      out.write(1, 16)
      out.write(code - (suffixLength === 0 ? 30 : 15 << suffixLength), 12)
    }
    if (suffixLength === 0) suffixLength = 1
    if (Math.abs(level) > 3 << (suffixLength - 1) && suffixLength < 6) suffixLength++
  }
}

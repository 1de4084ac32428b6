/** Reads what a player must be told out of an H.264 sequence parameter set (ITU-T H.264 §7.3.2.1.1). */
export interface SpsFacts {
  widthPx: number
  heightPx: number
  /** RFC 6381: `avc1.42C01E`. */
  codec: string
  /** False when this stream can have no B-frames, so that a time that runs backwards is an error. */
  mayReorder: boolean
}

/** 8192² is the largest picture of level 6.2; more is a broken or hostile set, and a decoder bomb. */
export const PICTURE_SIDE_MAX_PX = 8192

const PROFILES_WITH_CHROMA = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135])

/** @returns null when the set cannot be read or asks for an impossible picture */
export function readSps(nal: Uint8Array): SpsFacts | null {
  if (nal.length < 4 || nal.length > 4096 || (nal[0]! & 0x1f) !== 7) return null
  const codec = `avc1.${[nal[1]!, nal[2]!, nal[3]!].map((b) => b.toString(16).padStart(2, '0').toUpperCase()).join('')}`
  const bits = new BitReader(withoutEmulation(nal))
  const profile = nal[1]!
  bits.skip(32)
  bits.ue()
  const chroma = PROFILES_WITH_CHROMA.has(profile) ? readChroma(bits) : 1
  bits.ue() // log2_max_frame_num_minus4
  const orderType = bits.ue()
  if (orderType === 0) bits.ue()
  else if (orderType === 1) skipOrderCycle(bits)
  bits.ue() // max_num_ref_frames
  bits.skip(1)
  const widthMbs = bits.ue() + 1
  const heightUnits = bits.ue() + 1
  const framesOnly = bits.bit()
  if (!framesOnly) bits.skip(1)
  bits.skip(1)
  const crop = bits.bit() ? [bits.ue(), bits.ue(), bits.ue(), bits.ue()] : [0, 0, 0, 0]
  const cropX = chroma === 1 || chroma === 2 ? 2 : 1
  const cropY = (chroma === 1 ? 2 : 1) * (framesOnly ? 1 : 2)
  const widthPx = widthMbs * 16 - (crop[0]! + crop[1]!) * cropX
  const heightPx = heightUnits * 16 * (framesOnly ? 1 : 2) - (crop[2]! + crop[3]!) * cropY
  const fits = (px: number) => px >= 16 && px <= PICTURE_SIDE_MAX_PX
  if (bits.overrun || !fits(widthPx) || !fits(heightPx)) return null
  return { widthPx, heightPx, codec, mayReorder: profile !== 66 && orderType !== 2 }
}

function readChroma(bits: BitReader): number {
  const chroma = bits.ue()
  if (chroma === 3) bits.skip(1)
  bits.ue()
  bits.ue()
  bits.skip(1)
  if (bits.bit()) {
    for (let list = 0; list < (chroma === 3 ? 12 : 8) && !bits.overrun; list++) {
      if (bits.bit()) skipScalingList(bits, list < 6 ? 16 : 64)
    }
  }
  return chroma
}

function skipScalingList(bits: BitReader, size: number): void {
  let last = 8
  let next = 8
  for (let i = 0; i < size && !bits.overrun; i++) {
    if (next !== 0) next = (last + bits.se() + 256) % 256
    last = next === 0 ? last : next
  }
}

function skipOrderCycle(bits: BitReader): void {
  bits.skip(1)
  bits.se()
  bits.se()
  const count = Math.min(bits.ue(), 255)
  for (let i = 0; i < count && !bits.overrun; i++) bits.se()
}

/** @param nal a slice with its header byte; its second field, `slice_type`, is 2 or 7 for I (Table 7-6) */
export function isIntraSlice(nal: Uint8Array): boolean {
  const bits = new BitReader(withoutEmulation(nal.subarray(1, 13)))
  bits.ue()
  return bits.ue() % 5 === 2
}

/** Removes the emulation prevention bytes: `00 00 03` → `00 00`. */
function withoutEmulation(nal: Uint8Array): Uint8Array {
  const plain = new Uint8Array(nal.length)
  let size = 0
  for (let i = 0; i < nal.length; i++) {
    if (nal[i] === 3 && i >= 2 && nal[i - 1] === 0 && nal[i - 2] === 0) continue
    plain[size++] = nal[i]!
  }
  return plain.subarray(0, size)
}

/** Most significant bit first; reading past the end gives zeros and sets `overrun`. */
class BitReader {
  overrun = false
  readonly #bytes: Uint8Array
  #at = 0
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }
  bit(): number {
    const byte = this.#bytes[this.#at >> 3]
    if (byte === undefined) this.overrun = true
    const value = ((byte ?? 0) >> (7 - (this.#at & 7))) & 1
    this.#at++
    return value
  }
  skip(bits: number): void {
    this.#at += bits
  }
  /** Unsigned Exp-Golomb, at most 32 bits. */
  ue(): number {
    let zeros = 0
    while (zeros < 32 && this.bit() === 0 && !this.overrun) zeros++
    let value = 1
    for (let i = 0; i < zeros; i++) value = value * 2 + this.bit()
    return value - 1
  }
  se(): number {
    const value = this.ue()
    return value % 2 === 0 ? -value / 2 : (value + 1) / 2
  }
}

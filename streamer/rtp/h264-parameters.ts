import { BitReader, withoutEmulation } from './bit-reader.ts'
import type { VideoFacts } from './video-facts.ts'
import { isPictureSide, SET_BYTES_MAX } from './video-facts.ts'

const PROFILES_WITH_CHROMA = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135])

/**
 * Reads what a player must be told out of an H.264 sequence parameter set (ITU-T H.264 §7.3.2.1.1).
 * @returns null when the set cannot be read or asks for an impossible picture
 */
export function readSps(nal: Uint8Array): VideoFacts | null {
  if (nal.length < 4 || nal.length > SET_BYTES_MAX || (nal[0]! & 0x1f) !== 7) return null
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
  if (bits.overrun || !isPictureSide(widthPx) || !isPictureSide(heightPx)) return null
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

import { BitReader, withoutEmulation } from './bit-reader.ts'
import type { VideoFacts } from './video-facts.ts'
import { isPictureSide, SET_BYTES_MAX } from './video-facts.ts'

/** An H.265 sequence parameter set: besides what players are told, what `hvcC` repeats of it. */
export interface H265Facts extends VideoFacts {
  /** `sps_seq_parameter_set_id`, 0–15. */
  id: number
  /** The twelve bytes of general profile, tier, compatibility, constraints and level. */
  profile: Buffer
  chromaFormat: number
  lumaDepth: number
  chromaDepth: number
  temporalLayers: number
  isNested: boolean
}

/** `general_profile_tier_level`, always byte aligned behind the two header bytes and the first of the set. */
const PROFILE_AT = 3
const PROFILE_BYTES = 12

/**
 * ITU-T H.265 §7.3.2.2, as far as the order of pictures; every field in the range that the standard gives it.
 * @returns null when the set cannot be read or asks for an impossible picture
 */
export function readH265Sps(nal: Uint8Array): H265Facts | null {
  if (nal.length < 16 || nal.length > SET_BYTES_MAX || h265TypeOf(nal[0]!) !== 33) return null
  const plain = withoutEmulation(nal)
  const bits = new BitReader(plain)
  bits.skip(20)
  const subLayers = bits.bits(3)
  const isNested = bits.bit() === 1
  bits.skip(PROFILE_BYTES * 8)
  if (subLayers > 6) return null
  skipSubLayers(bits, subLayers)
  const id = bits.ue()
  const chromaFormat = bits.ue()
  if (id > 15 || chromaFormat > 3) return null
  if (chromaFormat === 3) bits.skip(1)
  const codedWidth = bits.ue()
  const codedHeight = bits.ue()
  const window = bits.bit() ? [bits.ue(), bits.ue(), bits.ue(), bits.ue()] : [0, 0, 0, 0]
  const widthPx = codedWidth - (window[0]! + window[1]!) * (chromaFormat === 1 || chromaFormat === 2 ? 2 : 1)
  const heightPx = codedHeight - (window[2]! + window[3]!) * (chromaFormat === 1 ? 2 : 1)
  const lumaDepth = bits.ue() + 8
  const chromaDepth = bits.ue() + 8
  const pocBits = bits.ue() + 4
  const reordered = readReorder(bits, subLayers)
  const fits = [widthPx, heightPx, codedWidth, codedHeight].every(isPictureSide)
  if (bits.overrun || !fits || lumaDepth > 16 || chromaDepth > 16 || pocBits > 16 || reordered > 16) return null
  const profile = Buffer.from(plain.subarray(PROFILE_AT, PROFILE_AT + PROFILE_BYTES))
  const temporalLayers = subLayers + 1
  const mayReorder = reordered > 0
  const sizes = { widthPx, heightPx, chromaFormat, lumaDepth, chromaDepth }
  return { ...sizes, id, profile, temporalLayers, isNested, mayReorder, codec: codecOf(profile) }
}

/** `nal_unit_type` of a NAL unit's first byte. */
export function h265TypeOf(firstByte: number): number {
  return (firstByte >> 1) & 0x3f
}

/** Each lower layer may repeat profile (88 bits) and level (8 bits). */
function skipSubLayers(bits: BitReader, subLayers: number): void {
  let skipped = 0
  for (let i = 0; i < subLayers; i++) skipped += bits.bit() * 88 + bits.bit() * 8
  if (subLayers > 0) bits.skip((8 - subLayers) * 2)
  bits.skip(skipped)
}

/** `sps_max_num_reorder_pics` of the highest layer. */
function readReorder(bits: BitReader, subLayers: number): number {
  const first = bits.bit() ? 0 : subLayers
  let reordered = 0
  for (let i = first; i <= subLayers; i++) {
    bits.ue()
    reordered = bits.ue()
    bits.ue()
  }
  return reordered
}

/** ISO/IEC 14496-15 Annex E.3: space and profile, compatibility bits reversed, tier and level, constraint bytes up to the last used. */
function codecOf(profile: Buffer): string {
  const space = ['', 'A', 'B', 'C'][profile[0]! >> 6]!
  let compatibility = 0
  for (let bit = 0; bit < 32; bit++) {
    if ((profile[1 + (bit >> 3)]! & (0x80 >> (bit & 7))) !== 0) compatibility += 2 ** bit
  }
  const tier = (profile[0]! & 0x20) !== 0 ? 'H' : 'L'
  const constraints = [...profile.subarray(5, 11)]
  while (constraints.at(-1) === 0) constraints.pop()
  const words = [`hvc1.${space}${profile[0]! & 0x1f}`, hex(compatibility), `${tier}${profile[11]!}`]
  return [...words, ...constraints.map(hex)].join('.')
}

function hex(value: number): string {
  return value.toString(16).toUpperCase()
}

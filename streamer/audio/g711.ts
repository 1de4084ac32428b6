/** ITU-T G.711: eight bits of A-law or µ-law to 16-bit samples, by tables of 256. */
export type G711Law = 'PCMA' | 'PCMU'

/** How many low bits of every sample are zero: A-law has 13 significant bits, µ-law 14. */
export const G711_UNUSED_BITS: Record<G711Law, number> = { PCMA: 3, PCMU: 2 }

export const G711_TABLES: Record<G711Law, Int16Array> = {
  PCMA: Int16Array.from({ length: 256 }, (_, code) => decodeALaw(code)),
  PCMU: Int16Array.from({ length: 256 }, (_, code) => decodeMuLaw(code)),
}

/** Every second bit is inverted on the line; sign, three bits of exponent, four of mantissa. */
function decodeALaw(code: number): number {
  const word = code ^ 0x55
  const exponent = (word & 0x70) >> 4
  const mantissa = ((word & 0x0f) << 4) + 8
  const size = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1)
  return (word & 0x80) !== 0 ? size : -size
}

/** All bits are inverted on the line. */
function decodeMuLaw(code: number): number {
  const word = ~code & 0xff
  const size = ((((word & 0x0f) << 3) + 0x84) << ((word & 0x70) >> 4)) - 0x84
  return (word & 0x80) !== 0 ? -size : size
}

/** G.711 A-law of one 16-bit sample (ITU-T G.711, table 1a): sign, three bits of exponent, four of mantissa, every other bit inverted. */
export function aLawOf(sample: number): number {
  const sign = sample >= 0 ? 0x80 : 0
  const magnitude = Math.min(0x7fff, sample >= 0 ? sample : -sample - 1) >> 4
  const exponent = magnitude < 16 ? 0 : 28 - Math.clz32(magnitude)
  const mantissa = exponent === 0 ? magnitude : (magnitude >> (exponent - 1)) & 0x0f
  return (sign | (exponent << 4) | mantissa) ^ 0x55
}

/** Eight seconds of a street as 16-bit samples: a low rush of traffic, and a bell of two tones every four seconds. The same every time. */
export const STREET_SECONDS = 8

export function streetSound(rateHz: number): Int16Array {
  const samples = new Int16Array(STREET_SECONDS * rateHz)
  let rush = 0
  let seed = 7
  for (let i = 0; i < samples.length; i++) {
    seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff
    // Noise through a low pass at about 200 Hz, swelling as cars pass.
    rush += ((seed / 0x40000000 - 1) * 9_000 - rush) * Math.min(1, (2 * Math.PI * 200) / rateHz)
    const atS = i / rateHz
    const swell = 0.6 + 0.4 * Math.sin((2 * Math.PI * atS) / STREET_SECONDS)
    samples[i] = Math.round(rush * swell + bellAt(atS % 4))
  }
  return samples
}

function bellAt(atS: number): number {
  if (atS >= 1.2) return 0
  const strikeS = atS < 0.6 ? atS : atS - 0.6
  return 5_000 * Math.exp(-strikeS * 5) * Math.sin(2 * Math.PI * (atS < 0.6 ? 660 : 520) * strikeS)
}

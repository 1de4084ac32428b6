/**
 * The 32-bit alarm word of a JT/T 808 location report (0x0200), bit 0 first. JT/T 905 taxis use another word: do not mix them up.
 * Null: not used by the centre.
 */
const JT808_BITS: readonly (string | null)[] = [
  'emergency',
  'overspeed',
  'fatigue',
  'dangerous-driving',
  'gnss-fault',
  'antenna-cut',
  'antenna-short',
  'undervoltage',
  'power-cut',
  'display-fault',
  'speech-fault',
  'camera-fault',
  'card-fault',
  'overspeed-warning',
  'fatigue-warning',
  'violation',
  'tyre-warning',
  'blind-zone',
  'driving-timeout',
  'parking-timeout',
  'area-crossed',
  'route-crossed',
  'segment-time',
  'route-left',
  'speed-sensor-fault',
  'fuel-fault',
  'stolen',
  'illegal-ignition',
  'illegal-move',
  'collision',
  'rollover-warning',
  null,
]

/** Names of the bits that are set, lowest bit first. @param word unsigned 32 bits */
export function jt808Flags(word: number): string[] {
  return JT808_BITS.filter((name, bit): name is string => name !== null && ((word >>> bit) & 1) === 1)
}

/** Bits that went from 0 to 1: a bit that is held high must not hide a second press, nor raise one each report. */
export function risenFlags(before: number, now: number): string[] {
  return jt808Flags((now & ~before) >>> 0)
}

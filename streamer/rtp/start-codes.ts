/**
 * Some firmware cuts its Annex B stream into RTP payloads without taking out the start codes, or takes all that stands before a picture for one
 * unit. In a NAL unit itself 00 00 01 cannot occur (ITU-T H.264 §7.4.1.1), so it always means the next one.
 */

const START_CODE = Buffer.from([0, 0, 1])

/** Price: a search of the runtime's, for small units only. */
export function hasStartCode(nal: Buffer): boolean {
  return nal.includes(START_CODE)
}

/** The units between the start codes, copied, because what they lie in is about to be written over; empty ones are left out. */
export function unitsIn(bytes: Buffer): Buffer[] {
  const units: Buffer[] = []
  for (let at = 0; at < bytes.length;) {
    const code = bytes.indexOf(START_CODE, at)
    let end = code < 0 ? bytes.length : code
    // Trailing zeros, and the fourth byte of a long start code.
    if (code >= 0) while (end > at && bytes[end - 1] === 0) end--
    if (end > at) units.push(Buffer.from(bytes.subarray(at, end)))
    at = code < 0 ? bytes.length : code + START_CODE.length
  }
  return units
}

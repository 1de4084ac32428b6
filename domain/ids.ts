const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/**
 * A ULID: 10 characters of time, 16 of chance, so that ids sort by creation and never collide between machines.
 * @param nowMs wall clock, from a `Clock`
 * @param chance 16 bytes that stand in for chance, for an id that must come out the same again
 */
export function newId(nowMs: number, chance: Uint8Array = crypto.getRandomValues(new Uint8Array(16))): string {
  let time = ''
  let rest = Math.floor(nowMs)
  for (let i = 0; i < 10; i++) {
    time = ALPHABET[rest % 32] + time
    rest = Math.floor(rest / 32)
  }
  let tail = ''
  for (const byte of chance) tail += ALPHABET[byte & 31]
  return time + tail
}

/** What may name a device, a camera, a site: it appears in topics, paths and file names. */
export const ID_PATTERN = /^[A-Za-z0-9_-]{1,40}$/

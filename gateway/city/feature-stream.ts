import { closeSync, openSync, readSync } from 'node:fs'
import { isUtf8 } from 'node:buffer'

/** Read at once: large enough for the disk, small enough that a province is never in memory as text. */
const CHUNK_BYTES = 1024 * 1024
/** One road with a thousand bends has 40 KB; a whole file without its commas is not one feature. */
const FEATURE_BYTES_MAX = 16 * 1024 * 1024

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPEN = [0x7b, 0x5b] as const
const CLOSE = [0x7d, 0x5d] as const
const FEATURES = '"features"'
/** Bytes that open or close something; between the others nothing can happen inside of a feature. */
const MATTERS = Uint8Array.from({ length: 256 }, (_, byte) => ([QUOTE, ...OPEN, ...CLOSE].includes(byte) ? 1 : 0))
/** A mark of some editors in front of everything. */
const BOM: readonly number[] = [0xef, 0xbb, 0xbf]

/** The bytes of a file in pieces that are true until the next one is asked for. */
export function* chunksOf(path: string, onProgress?: (bytes: number) => void): Generator<Uint8Array> {
  const file = openSync(path, 'r')
  try {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
    for (let bytes = 0; ;) {
      const read = readSync(file, buffer, 0, CHUNK_BYTES, null)
      if (read === 0) return
      bytes += read
      onProgress?.(bytes)
      yield buffer.subarray(0, read)
    }
  } finally {
    closeSync(file)
  }
}

/** Whether all of it is UTF-8. About a second for 2 GB that lie in the machine's memory. */
export function isUtf8File(path: string): boolean {
  let rest = Buffer.alloc(0)
  for (const chunk of chunksOf(path)) {
    const bytes = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk])
    // The last character may go on in the next piece.
    const end = Math.max(0, bytes.length - openEnd(bytes))
    if (!isUtf8(bytes.subarray(0, end))) return false
    rest = Buffer.from(bytes.subarray(end))
  }
  return isUtf8(rest)
}

/** Bytes of a character that has begun and does not end in these. */
function openEnd(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!
    if ((byte & 0xc0) === 0x80) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return length > back ? back : 0
  }
  return 0
}

/**
 * The features of a GeoJSON FeatureCollection, parsed one by one, so that a file of any size takes the memory of one feature. Reads `features`
 * of the outermost object, wherever in it that stands.
 * @param chunks UTF-8; each is used up before the next is asked for
 * @throws Error with the rest of the sentence "roads.geojson …"
 */
export function* featuresIn(chunks: Iterable<Uint8Array>): Generator {
  const scan = new Scan()
  for (const chunk of chunks) yield* scan.take(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
  scan.end()
}

class Scan {
  #depth = 0
  /** Inside of a string, and whether its next character is escaped. */
  #inString = false
  #isEscaped = false
  /** The newest string of the outermost object, or its `features` after the colon. */
  #key = ''
  #isFeatures = false
  #isBegun = false
  #hasFeatures = false
  #isOver = false
  /** Where the element begins in this chunk; -1: none has begun. */
  #start = -1
  /** What of it was in the chunks before. */
  #before: Buffer[] = []
  #beforeBytes = 0
  #count = 0

  end(): void {
    if (!this.#hasFeatures) throw notCollection()
    if (!this.#isOver) throw new Error('cannot be read: it ends in the middle')
  }

  *take(chunk: Buffer): Generator {
    // Bytes of the key are gathered only at depth 1, where there are few.
    let keyFrom = this.#inString && this.#depth === 1 ? 0 : -1
    let inString = this.#inString
    let isEscaped = this.#isEscaped
    const { length } = chunk
    for (let at = 0; at < length; at++) {
      // Most bytes open and close nothing: on to the next that may.
      if (inString && !isEscaped) while (at < length && chunk[at] !== QUOTE && chunk[at] !== BACKSLASH) at++
      else if (!inString && this.#depth > 2) while (at < length && MATTERS[chunk[at]!] === 0) at++
      if (at === length) break
      const byte = chunk[at]!
      if (inString) {
        if (isEscaped) isEscaped = false
        else if (byte === BACKSLASH) isEscaped = true
        else if (byte === QUOTE) {
          inString = false
          if (keyFrom >= 0) this.#key += chunk.toString('latin1', keyFrom, at + 1)
          keyFrom = -1
        }
        continue
      }
      if (byte <= 0x20) continue
      if (this.#isFeatures && this.#depth === 2) {
        // Between the elements, or at the end of one that is no object.
        const isEnd = byte === CLOSE[1]
        if (isEnd || byte === COMMA) {
          if (this.#start >= 0 || this.#beforeBytes > 0) yield this.#element(chunk, at)
          if (!isEnd) continue
        } else if (this.#start < 0 && this.#beforeBytes === 0) this.#start = at
      }
      if (byte === QUOTE) {
        if (this.#depth === 0) throw notCollection()
        inString = true
        if (this.#depth === 1) {
          this.#key = ''
          keyFrom = at
        }
      } else if (byte === OPEN[0] || byte === OPEN[1]) this.#open(byte)
      else if (byte === CLOSE[0] || byte === CLOSE[1]) this.#close()
      else if (this.#depth === 0) {
        if (this.#isBegun || !BOM.includes(byte)) throw notCollection()
      } else if (byte !== COLON && this.#depth === 1) this.#key = ''
    }
    this.#inString = inString
    this.#isEscaped = isEscaped
    if (keyFrom >= 0) this.#key += chunk.toString('latin1', keyFrom)
    if (this.#start >= 0 || this.#beforeBytes > 0) this.#keep(chunk)
  }

  #open(byte: number): void {
    this.#isBegun = true
    if (this.#isOver || (this.#depth === 0 && byte !== OPEN[0])) throw notCollection()
    if (this.#depth === 1 && byte === OPEN[1] && this.#key === FEATURES) this.#isFeatures = this.#hasFeatures = true
    this.#depth++
  }

  #close(): void {
    this.#depth--
    if (this.#depth === 1) {
      this.#isFeatures = false
      this.#key = ''
    }
    if (this.#depth < 0) throw notCollection()
    if (this.#depth === 0) this.#isOver = true
  }

  #element(chunk: Buffer, end: number): unknown {
    this.#count++
    const from = Math.max(0, this.#start)
    const text =
      this.#beforeBytes === 0
        ? chunk.toString('utf8', from, end)
        : Buffer.concat([...this.#before, chunk.subarray(0, end)]).toString('utf8')
    this.#start = -1
    this.#before = []
    this.#beforeBytes = 0
    try {
      return JSON.parse(text) as unknown
    } catch (error) {
      throw new Error(`cannot be read: feature ${this.#count}: ${(error as Error).message}`, { cause: error })
    }
  }

  #keep(chunk: Buffer): void {
    const piece = Buffer.from(chunk.subarray(Math.max(0, this.#start)))
    this.#before.push(piece)
    this.#beforeBytes += piece.length
    this.#start = -1
    if (this.#beforeBytes <= FEATURE_BYTES_MAX) return
    throw new Error(`cannot be read: feature ${this.#count + 1} is larger than ${FEATURE_BYTES_MAX} bytes`)
  }
}

function notCollection(): Error {
  return new Error('is not a GeoJSON FeatureCollection')
}

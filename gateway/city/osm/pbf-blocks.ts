import { open, type FileHandle } from 'node:fs/promises'
import { inflateSync } from 'node:zlib'
import { Fault, reasonOf } from '../../../domain/fault.ts'
import { broken, ProtobufReader } from './protobuf.ts'

/** The format's own limits: a header of 64 KiB, a block of 32 MiB, before and after it is unpacked. */
const HEADER_BYTES_MAX = 64 * 1024
const BLOB_BYTES_MAX = 32 * 1024 * 1024
/** What this reader understands; a file that needs more says so in its first block. */
const KNOWN_FEATURES = new Set(['OsmSchema-V0.6', 'DenseNodes'])
const PACKINGS: Readonly<Record<number, string>> = { 4: 'lzma', 5: 'bzip2', 6: 'lz4', 7: 'zstd' }

/**
 * The unpacked `OSMData` blocks of a `.osm.pbf` file, one after the other; in memory is one block at a time (≤ 64 MiB, mostly < 1 MiB).
 *
 *     4 bytes length, big-endian │ BlobHeader {type, datasize} │ Blob {raw | raw_size, zlib_data} │ 4 bytes …
 *
 * @param onBytes how far the file has been read, for a progress bar
 * @throws Fault `city-invalid` in the operator's words, with the place in the file
 */
export async function* readBlocks(path: string, onBytes: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r')
  try {
    let at = 0
    let hasHeader = false
    for (;;) {
      const frame = await readFrame(file, at)
      if (frame === null) break
      at = frame.end
      onBytes(at)
      if (frame.type === 'OSMHeader') {
        checkFeatures(unpacked(frame.blob, frame.start))
        hasHeader = true
      } else if (frame.type === 'OSMData') {
        if (!hasHeader) throw broken('it has no header block before its first data')
        yield unpacked(frame.blob, frame.start)
      }
    }
    if (!hasHeader) throw broken('it is empty')
  } finally {
    await file.close()
  }
}

interface Frame {
  type: string
  blob: Uint8Array
  start: number
  end: number
}

async function readFrame(file: FileHandle, start: number): Promise<Frame | null> {
  const size = await readExactly(file, start, 4, true)
  if (size === null) return null
  const headerBytes = new DataView(size.buffer, size.byteOffset).getUint32(0)
  if (headerBytes > HEADER_BYTES_MAX) throw broken(`a block header of ${headerBytes} bytes at byte ${start}`)
  const header = new ProtobufReader((await readExactly(file, start + 4, headerBytes))!)
  let type = ''
  let dataBytes = -1
  for (let field = header.next(); field !== 0; field = header.next()) {
    if (field === 1) type = Buffer.from(header.bytes()).toString('latin1')
    else if (field === 3) dataBytes = header.signed()
    else header.skip()
  }
  if (dataBytes < 0 || dataBytes > BLOB_BYTES_MAX) throw broken(`a block of ${dataBytes} bytes at byte ${start}`)
  const blobAt = start + 4 + headerBytes
  return { type, blob: (await readExactly(file, blobAt, dataBytes))!, start, end: blobAt + dataBytes }
}

async function readExactly(file: FileHandle, at: number, length: number, mayEnd = false): Promise<Uint8Array | null> {
  const bytes = new Uint8Array(length)
  let got = 0
  while (got < length) {
    const { bytesRead } = await file.read(bytes, got, length - got, at + got)
    if (bytesRead === 0) break
    got += bytesRead
  }
  if (got === 0 && mayEnd) return null
  if (got < length) throw broken(`it ends in the middle of a block, at byte ${at + got}; is the download complete?`)
  return bytes
}

function unpacked(blob: Uint8Array, at: number): Uint8Array {
  const reader = new ProtobufReader(blob)
  let rawBytes = BLOB_BYTES_MAX
  let packed: Uint8Array | null = null
  let raw: Uint8Array | null = null
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) raw = reader.bytes()
    else if (field === 2) rawBytes = reader.signed()
    else if (field === 3) packed = reader.bytes()
    else {
      const packing = PACKINGS[field]
      if (packing !== undefined) throw unknownPacking(packing)
      reader.skip()
    }
  }
  if (raw) return raw
  if (!packed) throw broken(`a block without data at byte ${at}`)
  try {
    return inflateSync(packed, { maxOutputLength: Math.max(1, Math.min(BLOB_BYTES_MAX, rawBytes)) })
  } catch (error) {
    throw broken(`the block at byte ${at} cannot be unpacked (${reasonOf(error)})`)
  }
}

function unknownPacking(name: string): Fault {
  const hint =
    'write it anew with `osmium cat extract.osm.pbf -o roads.osm.pbf --output-format pbf,pbf_compression=zlib`'
  return new Fault('city-invalid', `the blocks of this file are packed with ${name}, expected zlib: ${hint}`)
}

function checkFeatures(block: Uint8Array): void {
  const reader = new ProtobufReader(block)
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field !== 4) {
      reader.skip()
      continue
    }
    const feature = Buffer.from(reader.bytes()).toString('utf8')
    if (!KNOWN_FEATURES.has(feature)) throw broken(`it needs a reader that knows ${feature}`)
  }
}

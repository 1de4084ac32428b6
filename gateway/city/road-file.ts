import { crc32 } from 'node:zlib'
import type { RoadGraph } from '../../domain/roads/graph.ts'

/**
 * The checked roads as one compact file of our own, so that a restart does not read, check and build them again: about a fifth of the
 * GeoJSON's bytes and no parsing. Only this program's own cache: whatever is not exactly as expected is not read but rebuilt.
 *
 *     "VROADS01" │ header bytes u32 │ crc32 u32 of all that follows │ header JSON, padded to 8 │ arrays, each padded to 8
 */
const MAGIC = 'VROADS01'
const HEAD_BYTES = 16

const FLOATS = ['lng', 'lat', 'edgeLengthM', 'forwardS', 'backwardS', 'shapeLng', 'shapeLat', 'shapeAtM'] as const
const INTEGERS = ['edgeFrom', 'edgeTo', 'outStart', 'outArc', 'inStart', 'inArc', 'shapeStart'] as const
const ARRAYS = [...FLOATS, ...INTEGERS, 'edgeClass', 'junctionIds', 'edgeIds', 'edgeNames'] as const

export interface RoadFile {
  /** What it was made from; another key: another city, or another program. */
  key: string
  /** JSON of the rest of the city. */
  rest: unknown
  graph: RoadGraph
  /** Name of each kept edge; "": none. */
  edgeNames: string[]
}

interface Header {
  key: string
  rest: unknown
  leftOut: RoadGraph['leftOut']
  bytes: Record<(typeof ARRAYS)[number], number>
}

/** The file's bytes in the order in which they are written. The graph must be as it was built: without closures. */
export function encodeRoadFile({ key, rest, graph, edgeNames }: RoadFile): Uint8Array[] {
  const names = { junctionIds: graph.junctionIds, edgeIds: graph.edgeIds, edgeNames }
  const parts = ARRAYS.map((name): Uint8Array => {
    if (name === 'junctionIds' || name === 'edgeIds' || name === 'edgeNames') return Buffer.from(names[name].join('\n'))
    const { buffer, byteOffset, byteLength } = graph[name]
    return new Uint8Array(buffer, byteOffset, byteLength)
  })
  const bytes = Object.fromEntries(ARRAYS.map((name, i) => [name, parts[i]!.byteLength])) as Header['bytes']
  const header: Header = { key, rest, leftOut: graph.leftOut, bytes }
  const body = [Buffer.from(JSON.stringify(header)), ...parts].flatMap((part) => [part, padding(part.byteLength)])
  const head = Buffer.alloc(HEAD_BYTES)
  head.write(MAGIC, 'latin1')
  head.writeUInt32LE(body[0]!.byteLength, 8)
  head.writeUInt32LE(
    body.reduce((crc, part) => crc32(part, crc), 0),
    12,
  )
  return [head, ...body]
}

/** @returns why it cannot be used, or the roads; the arrays lie in `buffer` itself, nothing is copied */
export function decodeRoadFile(buffer: ArrayBuffer, key: string): RoadFile | { why: string } {
  const bytes = Buffer.from(buffer)
  if (bytes.length < HEAD_BYTES || bytes.toString('latin1', 0, 8) !== MAGIC) return { why: 'another format' }
  if (crc32(bytes.subarray(HEAD_BYTES)) !== bytes.readUInt32LE(12)) return { why: 'damaged' }
  const headerBytes = bytes.readUInt32LE(8)
  const header = JSON.parse(bytes.toString('utf8', HEAD_BYTES, HEAD_BYTES + headerBytes)) as Header
  if (header.key !== key) return { why: 'the city has changed' }
  let at = HEAD_BYTES + padded(headerBytes)
  const places = new Map<string, { at: number; length: number }>()
  for (const name of ARRAYS) {
    places.set(name, { at, length: header.bytes[name] })
    at += padded(header.bytes[name])
  }
  if (at !== bytes.length) return { why: 'another length' }
  const floats = (name: (typeof FLOATS)[number]) =>
    new Float64Array(buffer, places.get(name)!.at, places.get(name)!.length / 8)
  const integers = (name: (typeof INTEGERS)[number]) =>
    new Int32Array(buffer, places.get(name)!.at, places.get(name)!.length / 4)
  const strings = (name: 'junctionIds' | 'edgeIds' | 'edgeNames', count: number) => {
    const { at: start, length } = places.get(name)!
    return count === 0 ? [] : bytes.toString('utf8', start, start + length).split('\n')
  }
  const { at: classAt, length: edgeCount } = places.get('edgeClass')!
  const numbers = {
    ...Object.fromEntries(FLOATS.map((name) => [name, floats(name)])),
    ...Object.fromEntries(INTEGERS.map((name) => [name, integers(name)])),
  } as Record<(typeof FLOATS)[number], Float64Array> & Record<(typeof INTEGERS)[number], Int32Array>
  const graph: RoadGraph = {
    ...numbers,
    junctionCount: numbers.lng.length,
    edgeCount,
    junctionIds: strings('junctionIds', numbers.lng.length),
    edgeIds: strings('edgeIds', edgeCount),
    edgeClass: new Uint8Array(buffer, classAt, edgeCount),
    partForwardS: numbers.forwardS,
    partBackwardS: numbers.backwardS,
    leftOut: header.leftOut,
  }
  return { key, rest: header.rest, graph, edgeNames: strings('edgeNames', edgeCount) }
}

function padded(length: number): number {
  return Math.ceil(length / 8) * 8
}

function padding(length: number): Uint8Array {
  return new Uint8Array(padded(length) - length)
}

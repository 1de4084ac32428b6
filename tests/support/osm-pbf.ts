import { closeSync, openSync, writeSync } from 'node:fs'
import { deflateSync } from 'node:zlib'

export interface OsmNode {
  id: number
  lng: number
  lat: number
}
export interface OsmWay {
  id: number
  tags: Record<string, string>
  refs: readonly number[]
}

export interface PbfOptions {
  packing?: 'zlib' | 'raw'
  /** Nodes one by one instead of dense. */
  plainNodes?: boolean
  perBlock?: number
  granularity?: number
  lngOffset?: number
  latOffset?: number
  features?: readonly string[]
}

/** Bytes of protocol-buffer fields: written here from the format's description, without a look at the reader. */
class Fields {
  #bytes = Buffer.alloc(1024)
  #length = 0

  #room(count: number): void {
    if (this.#length + count <= this.#bytes.length) return
    const wider = Buffer.alloc(Math.max(this.#bytes.length * 2, this.#length + count))
    this.#bytes.copy(wider)
    this.#bytes = wider
  }
  number(value: number): this {
    this.#room(10)
    if (value >= 0 && value < 2 ** 31) {
      let rest = value
      for (; rest > 127; rest >>>= 7) this.#bytes[this.#length++] = (rest & 127) | 128
      this.#bytes[this.#length++] = rest
      return this
    }
    let rest = BigInt.asUintN(64, BigInt(value))
    for (; rest > 127n; rest >>= 7n) this.#bytes[this.#length++] = Number(rest & 127n) | 128
    this.#bytes[this.#length++] = Number(rest)
    return this
  }
  zigzag(value: number): this {
    return this.number(value >= 0 ? value * 2 : -value * 2 - 1)
  }
  integer(field: number, value: number): this {
    return this.number(field * 8).number(value)
  }
  bytes(field: number, value: Uint8Array): this {
    this.number(field * 8 + 2).number(value.length)
    this.#room(value.length)
    this.#bytes.set(value, this.#length)
    this.#length += value.length
    return this
  }
  text(field: number, value: string): this {
    return this.bytes(field, Buffer.from(value))
  }
  done(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#length))
  }
}

function packed(values: readonly number[], put: (fields: Fields, value: number) => void): Buffer {
  const fields = new Fields()
  for (const value of values) put(fields, value)
  return fields.done()
}

function differences(values: readonly number[]): number[] {
  return values.map((value, i) => (i === 0 ? value : value - values[i - 1]!))
}

/** Writes a real `.osm.pbf`: a header, then blocks of nodes, then blocks of ways, as the planet's own writer orders them. */
export function writePbf(
  path: string,
  nodes: Iterable<OsmNode>,
  ways: Iterable<OsmWay>,
  options: PbfOptions = {},
): void {
  const file = openSync(path, 'w')
  const block = (type: string, data: Buffer): void => {
    const blob = new Fields()
    if (options.packing === 'raw') blob.bytes(1, data)
    else blob.integer(2, data.length).bytes(3, deflateSync(data))
    const body = blob.done()
    const header = new Fields().text(1, type).integer(3, body.length).done()
    const size = Buffer.alloc(4)
    size.writeUInt32BE(header.length)
    writeSync(file, Buffer.concat([size, header, body]))
  }
  const head = new Fields()
  for (const feature of options.features ?? ['OsmSchema-V0.6', 'DenseNodes']) head.text(4, feature)
  block('OSMHeader', head.text(16, 'vigil tests').done())
  const perBlock = options.perBlock ?? 8000
  for (const some of chunks(nodes, perBlock)) block('OSMData', nodeBlock(some, options))
  for (const some of chunks(ways, perBlock)) block('OSMData', wayBlock(some))
  closeSync(file)
}

function nodeBlock(nodes: readonly OsmNode[], options: PbfOptions): Buffer {
  const { granularity = 100, lngOffset = 0, latOffset = 0 } = options
  const lngs = nodes.map(({ lng }) => Math.round((lng * 1e9 - lngOffset) / granularity))
  const lats = nodes.map(({ lat }) => Math.round((lat * 1e9 - latOffset) / granularity))
  const group = new Fields()
  if (options.plainNodes) {
    for (const [i, { id }] of nodes.entries()) {
      const node = new Fields().number(8).zigzag(id)
      node.number(64).zigzag(lats[i]!).number(72).zigzag(lngs[i]!)
      group.bytes(1, node.done())
    }
  } else {
    const list = (values: readonly number[]) => packed(differences(values), (fields, value) => fields.zigzag(value))
    const dense = new Fields()
    dense.bytes(1, list(nodes.map(({ id }) => id))).bytes(8, list(lats)).bytes(9, list(lngs)) // prettier-ignore
    group.bytes(2, dense.done())
  }
  const block = new Fields().bytes(1, new Fields().text(1, '').done()).bytes(2, group.done())
  return block.integer(17, granularity).integer(19, latOffset).integer(20, lngOffset).done()
}

function wayBlock(ways: readonly OsmWay[]): Buffer {
  const words = new Map<string, number>([['', 0]])
  const number = (word: string): number => {
    if (!words.has(word)) words.set(word, words.size)
    return words.get(word)!
  }
  const group = new Fields()
  for (const { id, tags, refs } of ways) {
    const way = new Fields().integer(1, id)
    way.bytes(
      2,
      packed(Object.keys(tags).map(number), (fields, value) => fields.number(value)),
    )
    way.bytes(
      3,
      packed(Object.values(tags).map(number), (fields, value) => fields.number(value)),
    )
    way.bytes(
      8,
      packed(differences(refs), (fields, value) => fields.zigzag(value)),
    )
    group.bytes(3, way.done())
  }
  const table = new Fields()
  for (const word of words.keys()) table.text(1, word)
  return new Fields().bytes(1, table.done()).bytes(2, group.done()).done()
}

function* chunks<T>(items: Iterable<T>, size: number): Generator<T[]> {
  let some: T[] = []
  for (const item of items) {
    some.push(item)
    if (some.length < size) continue
    yield some
    some = []
  }
  if (some.length > 0) yield some
}

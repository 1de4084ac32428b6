import { broken, ProtobufReader } from './protobuf.ts'

/** Called for what a block holds; absent: that part of the block is skipped unread. */
export interface BlockVisitor {
  /** `refs` is reused: what is to be kept is copied. */
  way?: (id: number, tags: ReadonlyMap<string, string>, refs: readonly number[]) => void
  /** Degrees. */
  node?: (id: number, lng: number, lat: number) => void
}

const NANO = 1e-9
const KEY_FIELD = 2
const VALUE_FIELD = 3

/**
 * Reads one `PrimitiveBlock`: ways with their tags, nodes (dense or single) with their places. Relations and change sets are skipped.
 * Ids and coordinates of dense nodes are differences to the one before.
 */
export function readPrimitiveBlock(block: Uint8Array, visitor: BlockVisitor): void {
  const groups: ProtobufReader[] = []
  const words = new Words()
  const grid = { granularity: 100, lngOffset: 0, latOffset: 0 }
  const reader = new ProtobufReader(block)
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) words.read(reader.nested())
    else if (field === 2) groups.push(reader.nested())
    else if (field === 17) grid.granularity = reader.signed()
    else if (field === 19) grid.latOffset = reader.signed()
    else if (field === 20) grid.lngOffset = reader.signed()
    else reader.skip()
  }
  const place = (id: number, lng: number, lat: number): void =>
    visitor.node?.(
      id,
      (grid.lngOffset + lng * grid.granularity) * NANO,
      (grid.latOffset + lat * grid.granularity) * NANO,
    )
  for (const group of groups) {
    for (let field = group.next(); field !== 0; field = group.next()) {
      if (field === 1 && visitor.node) readNode(group.nested(), place)
      else if (field === 2 && visitor.node) readDense(group.nested(), place)
      else if (field === 3 && visitor.way) readWay(group.nested(), words, visitor.way)
      else group.skip()
    }
  }
}

/** The block's string table; a word is decoded when it is first used. */
class Words {
  readonly #raw: Uint8Array[] = []
  readonly #text: (string | undefined)[] = []

  read(table: ProtobufReader): void {
    for (let field = table.next(); field !== 0; field = table.next()) {
      if (field === 1) this.#raw.push(table.bytes())
      else table.skip()
    }
  }

  at(index: number): string {
    const known = this.#text[index]
    if (known !== undefined) return known
    const raw = this.#raw[index]
    if (raw === undefined) throw broken(`word ${index} of a block that has ${this.#raw.length}`)
    const text = Buffer.from(raw).toString('utf8')
    this.#text[index] = text
    return text
  }
}

type Place = (id: number, lng: number, lat: number) => void

function readNode(node: ProtobufReader, place: Place): void {
  let id = 0
  let lng = 0
  let lat = 0
  for (let field = node.next(); field !== 0; field = node.next()) {
    if (field === 1) id = node.zigzag()
    else if (field === 8) lat = node.zigzag()
    else if (field === 9) lng = node.zigzag()
    else node.skip()
  }
  place(id, lng, lat)
}

function readDense(dense: ProtobufReader, place: Place): void {
  const lists: Partial<Record<number, ProtobufReader>> = {}
  for (let field = dense.next(); field !== 0; field = dense.next()) {
    if (field === 1 || field === 8 || field === 9) lists[field] = dense.nested()
    else dense.skip()
  }
  const { 1: ids, 8: lats, 9: lngs } = lists
  if (!ids) return
  if (!lats || !lngs) throw broken('nodes without places')
  let [id, lng, lat] = [0, 0, 0]
  while (!ids.isAtEnd) {
    id += ids.zigzag()
    lat += lats.zigzag()
    lng += lngs.zigzag()
    place(id, lng, lat)
  }
}

const refs: number[] = []

function readWay(way: ProtobufReader, words: Words, see: NonNullable<BlockVisitor['way']>): void {
  let id = 0
  const lists: Partial<Record<number, ProtobufReader>> = {}
  refs.length = 0
  for (let field = way.next(); field !== 0; field = way.next()) {
    if (field === 1) id = way.signed()
    else if (field === KEY_FIELD || field === VALUE_FIELD) lists[field] = way.nested()
    else if (field === 8) {
      const list = way.nested()
      for (let ref = 0; !list.isAtEnd;) refs.push((ref += list.zigzag()))
    } else way.skip()
  }
  const tags = new Map<string, string>()
  const { [KEY_FIELD]: keys, [VALUE_FIELD]: values } = lists
  if (keys && !values) throw broken('keys without values')
  if (keys && values) {
    while (!keys.isAtEnd) tags.set(words.at(keys.unsigned()), words.at(values.unsigned()))
  }
  see(id, tags, refs)
}

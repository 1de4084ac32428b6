/** One element of a camera's answer: local names only, namespaces resolved. */
export interface XmlElement {
  name: string
  /** Empty: none was declared. */
  namespace: string
  attributes: ReadonlyMap<string, string>
  children: XmlElement[]
  text: string
}

/** A hundred notifications have 3,000 elements; what has more is no answer to a question of ours. */
const ELEMENTS_MAX = 20_000
const DEPTH_MAX = 40
const CDATA = '<![CDATA['
/** What is no element, with its end. */
const ASIDES = [
  [CDATA, ']]>'],
  ['<!--', '-->'],
  ['<?', '?>'],
] as const
/** Names begin where a word begins, else each of a long word's letters would be tried to its end. */
const ATTRIBUTE = /(?<![^\s="'])([^\s="']+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g
/** Cameras declare some seventy; each element that declares one more copies those around it. */
const SPACES_MAX = 200

/**
 * Reads a SOAP answer. No document types, no entities but the five and character numbers, so nothing can grow. Linear in its length.
 * @returns the root; null for what is not XML, is cut short or has too much in it
 */
export function readXml(text: string): XmlElement | null {
  const root: XmlElement = { name: '', namespace: '', attributes: new Map(), children: [], text: '' }
  const open: { element: XmlElement; spaces: ReadonlyMap<string, string> }[] = [{ element: root, spaces: new Map() }]
  let elements = 0
  for (let at = 0; ;) {
    const { element: top, spaces: outer } = open.at(-1)!
    const start = text.indexOf('<', at)
    top.text += plain(text.slice(at, start < 0 ? undefined : start))
    if (start < 0) break
    const aside = ASIDES.find(([begin]) => text.startsWith(begin, start))
    const end = aside ? text.indexOf(aside[1], start + aside[0].length) : endOfTag(text, start)
    if (end < 0) return null
    at = end + (aside ? aside[1].length : 1)
    if (aside) {
      if (aside[0] === CDATA) top.text += text.slice(start + CDATA.length, end)
      continue
    }
    const [, slash, tag, rest = ''] = /^(\/?)([^\s/!]+)([^]*)$/.exec(text.slice(start + 1, end)) ?? []
    // A document type is the only other thing that begins like this, and the only one with entities of its own.
    if (tag === undefined) return null
    if (slash === '/') {
      if (open.length < 2 || top.name !== localOf(tag)) return null
      open.pop()
      continue
    }
    if (++elements > ELEMENTS_MAX || open.length > DEPTH_MAX) return null
    const { attributes, spaces } = readAttributes(rest, outer)
    const namespace = spaces.get(tag.includes(':') ? tag.slice(0, tag.indexOf(':')) : '') ?? ''
    const element: XmlElement = { name: localOf(tag), namespace, attributes, children: [], text: '' }
    top.children.push(element)
    if (!rest.endsWith('/')) open.push({ element, spaces })
  }
  return open.length === 1 && root.children.length === 1 ? root.children[0]! : null
}

/** Quotes may hold a `>`. Each character is looked at once. */
function endOfTag(text: string, start: number): number {
  let quote = ''
  for (let at = start + 1; at < text.length; at++) {
    const sign = text[at]!
    if (quote !== '') quote = sign === quote ? '' : quote
    else if (sign === '"' || sign === "'") quote = sign
    else if (sign === '>') return at
  }
  return -1
}

/** The first of this name below, at any depth, in the order of the text. */
export function firstOf(element: XmlElement, name: string): XmlElement | null {
  for (const child of element.children) {
    const found = child.name === name ? child : firstOf(child, name)
    if (found) return found
  }
  return null
}

/** All of this name below, none within another of them. */
export function allOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.flatMap((child) => (child.name === name ? [child] : allOf(child, name)))
}

export function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

function localOf(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

function readAttributes(text: string, outer: ReadonlyMap<string, string>) {
  const attributes = new Map<string, string>()
  let own: Map<string, string> | null = null
  for (const [, name = '', double, single] of text.matchAll(ATTRIBUTE)) {
    const value = plain(double ?? single ?? '')
    if (name === 'xmlns' || name.startsWith('xmlns:')) {
      own ??= new Map(outer)
      if (own.size < SPACES_MAX) own.set(name.slice(6), value)
    } else attributes.set(localOf(name), value)
  }
  return { attributes, spaces: own ?? outer }
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function plain(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]+));/gi, (whole, decimal, hex, name) => {
    const code = decimal !== undefined ? Number(decimal) : hex !== undefined ? Number.parseInt(hex as string, 16) : -1
    if (code >= 0) return code <= 0x10ffff ? String.fromCodePoint(code) : whole
    return ENTITIES[name as string] ?? whole
  })
}

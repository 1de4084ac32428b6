import type { Spelling } from './spell.ts'

export type FoundKind = 'incident' | 'camera' | 'site' | 'patrol' | 'vehicle'

/** Something that can be opened by its name. */
export interface Entry {
  kind: FoundKind
  id: string
  name: string
  /** Numbers, plates, ids, the name in the other language. */
  aliases: readonly string[]
}

/** What stands first when the names fit equally well: what is happening, then who can help, then what can be looked at. */
const KIND_ORDER: readonly FoundKind[] = ['incident', 'patrol', 'camera', 'site', 'vehicle']

/**
 * The entries that fit what was typed, best first: the whole name, then how it begins, then initials, then the full spelling,
 * then anywhere. Several words must all fit. Pure; price: one pass over the entries.
 * @param spell pinyin of a name
 */
export function findEntries(
  typed: string,
  entries: Iterable<Entry>,
  spell: (name: string) => Spelling,
  max: number,
): Entry[] {
  const words = typed.trim().toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return []
  const found: { entry: Entry; rank: number }[] = []
  for (const entry of entries) {
    let rank = 0
    for (const word of words) rank = Math.max(rank, rankOf(word, entry, spell))
    if (rank < NONE) found.push({ entry, rank: rank * KIND_ORDER.length + KIND_ORDER.indexOf(entry.kind) })
  }
  return found
    .sort(
      (a, b) => a.rank - b.rank || a.entry.name.length - b.entry.name.length || (a.entry.name < b.entry.name ? -1 : 1),
    )
    .slice(0, max)
    .map(({ entry }) => entry)
}

const NONE = 9
/** One letter of pinyin would find half the district. */
const LETTERS_MIN = 2

function rankOf(word: string, entry: Entry, spell: (name: string) => Spelling): number {
  const texts = [entry.name, ...entry.aliases].map((text) => text.toLowerCase())
  if (texts.includes(word)) return 0
  const isLetters = word.length >= LETTERS_MIN && /^[a-z0-9]+$/.test(word)
  const { full, initials } = isLetters ? spell(entry.name) : { full: '', initials: '' }
  if (isLetters && (initials === word || full === word)) return 1
  if (texts.some((text) => text.startsWith(word))) return 2
  if (isLetters && initials.startsWith(word)) return 3
  if (isLetters && full.startsWith(word)) return 4
  if (texts.some((text) => text.includes(word))) return 5
  if (isLetters && initials.includes(word)) return 6
  if (isLetters && full.includes(word)) return 7
  return NONE
}

import { readingsOf } from './pinyin-door.ts'

/** How a name is typed on a keyboard without an input method. */
export interface Spelling {
  /** `haiwanshiyanxiaoxue` */
  full: string
  /** `hwsyxx` */
  initials: string
}

/** A district's names and a fleet's plates; beyond it the oldest are read again when they are needed. */
const NAMES_MAX = 30_000
const known = new Map<string, Spelling>()

const CHINESE = /\p{Script=Han}/u

/** The words around a character decide its reading: 银行 is yinhang, 步行 is buxing. Price: 20 µs, once per name. */
export function spell(name: string): Spelling {
  const before = known.get(name)
  if (before) return before
  const lower = name.toLowerCase()
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
  const spelling = CHINESE.test(name)
    ? spellingOf(readingsOf(lower, { toneType: 'none', type: 'array', v: true }), plain)
    : { full: plain(name), initials: plain(name) }
  if (known.size >= NAMES_MAX) known.delete([...known.keys()][0]!)
  known.set(name, spelling)
  return spelling
}

function spellingOf(syllables: readonly string[], plain: (text: string) => string): Spelling {
  const clean = syllables.map(plain)
  return { full: clean.join(''), initials: clean.map((syllable) => syllable[0] ?? '').join('') }
}

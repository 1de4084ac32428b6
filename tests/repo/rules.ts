import { dirname, join, normalize } from 'node:path/posix'

/** The house rules: pure functions over the tree's files, so that each can be shown a planted violation first. */

export interface SourceFile {
  /** From the repository's root, with forward slashes. */
  path: string
  text: string
}

export interface Violation {
  path: string
  what: string
}

/** "May import": the folders that each top-level folder may reach into besides itself. */
const LAYERS: Record<string, readonly string[]> = {
  domain: [],
  devices: ['domain'],
  streamer: ['devices', 'domain'],
  gateway: ['devices', 'domain'],
  'command-ui': ['domain'],
  simulators: ['domain'],
  deploy: ['domain'],
  tests: ['domain', 'devices', 'streamer', 'gateway', 'command-ui', 'simulators', 'deploy'],
}

/** Frameworks that are the language of their folder, not a part that could be exchanged behind a door. */
const NO_DOOR = new Set(['react', 'react-dom', 'vitest', 'vite', '@vitejs/plugin-react'])

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g

/** What a file imports, type-only imports included. */
export function importsOf(file: SourceFile): { target: string; isType: boolean }[] {
  const found: { target: string; isType: boolean }[] = []
  for (const match of file.text.matchAll(IMPORT))
    found.push({ target: (match[2] ?? match[3])!, isType: Boolean(match[1]) })
  return found
}

function topOf(path: string): string {
  return path.split('/')[0]!
}

function resolveImport(file: SourceFile, target: string): string {
  return normalize(join(dirname(file.path), target.replace(/\?.*$/, '')))
}

export function layerViolations(files: readonly SourceFile[]): Violation[] {
  const violations: Violation[] = []
  for (const file of files) {
    const allowed = LAYERS[topOf(file.path)]
    if (!allowed) continue
    for (const { target } of importsOf(file)) {
      if (!target.startsWith('.')) {
        if (topOf(file.path) === 'domain' && target.startsWith('node:')) {
          violations.push({ path: file.path, what: `domain is pure and may not import ${target}` })
        }
        continue
      }
      const top = topOf(resolveImport(file, target))
      if (top !== topOf(file.path) && !allowed.includes(top)) {
        violations.push({ path: file.path, what: `${topOf(file.path)} may not import ${top} (${target})` })
      }
    }
  }
  return violations
}

/** Every cycle of imports that exist at run time, each reported once by its smallest file. */
export function cycleViolations(files: readonly SourceFile[]): Violation[] {
  const known = new Set(files.map((file) => file.path))
  const edges = new Map(
    files.map((file) => [
      file.path,
      importsOf(file)
        .filter(({ target, isType }) => target.startsWith('.') && !isType)
        .map(({ target }) => resolveImport(file, target))
        .filter((path) => known.has(path)),
    ]),
  )
  const violations: Violation[] = []
  const state = new Map<string, 'open' | 'done'>()
  const trail: string[] = []
  const visit = (path: string): void => {
    state.set(path, 'open')
    trail.push(path)
    for (const next of edges.get(path) ?? []) {
      if (state.get(next) === 'open') {
        const cycle = trail.slice(trail.indexOf(next))
        violations.push({ path: next, what: `import cycle: ${[...cycle, next].join(' → ')}` })
      } else if (!state.has(next)) visit(next)
    }
    trail.pop()
    state.set(path, 'done')
  }
  for (const file of files) if (!state.has(file.path)) visit(file.path)
  return violations
}

/** Each third-party package is imported in one file per top-level folder, so that changing that file replaces it. */
export function doorViolations(files: readonly SourceFile[]): Violation[] {
  const doors = new Map<string, Set<string>>()
  for (const file of files) {
    const top = topOf(file.path)
    if (top === 'tests') continue
    for (const { target, isType } of importsOf(file)) {
      if (isType || target.startsWith('.') || target.startsWith('node:')) continue
      const name = target.startsWith('@') ? target.split('/').slice(0, 2).join('/') : target.split('/')[0]!
      if (NO_DOOR.has(name)) continue
      const key = `${top} ${name}`
      doors.set(key, (doors.get(key) ?? new Set()).add(file.path))
    }
  }
  return [...doors].flatMap(([key, paths]) =>
    paths.size > 1 ? [{ path: [...paths].join(', '), what: `more than one door to ${key.split(' ')[1]!}` }] : [],
  )
}

const LINES_MAX = 320

export function lengthViolations(files: readonly SourceFile[]): Violation[] {
  return files.flatMap((file) => {
    const lines = file.text.split('\n').length
    return lines > LINES_MAX ? [{ path: file.path, what: `${lines} lines: is there a second room inside?` }] : []
  })
}

/** Wall and monotonic clocks are read in the clock modules only; everything else is given a `Clock`. */
const CLOCK_FILES = new Set(['domain/clock.ts', 'command-ui/data/clock.ts'])
const CLOCK_READ = /\bDate\.now\(|\bperformance\.now\(|\bnew Date\(\s*\)|\bprocess\.hrtime/

export function clockViolations(files: readonly SourceFile[]): Violation[] {
  return files.flatMap((file) => {
    if (topOf(file.path) === 'tests' || CLOCK_FILES.has(file.path)) return []
    const line = codeLines(file).find((text) => CLOCK_READ.test(text))
    return line ? [{ path: file.path, what: `reads the clock by itself: ${line.trim()}` }] : []
  })
}

const LEFT_OVER = new RegExp(
  `\\b(${[
    ['TO', 'DO'],
    ['FIX', 'ME'],
    ['XX', 'X'],
    ['HA', 'CK'],
  ]
    .map((halves) => halves.join(''))
    .join('|')})\\b`,
)
const EMPTY_CATCH = /catch\s*(\([^)]*\))?\s*\{\s*\}|\.catch\(\(\)\s*=>\s*(\{\s*\}|undefined|null)\)/

export function leftOverViolations(files: readonly SourceFile[]): Violation[] {
  return files.flatMap((file) => {
    const found: Violation[] = []
    if (LEFT_OVER.test(file.text)) found.push({ path: file.path, what: 'an unfinished-work marker' })
    if (EMPTY_CATCH.test(file.text)) found.push({ path: file.path, what: 'an error swallowed without a word' })
    return found
  })
}

function codeLines(file: SourceFile): string[] {
  return file.text.split('\n').filter((line) => !/^\s*(\/\/|\*|\/\*)/.test(line))
}

/** Where words for people may stand: the dictionaries. The map has its own, as it is also drawn without the desk; its signs are one letter. */
const WORDS_OF_ITS_OWN =
  /^command-ui\/(i18n\/|map\/map-words\.ts|map\/map-images\.ts|map\/harness|patrol\/shell-worker\.ts|vite\.config)/
const HAN = /[\u4e00-\u9fff]/
/** A name of a language is written in that language, whichever is spoken. */
const LANGUAGE_NAMES = new Set(['中文', 'English'])
/** Two words or more between tags, or in what is read out or shown in a field. */
const TAG_WORDS = />\s*([A-Za-z][A-Za-z’'-]+(?:\s+[A-Za-z’'-]+)*[.!?]?)\s*<\/[a-z]/g
const SAID_WORDS = /\b(?:aria-label|placeholder|title|alt)="([^"]*[A-Za-z]{2}[^"]*)"/g

/** A sentence that a dictionary does not have is shown to somebody who cannot read it. */
export function wordViolations(files: readonly SourceFile[]): Violation[] {
  return files.flatMap((file) => {
    if (topOf(file.path) !== 'command-ui' || WORDS_OF_ITS_OWN.test(file.path)) return []
    const code = file.text.replaceAll(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, '')
    const found = code.split('\n').filter((line) => HAN.test(line) && !LANGUAGE_NAMES.has(line.trim()))
    if (file.path.endsWith('.tsx')) {
      for (const pattern of [TAG_WORDS, SAID_WORDS]) {
        for (const [, words] of code.matchAll(pattern)) if (!LANGUAGE_NAMES.has(words!.trim())) found.push(words!)
      }
    }
    return found.map((line) => ({ path: file.path, what: `words outside the dictionaries: ${line.trim()}` }))
  })
}

const BANNED = /^(manager|service|helper|helpers|util|utils|common|data|info|handle|process)$/
/** `command-ui/data/` is the one folder whose name the design fixes. */
const NAME_EXCEPTIONS = new Set(['command-ui/data'])

export function nameViolations(files: readonly SourceFile[]): Violation[] {
  const violations: Violation[] = []
  for (const { path } of files) {
    const parts = path.split('/')
    parts.forEach((part, i) => {
      const word = part.replace(/\.[a-z.]+$/, '')
      const soFar = parts.slice(0, i + 1).join('/')
      if (BANNED.test(word) && !NAME_EXCEPTIONS.has(soFar)) violations.push({ path, what: `"${word}" says nothing` })
    })
    const file = parts.at(-1)!
    if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*\.(ts|tsx|mjs)$/.test(file))
      violations.push({ path, what: 'not kebab-case' })
  }
  return violations
}

/** Every repository path that a document names in backticks must exist. */
export function documentViolations(documents: readonly SourceFile[], exists: (path: string) => boolean): Violation[] {
  const violations: Violation[] = []
  for (const document of documents) {
    for (const [, name] of document.text.matchAll(/`([a-z-]+\/[\w./-]+|[\w-]+\.(?:ts|mjs|json|md|yaml))`/g)) {
      const top = topOf(name!)
      if (!(top in LAYERS) && top !== 'docs' && !/^[\w-]+\.(json|md)$/.test(name!)) continue
      if (!exists(name!.replace(/\/$/, '')))
        violations.push({ path: document.path, what: `names ${name!}, which does not exist` })
    }
  }
  return violations
}

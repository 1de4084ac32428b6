import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  clockViolations,
  cycleViolations,
  documentViolations,
  doorViolations,
  layerViolations,
  leftOverViolations,
  lengthViolations,
  nameViolations,
  wordViolations,
  type SourceFile,
  type Violation,
} from './rules.ts'

const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter((path) => path !== '' && existsSync(path))
const read = (path: string): SourceFile => ({ path, text: readFileSync(path, 'utf8') })
const sources = tracked.filter((path) => /\.(ts|tsx|mjs)$/.test(path) && !path.endsWith('.d.ts')).map(read)
const documents = tracked.filter((path) => path.endsWith('.md')).map(read)

interface Rule {
  name: string
  check(files: readonly SourceFile[]): Violation[]
  /** A violation that the rule must find before it is believed. */
  planted: SourceFile[]
}

const rules: Rule[] = [
  {
    name: 'imports follow the layers',
    check: layerViolations,
    planted: [{ path: 'domain/a.ts', text: "import { x } from '../gateway/x.ts'\n" }],
  },
  {
    name: 'domain imports nothing of Node',
    check: layerViolations,
    planted: [{ path: 'domain/a.ts', text: "import { readFileSync } from 'node:fs'\n" }],
  },
  {
    name: 'imports run in no circle',
    check: cycleViolations,
    planted: [
      { path: 'domain/a.ts', text: "import { b } from './b.ts'\n" },
      { path: 'domain/b.ts', text: "import { a } from './a.ts'\n" },
    ],
  },
  {
    name: 'each package has one door per folder',
    check: doorViolations,
    planted: [
      { path: 'gateway/a.ts', text: "import pg from 'pg'\n" },
      { path: 'gateway/b.ts', text: "import { Pool } from 'pg'\n" },
    ],
  },
  { name: 'files stay short', check: lengthViolations, planted: [{ path: 'domain/a.ts', text: '\n'.repeat(400) }] },
  {
    name: 'only the clock modules read a clock',
    check: clockViolations,
    planted: [{ path: 'gateway/a.ts', text: ['const now = Date', 'now()'].join('.') }],
  },
  {
    name: 'no marker of unfinished work is left',
    check: leftOverViolations,
    planted: [{ path: 'gateway/a.ts', text: ['// TO', 'DO later'].join('') }],
  },
  {
    name: 'no error is swallowed',
    check: leftOverViolations,
    planted: [{ path: 'gateway/a.ts', text: ['try { a() } catch', '{}'].join(' ') }],
  },
  {
    name: 'Chinese words of the desk stand in its dictionaries',
    check: wordViolations,
    planted: [{ path: 'command-ui/a.ts', text: "const words = '没有报警'" }],
  },
  {
    name: 'English words of the desk stand in its dictionaries',
    check: wordViolations,
    planted: [{ path: 'command-ui/a.tsx', text: 'const a = () => <p>No alarms</p>' }],
  },
  {
    name: 'what a reader says stands in the dictionaries',
    check: wordViolations,
    planted: [{ path: 'command-ui/a.tsx', text: 'const a = () => <button aria-label="Close it" />' }],
  },
  { name: 'names say something', check: nameViolations, planted: [{ path: 'gateway/utils/a.ts', text: '' }] },
]

describe('house rules', () => {
  it('see the whole tree', () => {
    expect(sources.length).toBeGreaterThan(50)
  })
  for (const rule of rules) {
    it(`${rule.name}, and a planted violation is found`, () => {
      expect(rule.check(rule.planted)).not.toEqual([])
      expect(rule.check(sources)).toEqual([])
    })
  }
})

describe('documents', () => {
  it('name only files that exist', () => {
    const planted = [{ path: 'docs/a.md', text: 'see `gateway/nowhere.ts`' }]
    expect(documentViolations(planted, existsSync)).not.toEqual([])
    expect(documentViolations(documents, existsSync)).toEqual([])
  })
  it('the README shows both commands', () => {
    const readme = readFileSync('README.md', 'utf8')
    expect(readme).toContain('npm ci && npm start')
    expect(readme).toContain('npm ci && npm test')
  })
})

describe('dependencies', () => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, Record<string, string>>
  it('are pinned exactly', () => {
    const all = { ...manifest['dependencies'], ...manifest['devDependencies'], ...manifest['optionalDependencies'] }
    expect(Object.keys(all).length).toBeGreaterThan(20)
    for (const [name, version] of Object.entries(all)) expect(version, name).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/)
  })
  it('come with a lock file that names no host', () => {
    expect(readFileSync('package-lock.json', 'utf8')).not.toMatch(/"resolved": "http/)
  })
})

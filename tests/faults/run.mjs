/**
 * `npm run test:faults`: the fault catalogue against the compiled product, and what it measured as a page in tests/artefacts. Options: `--write` puts
 * the page into docs/promises.md; `--long` kills 100 times where the short form kills five, floods for ten minutes, runs 10,000 seeds. A name runs
 * only the files that hold it, without the page; `--quick`, as in `npm test`, those whose verdict does not hang on how busy the machine is, one at a time, in
 * about five minutes. `VIGIL_REQUIRE=strace,mount` turns a leg that would be skipped for lack of that into a failure.
 * Plain JavaScript, because it runs before anything is compiled.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sourcesOf, writePromises } from './write-promises.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const artefacts = join(root, 'tests/artefacts')
const figuresFile = join(artefacts, 'faults.jsonl')
const isLong = process.argv.includes('--long')
const isWritten = process.argv.includes('--write')
const page = isWritten ? join(root, 'docs/promises.md') : join(artefacts, 'promises.md')
const sources = sourcesOf(root)
/** They end in counts (promised, lost, twice), not in times. Floods, slow databases and thousands of desks need the machine for themselves. */
const QUICK = [
  'crash-and-outage',
  'kill-points',
  'payloads-and-races',
  'promise-order',
  'broker.fault',
  'faults/disk-full',
]
const isQuick = process.argv.includes('--quick')
const asked = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const names = isQuick ? QUICK : asked

const run = (file, args, env = {}) =>
  spawnSync(process.execPath, [join(root, file), ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  }).status ?? 1

const isBuilt = run('deploy/build.mjs', ['--if-stale']) === 0
if (!isBuilt) process.exit(1)
mkdirSync(artefacts, { recursive: true })
rmSync(figuresFile, { force: true })
// Figures that are kept are measured one scenario at a time. Else two files run beside each other: most of their time they wait.
const workers = isWritten || isLong || isQuick ? '1' : '2'
const env = { VIGIL_FAULTS_FIGURES: figuresFile, VIGIL_FAULTS_LONG: isLong ? '1' : '0', VIGIL_FAULTS_WORKERS: workers }
const vitest = (...args) => run('node_modules/vitest/vitest.mjs', ['run', ...args], env)
// Beside the words for people, numbers for whoever sums up.
const numbers = ['--reporter=default', '--reporter=json', `--outputFile.json=${join(artefacts, 'faults.json')}`]
const faults = vitest('--config', 'tests/faults/vitest.config.ts', ...numbers, ...names)
const simulation = names.length > 0 ? 0 : vitest('tests/simulation')
const figures = existsSync(figuresFile)
  ? readFileSync(figuresFile, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
  : []
const failed = faults !== 0 || simulation !== 0
if (names.length === 0) {
  await writePromises(page, figures, { sources, isLong, failed })
  process.stdout.write(`${page}: ${figures.length} figures${failed ? ', and promises that were broken' : ''}\n`)
}
process.exit(failed ? 1 : 0)

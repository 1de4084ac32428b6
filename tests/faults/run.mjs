/**
 * `npm run test:faults`: the fault catalogue against the compiled product, then docs/promises.md from what it measured. `--long`: 100 kills
 * for each program instead of five, 10,000 seeds. A name after it runs only the files that hold it, and leaves the page as it is. Plain
 * JavaScript, because it runs before anything is compiled.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sourcesOf, writePromises } from './write-promises.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const figuresFile = join(root, 'tests/artefacts/faults.jsonl')
const isLong = process.argv.includes('--long')
const sources = sourcesOf(root)
const names = process.argv.slice(2).filter((word) => !word.startsWith('--'))

const run = (file, args, env = {}) =>
  spawnSync(process.execPath, [join(root, file), ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  }).status ?? 1

const isBuilt = run('deploy/build.mjs', ['--if-stale']) === 0
if (!isBuilt) process.exit(1)
mkdirSync(join(root, 'tests/artefacts'), { recursive: true })
rmSync(figuresFile, { force: true })
const env = { VIGIL_FAULTS_FIGURES: figuresFile, VIGIL_FAULTS_LONG: isLong ? '1' : '0' }
const vitest = (...args) => run('node_modules/vitest/vitest.mjs', ['run', ...args], env)
const faults = vitest('--config', 'tests/faults/vitest.config.ts', ...names)
const simulation = names.length > 0 ? 0 : vitest('tests/simulation')
const figures = existsSync(figuresFile)
  ? readFileSync(figuresFile, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
  : []
const failed = faults !== 0 || simulation !== 0
if (names.length === 0) {
  await writePromises(root, figures, { sources, isLong, failed })
  process.stdout.write(
    `docs/promises.md: ${figures.length} figures${failed ? ', and promises that were broken' : ''}\n`,
  )
}
process.exit(failed ? 1 : 0)

/**
 * `npm test`: everything that must hold before a change lands, in the order in which it is cheapest to be told. Plain JavaScript, because
 * it runs before anything is compiled. `VIGIL_REQUIRE=browser,timescale,mosquitto,strace,mount` turns a leg that would be skipped for lack
 * of that program into a failure.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const artefacts = join(root, 'tests/artefacts')
mkdirSync(artefacts, { recursive: true })

const tool = (path, ...args) => [process.execPath, [join(root, 'node_modules', path), ...args]]
const vitest = (name, ...args) =>
  tool(
    'vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${join(artefacts, name + '.json')}`,
    ...args,
  )

const STEPS = [
  ['build and types', [process.execPath, [join(root, 'deploy/build.mjs')]]],
  ['lint', tool('oxlint/bin/oxlint', '--type-aware', '--deny-warnings')],
  ['format', tool('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.')],
  ['tests', vitest('tests')],
  ['journeys', vitest('journeys', '--config', 'tests/journeys/vitest.config.ts')],
  // The part of the catalogue that no busy machine can turn; its counts are in the same kind of file.
  ['faults', [process.execPath, [join(root, 'tests/faults/run.mjs'), '--quick']]],
]

let passed = 0
let failed = 0
let skipped = 0
const lines = []
for (const [name, [command, args]] of STEPS) {
  process.stdout.write(`\n== ${name}\n`)
  const result = join(artefacts, `${name}.json`)
  rmSync(result, { force: true })
  const began = process.hrtime.bigint()
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  const seconds = Number(process.hrtime.bigint() - began) / 1e9
  if (existsSync(result)) {
    const counts = JSON.parse(readFileSync(result, 'utf8'))
    passed += counts.numPassedTests
    failed += counts.numFailedTests
    skipped += counts.numPendingTests
    if (status !== 0 && counts.numFailedTests === 0) failed++
  } else if (status === 0) passed++
  else failed++
  lines.push(`${status === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds.toFixed(0)} s)`)
}
process.stdout.write(`\n${lines.join('\n')}\n\n${passed} passed, ${failed} failed, ${skipped} skipped\n`)
process.exit(failed === 0 ? 0 : 1)

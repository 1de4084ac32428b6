/**
 * `npm test`: everything that must hold before a change lands, in the order in which it is cheapest to be told. Plain JavaScript, because
 * it runs before anything is compiled. `VIGIL_REQUIRE=browser,timescale,mosquitto,strace,mount` turns a leg that would be skipped for lack
 * of that program into a failure.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
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

/**
 * Steps whose failed files get one more try, alone: they measure on a shared machine, where a neighbour can take a second away. What only then
 * passes is listed as unsteady, with why. The catalogue of faults has no second try: a lost alarm is a lost alarm.
 */
const TRIED_TWICE = new Set(['tests', 'journeys'])
/** Files in which chance looks for errors: another seed is no answer to the one that failed. */
const BY_CHANCE = /^tests\/(simulation|domain)\//
/** More than these is no neighbour. */
const UNSTEADY_MAX = 3
const WHY_MAX = 160
const total = { passed: 0, failed: 0, skipped: 0 }
const lines = []
/** What failed, with the first line of why: whoever sees only the end of a long output still has it. */
const failures = []
const unsteady = []

for (const [name, [command, args]] of STEPS) {
  process.stdout.write(`\n== ${name}\n`)
  const result = join(artefacts, `${name}.json`)
  rmSync(result, { force: true })
  const began = process.hrtime.bigint()
  let { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0 && TRIED_TWICE.has(name) && existsSync(result)) status = tryAgain(name, command, args)
  const seconds = Number(process.hrtime.bigint() - began) / 1e9
  if (existsSync(result)) count(JSON.parse(readFileSync(result, 'utf8')), status)
  else if (status === 0) total.passed++
  else total.failed++
  lines.push(`${status === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds.toFixed(0)} s)`)
}

/** Runs the failed files alone. What it counts replaces what the first run counted of them. @returns the exit status */
function tryAgain(name, command, args) {
  const result = join(artefacts, `${name}.json`)
  const first = JSON.parse(readFileSync(result, 'utf8'))
  const files = first.testResults.filter((file) => file.status === 'failed')
  const names = files.map((file) => relative(root, file.name))
  if (files.length === 0 || files.length > UNSTEADY_MAX || names.some((file) => BY_CHANCE.test(file))) return 1
  process.stdout.write(`\n== ${name}, once more and alone: ${names.join(' ')}\n`)
  rmSync(result)
  const { status } = spawnSync(command, [...args, ...names], { cwd: root, stdio: 'inherit' })
  const again = existsSync(result) ? JSON.parse(readFileSync(result, 'utf8')) : { testResults: files }
  const others = first.testResults.filter((file) => !files.includes(file))
  writeFileSync(result, JSON.stringify({ ...first, ...sumOf([...others, ...again.testResults]) }))
  if (status === 0) for (const line of failureLines(files)) unsteady.push(line.replace('FAIL', 'unsteady'))
  return status
}

function sumOf(testResults) {
  const all = testResults.flatMap((file) => file.assertionResults)
  const of = (...states) => all.filter((one) => states.includes(one.status)).length
  return {
    testResults,
    numPassedTests: of('passed'),
    numFailedTests: of('failed'),
    numPendingTests: of('pending', 'skipped', 'todo'),
  }
}

function count({ numPassedTests, numFailedTests, numPendingTests, testResults }, status) {
  total.passed += numPassedTests
  total.failed += numFailedTests
  total.skipped += numPendingTests
  if (status !== 0 && numFailedTests === 0) total.failed++
  failures.push(...failureLines(testResults))
}

function failureLines(testResults) {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const ones = assertionResults.filter((one) => one.status === 'failed')
    if (status === 'failed' && ones.length === 0) ones.push({ title: 'the file itself', failureMessages: [message] })
    return ones.map(({ title, failureMessages: [why = ''] }) => {
      return `FAIL ${relative(root, name)}: ${title}\n     ${why.split('\n')[0].slice(0, WHY_MAX)}`
    })
  })
}

const { passed, failed, skipped } = total
process.stdout.write(
  `\n${[...failures, ...unsteady, ...lines].join('\n')}\n\n${passed} passed, ${failed} failed, ${skipped} skipped\n`,
)
process.exit(failed === 0 ? 0 : 1)

import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import prettier from 'prettier'

/** What the catalogue does not show yet; kept beside the run so that the page never claims more than was done. */
const NOT_COVERED = [
  'Power loss: kill -9 leaves the page cache whole. That the sync precedes the PUBACK is shown by strace (C4); that the disk keeps what it has synced is the disk’s own promise.',
  'A restore from a backup (D8).',
  'Damage to the journal (D6): a record cut at every byte and flipped at every byte are `tests/intake/journal.test.ts`, which reads files and starts no centre.',
  'A clock that steps (T1): `tests/core/clock-steps.test.ts`, with a clock of its own; the clock of this machine is left alone. A browser whose clock is a day off (U6): `tests/command-ui/clock.test.ts`.',
  'Desks of several jurisdictions during a storm: the desks here see the whole centre; who sees what is the matrix of `tests/core/jurisdiction.test.ts`, at rest. These desks are the data side of the product’s own desk without the painting; a browser that paints is measured by `npm run bench`.',
  'TimescaleDB and a database on another machine: the run uses the built-in server; the network between is a cable of ours (D2, D3).',
]

/** Which sources a run is about; ask before it, others may commit meanwhile. */
export function sourcesOf(root) {
  const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim()
  const changed = git('status', '--porcelain', '--', 'gateway', 'domain', 'devices', 'deploy')
    .split('\n')
    .filter(Boolean)
  return `${git('rev-parse', '--short', 'HEAD')}${changed.length > 0 ? `, with ${changed.length} changed files of the product` : ''}`
}

/** Writes the page of promises from the figures of a run. */
export async function writePromises(file, figures, { sources, isLong, failed }) {
  const cell = (text) => String(text).replaceAll('|', '\\|').replaceAll('\n', ' ')
  const lines = [
    '# Promises',
    '',
    'Written by `npm run test:faults -- --write`; not edited by hand.',
    '',
    `- Date: ${new Date(Date.now()).toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    `- Commit: ${sources}`,
    `- Machine: ${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${(totalmem() / 2 ** 30).toFixed(0)} GiB, ${process.platform} ${process.arch}, Node ${process.version}; shared with other work, the load stands beside each figure`,
    `- Form: ${isLong ? 'long' : 'short'}${failed ? ' · **something failed in this run; its line is missing below**' : ''}`,
    '',
    '| | promise | figure | load |',
    '|---|---|---|---|',
    ...figures.map(({ id, promise, figure, load }) => `| ${id} | ${cell(promise)} | ${cell(figure)} | ${load} |`),
    '',
    '“Promised” is a signal whose PUBACK the device has heard. After each scenario: every promised signal is a row (I1), one row each and counted once by its alarm (I2), every',
    'alarm painted by a desk or being escalated (I3), each popped up once on each desk (I4), its four escalations there, none late, none twice (I5), event numbers without a gap and the',
    'hash chain whole (I6), a receipt for each signal (I7), memory and descriptors back at most 200 MB and 16 above the beginning (I8, where it is named), no secret in any log (I9).',
    'The presses of somebody uninvolved (I10) have a figure where there is one.',
    '',
    '## Not covered by this run',
    '',
    ...NOT_COVERED.map((line) => `- ${line}`),
    '',
  ]
  const options = (await prettier.resolveConfig(file)) ?? {}
  writeFileSync(file, await prettier.format(lines.join('\n'), { ...options, parser: 'markdown' }))
}

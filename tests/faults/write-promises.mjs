import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import prettier from 'prettier'

/** What the catalogue does not show yet; kept beside the run so that the page never claims more than was done. */
const NOT_COVERED = [
  'Power loss: kill -9 leaves the page cache whole. That the sync precedes the PUBACK is shown by strace (C4); that the disk keeps what it has synced is the disk’s own promise.',
  'A kill at each single step (C3): kills come at random moments; the boundary that matters, append and acknowledge, is shown by C4 and by the planted fault.',
  'A frozen program (C6), a slow or hanging database (D2, D3), a full disk of the database (D4), lock storms (D7), a restore from a backup (D8).',
  'Restarts of an external broker (B1, B2, B11, B12): their rules are tested in `tests/intake/broker-consumer.test.ts`, without kills.',
  'A torn tail at every byte (D6) and damage in the middle: `tests/intake/journal.test.ts`.',
  'Floods of 10,000 a minute for ten minutes (B7, B8), 5,000 devices that come back at once (B9), slow strangers (B10).',
  'Slow desks and a thousand of them (U1–U4, U6). The desk here is a WebSocket client that reports `rendered` at once; a browser that paints is measured by `npm run bench`.',
  'TimescaleDB and a database on another machine: the run uses the built-in server.',
]

/** Which sources a run is about; ask before it, others may commit meanwhile. */
export function sourcesOf(root) {
  const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim()
  const changed = git('status', '--porcelain', '--', 'gateway', 'domain', 'devices', 'deploy')
    .split('\n')
    .filter(Boolean)
  return `${git('rev-parse', '--short', 'HEAD')}${changed.length > 0 ? `, with ${changed.length} changed files of the product` : ''}`
}

/** Writes docs/promises.md from the figures of a run. */
export async function writePromises(root, figures, { sources, isLong, failed }) {
  const cell = (text) => String(text).replaceAll('|', '\\|').replaceAll('\n', ' ')
  const lines = [
    '# Promises',
    '',
    'Written by `npm run test:faults`; not edited by hand.',
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
    'alarm painted by a desk or being escalated (I3), no timer late or fired twice (I5), event numbers without a gap and the hash chain whole (I6), a receipt for each signal (I7).',
    '',
    '## Not covered by this run',
    '',
    ...NOT_COVERED.map((line) => `- ${line}`),
    '',
  ]
  const file = join(root, 'docs/promises.md')
  const options = (await prettier.resolveConfig(file)) ?? {}
  writeFileSync(file, await prettier.format(lines.join('\n'), { ...options, parser: 'markdown' }))
}

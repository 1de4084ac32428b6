import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** strace if it is there. */
export const STRACE = ['/usr/bin/strace', '/usr/local/bin/strace'].find((path) => existsSync(path))

/** A container may forbid ptrace; then the order of system calls cannot be seen. */
export function mayTrace(): boolean {
  return STRACE !== undefined && spawnSync(STRACE, ['-o', '/dev/null', '/bin/true']).status === 0
}

/** Only root may mount a small disk, and not in every container. */
export function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-may-mount-'))
  const isMounted = mountSmallDisk(folder, '64k')
  if (isMounted) unmount(folder)
  rmSync(folder, { recursive: true })
  return isMounted
}

/** @param size as tmpfs takes it, e.g. `512k` */
export function mountSmallDisk(folder: string, size: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=755`, 'tmpfs', folder]).status === 0
}

export function unmount(folder: string): void {
  spawnSync('umount', [folder])
}

/** Takes every byte that is left. */
export function fill(file: string): void {
  const out = openSync(file, 'w')
  try {
    for (let bytes = 65_536; bytes >= 1; bytes = Math.floor(bytes / 2)) fillBy(out, bytes)
  } finally {
    closeSync(out)
  }
}

function fillBy(out: number, bytes: number): void {
  for (;;) {
    try {
      if (writeSync(out, Buffer.alloc(bytes)) < bytes) return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return
      throw error
    }
  }
}

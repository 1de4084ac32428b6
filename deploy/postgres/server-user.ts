import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { Fault } from '../../domain/fault.ts'

/** Whom the database server runs as; null: as we are. PostgreSQL refuses to run as root. */
export interface ServerUser {
  name: string
  uid: number
  gid: number
}

/**
 * `postgres` where the machine has it, else `nobody`; null when we are not root ourselves.
 * @throws Fault `config-invalid` when we are root and the machine has neither
 */
export function serverUser(): ServerUser | null {
  if (process.getuid?.() !== 0) return null
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n')
  for (const name of ['postgres', 'nobody']) {
    const fields = lines.find((line) => line.startsWith(`${name}:`))?.split(':')
    if (fields?.[2] && fields[3]) return { name, uid: Number(fields[2]), gid: Number(fields[3]) }
  }
  throw new Fault(
    'config-invalid',
    'PostgreSQL does not run as root, and this machine has neither a user "postgres" nor "nobody": start Vigil as an ordinary user',
  )
}

/** Whether the user may pass through every folder above `path` (a clone below a 0700 home: no). */
export function mayReach(user: ServerUser, path: string): boolean {
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    const stat = statSync(folder)
    const bit = stat.uid === user.uid ? 0o100 : stat.gid === user.gid ? 0o010 : 0o001
    if ((stat.mode & bit) === 0) return false
    if (folder === dirname(folder)) return true
  }
}

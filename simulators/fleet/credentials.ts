import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { credentialSchema } from '../../domain/wire/http.ts'
import { z } from '../../domain/z.ts'

const fileSchema = z.record(z.string(), z.string())

/** How many credentials are asked for at the same time. */
const AT_ONCE = 8

/**
 * The simulated devices' passwords: asked of the centre once each, as an installer would, then kept (mode 0600).
 * @param ids devices that need one
 */
export async function keepCredentials(
  file: string,
  ids: readonly string[],
  coreUrl: string,
  token: string,
  onProgress: (done: number, total: number) => void,
): Promise<Map<string, string>> {
  const known = new Map(
    Object.entries(existsSync(file) ? fileSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : {}),
  )
  const missing = ids.filter((id) => !known.has(id))
  let done = 0
  const ask = async () => {
    for (let id = missing.shift(); id !== undefined; id = missing.shift()) {
      const answer = await fetch(`${coreUrl}/api/v1/devices/${id}/credential`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: '{}',
      })
      if (!answer.ok) throw new Error(`no credential for ${id}: ${answer.status} ${await answer.text()}`)
      known.set(id, credentialSchema.parse(await answer.json()).password)
      onProgress(++done, ids.length)
    }
  }
  if (missing.length > 0) {
    await Promise.all(Array.from({ length: AT_ONCE }, ask))
    write(file, known)
  }
  return known
}

/** Forgets one credential: a real device has taken the place of the simulated one. */
export function forgetCredential(file: string, known: Map<string, string>, id: string): void {
  known.set(id, '')
  write(file, known)
}

function write(file: string, known: Map<string, string>): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file + '.new', JSON.stringify(Object.fromEntries(known)), { mode: 0o600 })
  renameSync(file + '.new', file)
}

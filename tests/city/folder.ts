import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

export const DEMO = fileURLToPath(new URL('../../simulators/city/demo', import.meta.url))

/** A copy of the demo district that a test may spoil; removed when the test ends. */
export async function spoiltDemo(edits: Record<string, ((text: string) => string) | null>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vigil-city-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await cp(DEMO, folder, { recursive: true, filter: (path) => !path.endsWith('buildings.geojson') })
  for (const [name, edit] of Object.entries(edits)) {
    const path = join(folder, name)
    if (edit === null) await rm(path)
    else await writeFile(path, edit(await readFile(path, 'utf8')))
  }
  return folder
}

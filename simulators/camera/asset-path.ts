import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Fault } from '../../domain/fault.ts'

/** Where a clip, picture or font is: in the source tree, of which this file is a part or above whose dist/ it is. */
export function assetPath(name: string): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  for (;;) {
    const path = join(folder, 'simulators', 'camera', name)
    if (existsSync(path)) return path
    const above = dirname(folder)
    if (above === folder)
      throw new Fault('not-found', `simulators/camera/${name} is not in this installation`, { name })
    folder = above
  }
}

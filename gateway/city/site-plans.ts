import { readdir } from 'node:fs/promises'
import { join, parse } from 'node:path'
import { idSchema } from '../../domain/scalars.ts'

/** Pictures that every browser shows. */
export const PLAN_TYPES: Readonly<Record<string, string>> = {
  '.svg': 'image/svg+xml; charset=utf-8',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
}

/**
 * Floor plans of a city folder: `plans/{siteId}.svg`, `.png`, `.jpg` or `.webp`.
 * @returns file name by site; other files are nobody's plan. Empty without the folder
 */
export async function listSitePlans(cityDir: string): Promise<Map<string, string>> {
  const plans = new Map<string, string>()
  const names = await readdir(join(cityDir, 'plans')).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  })
  for (const file of names.sort((a, b) => (a < b ? -1 : 1))) {
    const { name, ext } = parse(file)
    if (ext in PLAN_TYPES && idSchema.safeParse(name).success && !plans.has(name)) plans.set(name, file)
  }
  return plans
}

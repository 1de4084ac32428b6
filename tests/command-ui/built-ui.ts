import { execFile } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import axe from 'axe-core'
import type { Page } from 'playwright-core'

const root = join(import.meta.dirname, '../..')

/** The command-ui as it is shipped, in a folder of its own. @returns the folder; the caller removes it */
export async function buildUi(): Promise<string> {
  const uiDir = mkdtempSync(join(tmpdir(), 'vigil-ui-'))
  // In a process of its own: under vitest the build would take React's development half.
  const vite = join(root, 'node_modules/vite/bin/vite.js')
  const options = ['build', '--config', 'command-ui/vite.config.ts', '--outDir', uiDir, '--emptyOutDir']
  await promisify(execFile)(process.execPath, [vite, ...options, '--logLevel', 'error'], {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'production' },
  })
  return uiDir
}

/** What axe finds on the page as it is now, one line each. */
export async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(async () => {
    const run = (
      window as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }
    ).axe
    return run.run()
  })
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`)
}

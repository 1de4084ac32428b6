import { existsSync } from 'node:fs'
import { chromium, type Browser, type Page } from 'playwright-core'

const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Debian's Chromium or the one in VIGIL_CHROMIUM; null where there is none. */
export function findChromium(): string | null {
  const named = process.env['VIGIL_CHROMIUM']
  return (named ? [named] : CANDIDATES).find((path) => existsSync(path)) ?? null
}

/** Begins the duty of an account at a desk that has just been opened. */
export async function signInAtDesk(page: Page, url: string, username: string, password: string): Promise<void> {
  await page.goto(url)
  await page.locator('input[name="username"]').fill(username)
  await page.locator('input[name="password"]').fill(password)
  await page.keyboard.press('Enter')
  await page.locator('[data-action="start-duty"]').click()
}

/**
 * A headless browser with software WebGL. No autoplay flag: the click on "start duty" must be what unlocks the sound.
 */
export function launchBrowser(executablePath: string, hasWebgl = true, more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      '--no-sandbox',
      ...(hasWebgl
        ? ['--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist']
        : ['--disable-gpu', '--disable-3d-apis']),
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...more,
    ],
  })
}

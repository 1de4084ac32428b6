import { chromium, type Page } from 'playwright-core'

/** The one door to playwright-core in this folder: a headless Chromium for developer tools that draw (never at run time). */
export type { Page }

export async function withPage<T>(draw: (page: Page) => Promise<T>): Promise<T> {
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--use-gl=angle',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
      '--ignore-gpu-blocklist',
      '--no-sandbox',
    ],
  })
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 720 } })
    page.on('console', (message) => {
      if (message.type() === 'error') process.stderr.write(`page: ${message.text()}\n`)
    })
    page.on('pageerror', (error) => process.stderr.write(`page: ${error.message}\n`))
    return await draw(page)
  } finally {
    await browser.close()
  }
}

import { rmSync } from 'node:fs'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium } from '../support/browser.ts'
import { isRequired } from '../support/required.ts'
import { buildUi, violationsOf } from './built-ui.ts'
import { startFixture, type Fixture } from './fixture-server.ts'

const executablePath = findChromium()
if (!executablePath && isRequired('browser')) throw new Error('this run needs Chromium, and there is none')

/** One look of axe takes two seconds on a busy machine, and a dozen states are looked at. */
const LOOKS_MS = 120_000
const PAGES = ['desk', 'wall', 'replay', 'sites', 'zones', 'cameras', 'devices', 'vehicles', 'reports', 'settings']

describe.skipIf(!executablePath)('every page of the desk, in both languages', () => {
  let uiDir: string
  let browser: Browser
  let fixture: Fixture
  let page: Page
  let incidentId: string

  beforeAll(async () => {
    uiDir = await buildUi()
    const args = ['--no-sandbox', '--disable-gpu', '--disable-3d-apis', '--disable-quic', '--no-first-run']
    browser = await chromium.launch({ executablePath: executablePath!, headless: true, args })
    fixture = await startFixture({ uiDir })
    fixture.centre.role = 'admin'
    page = await browser.newPage({ viewport: { width: 1366, height: 768 }, locale: 'zh-CN' })
    await page.goto(fixture.url)
    await page.locator('[data-action="start-duty"]').click()
    await page.waitForFunction(() => document.body.dataset['live'] === 'live')
    const alarm = fixture.centre.raise('btn-1')
    await page.locator('[data-patrol-id][role="radio"]').first().waitFor()
    incidentId = alarm.incidentId ?? [...fixture.centre.incidents.keys()][0]!
  }, 120_000)

  afterAll(async () => {
    await browser?.close()
    await fixture?.close()
    if (uiDir) rmSync(uiDir, { recursive: true, force: true })
  })

  const speak = async (language: 'zh-CN' | 'en') => {
    if ((await page.evaluate(() => document.documentElement.lang)) === language) return
    await page.locator('.strip-end button', { hasText: /English|中文/ }).click()
    await page.waitForFunction((wanted) => document.documentElement.lang === wanted, language)
  }
  const open = (hash: string) => page.evaluate((wanted) => (location.hash = wanted), `#/${hash}`)
  /** What is wider than its box and neither scrolls nor says so by an ellipsis. */
  const cutOff = () =>
    page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('.strip, .strip > *, .page-head, .incident-head, .action-row button')]
        .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).textOverflow !== 'ellipsis')
        .filter((one) => one.clientWidth > 0 && !one.matches('.strip-name'))
        .map((one) => `${one.className || one.tagName}: ${one.textContent.slice(0, 60)}`),
    )

  for (const language of ['zh-CN', 'en'] as const) {
    it(
      `have no accessibility violation, and nothing of them is cut off (${language})`,
      async () => {
        await speak(language)
        const named = await page.locator('.strip nav button').allTextContents()
        expect(named, 'every page of the strip is looked at').toHaveLength(PAGES.length)
        const findings: string[] = []
        const look = async (name: string) => {
          findings.push(...[...(await violationsOf(page)), ...(await cutOff())].map((what) => `${name}: ${what}`))
        }
        for (const name of PAGES) {
          await open(name)
          await page.locator(`.desk[data-page="${name}"]`).waitFor()
          if (name !== 'desk') await page.locator('.desk-page h1, .desk-page h2').first().waitFor()
          await look(name)
        }
        await open('sites/site-1')
        await page.locator('[data-site="site-1"]').waitFor()
        await look('site')
        await page.locator('[data-action="edit-site"]').click()
        await page.locator('[data-form="site"]').waitFor()
        await look('site form')
        await open(`replay/${incidentId}`)
        await page.locator(`[data-past="${incidentId}"]`).waitFor()
        await look('incident replay')
        await open('desk')
        await page.locator('.strip-registers summary').click()
        // It hangs out of the line, as it should.
        findings.push(...(await violationsOf(page)).map((what) => `open menu of pages: ${what}`))
        await page.keyboard.press('Escape')
        for (const [key, selector] of [
          ['?', '.keys-sheet'],
          ['/', '[role="combobox"]'],
        ] as const) {
          await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
          await page.keyboard.press(key)
          await page.locator(selector).waitFor()
          await look(key)
          await page.keyboard.press('Escape')
          // While it goes it still takes the keys.
          await page.locator(selector).waitFor({ state: 'detached' })
        }
        expect(findings).toEqual([])
      },
      LOOKS_MS,
    )
  }
})

import { rmSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from 'vitest'
import type { Role } from '../../domain/officer.ts'
import { findChromium, launchBrowser } from '../support/browser.ts'
import { isRequired } from '../support/required.ts'
import { buildUi } from './built-ui.ts'
import { startFixture, type Fixture } from './fixture-server.ts'

const executablePath = findChromium()
if (!executablePath && isRequired('browser')) throw new Error('this run needs Chromium, and there is none')

export const SMALL = { width: 1366, height: 768 }
export const LARGE = { width: 1920, height: 1080 }

export interface Rig {
  /** The command-ui as it is shipped. */
  readonly uiDir: string
  readonly browser: Browser
  readonly fixture: Fixture
  readonly page: Page
  /** Opens the desk (or a page of it), begins the duty and waits for the stream. */
  startDuty(hash?: string): Promise<void>
  /** The same as another role, then a page. */
  openAs(role: Role, hash: string): Promise<void>
  goTo(hash: string): Promise<void>
  /** What the desk says of itself on the body: `audio`, `live`, `siren`, … */
  body(name: string): Promise<string | undefined>
  waitBody(name: string, value: string): Promise<void>
}

/**
 * A group of tests in a real browser against the made-up centre: the UI is built once for the group, the centre and the page are new
 * for each test (one for all with `isOnePage`), and an error that the page throws fails the test that caused it. Skipped where there is no Chromium.
 */
export function describeInBrowser(
  title: string,
  options: {
    viewport?: { width: number; height: number }
    isOnePage?: boolean
    /** The map too, drawn in software; without it (the rule) these tests see what works by the lists beside the map. */
    hasWebgl?: boolean
    /** Further switches of the browser. */
    switches?: readonly string[]
    /** After the page is open; the first thing each test would do. */
    before?: (rig: Rig) => Promise<void>
  },
  tests: (rig: Rig) => void,
): void {
  describe.skipIf(!executablePath)(title, () => {
    let uiDir = ''
    let browser: Browser
    let fixture: Fixture
    let page: Page
    let errors: string[] = []
    const rig: Rig = {
      get uiDir() {
        return uiDir
      },
      get browser() {
        return browser
      },
      get fixture() {
        return fixture
      },
      get page() {
        return page
      },
      startDuty: async (hash = '') => {
        await page.goto(`${fixture.url}/${hash}`)
        await page.locator('[data-action="start-duty"]').click()
        await rig.waitBody('audio', 'running')
        await rig.waitBody('live', 'live')
      },
      openAs: async (role, hash) => {
        fixture.centre.role = role
        await rig.startDuty()
        await rig.goTo(hash)
      },
      goTo: (hash) => page.evaluate((wanted) => void (location.hash = wanted), `#/${hash}`),
      body: (name) => page.evaluate((key) => document.body.dataset[key], name),
      waitBody: async (name, value) => {
        await page.waitForFunction(([key, wanted]) => document.body.dataset[key!] === wanted, [name, value])
      },
    }
    const open = async () => {
      fixture = await startFixture({ uiDir })
      page = await browser.newPage({ viewport: options.viewport ?? SMALL, locale: 'zh-CN' })
      errors = []
      page.on('pageerror', (error) => errors.push(error.message))
      await options.before?.(rig)
    }
    const close = async () => {
      await page?.close()
      await fixture?.close()
    }
    beforeAll(async () => {
      uiDir = await buildUi()
      browser = await launchBrowser(executablePath!, options.hasWebgl ?? false, options.switches)
      if (options.isOnePage) await open()
    }, 120_000)
    afterAll(async () => {
      if (options.isOnePage) await close()
      await browser?.close()
      if (uiDir !== '') rmSync(uiDir, { recursive: true, force: true })
    })
    if (!options.isOnePage) beforeEach(open)
    afterEach(async () => {
      if (!options.isOnePage) await close()
      expect(errors).toEqual([])
    })
    tests(rig)
  })
}

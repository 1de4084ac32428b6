import { rmSync } from 'node:fs'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findChromium } from '../../support/browser.ts'
import { isRequired } from '../../support/required.ts'
import { buildUi, violationsOf } from '../built-ui.ts'
import { startFixture, type Fixture } from '../fixture-server.ts'

const executablePath = findChromium()
if (!executablePath && isRequired('browser')) throw new Error('this run needs Chromium, and there is none')

describe.skipIf(!executablePath)('the command bar and the sheet of keys', () => {
  let uiDir: string
  let browser: Browser
  let fixture: Fixture
  let page: Page
  let errors: string[]

  beforeAll(async () => {
    uiDir = await buildUi()
    const args = ['--no-sandbox', '--disable-gpu', '--disable-3d-apis', '--disable-quic', '--no-first-run']
    browser = await chromium.launch({ executablePath: executablePath!, headless: true, args })
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    rmSync(uiDir, { recursive: true, force: true })
  })
  beforeEach(async () => {
    fixture = await startFixture({ uiDir })
    page = await browser.newPage({ viewport: { width: 1366, height: 768 }, locale: 'zh-CN' })
    page.setDefaultTimeout(10_000)
    errors = []
    page.on('pageerror', (error) => errors.push(error.message))
    await page.goto(fixture.url)
    await page.locator('[data-action="start-duty"]').click()
    await page.waitForFunction(() => document.body.dataset['live'] === 'live')
  })
  afterEach(async () => {
    await page.close()
    await fixture.close()
    expect(errors).toEqual([])
  })

  it('plays a camera by the initials of its name, and Esc gives the officer’s wall back', async () => {
    await page.keyboard.press('/')
    await page.locator('.command-bar input').waitFor()
    expect(await violationsOf(page), 'open').toEqual([])
    await page.keyboard.type('mdxxdm')
    await page.locator('[data-found="cam-7"]').waitFor()
    await page.keyboard.press('Enter')
    await page.locator('.wall-tile.is-full[data-camera-id="cam-7"]').waitFor()
    await page.keyboard.press('Escape')
    await expect.poll(() => page.locator('.is-full').count()).toBe(0)
    await expect.poll(() => page.locator('.wall-tile[data-camera-id]').count()).toBe(9)
    expect(fixture.centre.layouts.screens, 'nothing was rearranged').toEqual({})
  })

  it('opens an incident, from the wall too, and Esc closes only the bar', async () => {
    const alarm = fixture.centre.raise('btn-1')
    await page.locator(`[data-popup="${alarm.id}"]`).waitFor()
    await page.keyboard.press('/')
    await page.locator('.command-bar input').waitFor()
    await page.keyboard.press('Escape')
    await expect.poll(() => page.locator('.command-bar').count()).toBe(0)
    await page.locator(`[data-popup="${alarm.id}"]`).waitFor()
    await page.evaluate(() => (location.hash = '#/wall'))
    await page.locator('[data-wall="1"]').waitFor()
    await page.keyboard.press('/')
    await page.locator('.command-bar input').fill('binhai')
    await page.locator('[data-found] .chip').first().getByText('警情').waitFor()
    await page.keyboard.press('Enter')
    await page.locator('.incident-head').waitFor()
  })

  it('shows the scene of an alarm on the wall by one key', async () => {
    const alarm = fixture.centre.raise('btn-1')
    await page.locator(`[data-popup="${alarm.id}"]`).waitFor()
    await page.keyboard.press('v')
    await page.locator('.wall-tile.is-alarm').waitFor()
    await expect.poll(() => page.locator('.wall-tile[data-camera-id]').count()).toBe(4)
  })

  it('lists its keys, with a word for each, in both languages', async () => {
    await page.keyboard.press('?')
    await page.locator('.keys-sheet').waitFor()
    for (const heading of ['快捷键', 'Keys']) {
      await page.getByRole('heading', { name: heading, exact: true }).waitFor()
      const empty = await page.evaluate(
        () => [...document.querySelectorAll('.keys-sheet dd')].filter((dd) => dd.textContent.trim() === '').length,
      )
      expect(empty).toBe(0)
      expect(await violationsOf(page)).toEqual([])
      await page.keyboard.press('Escape')
      await page.keyboard.press('l')
      await page.keyboard.press('?')
    }
  })
})

import { rmSync } from 'node:fs'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findChromium } from '../../support/browser.ts'
import { isRequired } from '../../support/required.ts'
import { buildUi, violationsOf } from '../built-ui.ts'
import { startFixture, type Fixture } from '../fixture-server.ts'

const executablePath = findChromium()
if (!executablePath && isRequired('browser')) throw new Error('this run needs Chromium, and there is none')

describe.skipIf(!executablePath)('the video wall in a browser', () => {
  let uiDir: string
  let browser: Browser
  let fixture: Fixture
  let page: Page
  let errors: string[]

  const cells = (on = page) =>
    on.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('[data-cell]')].map((tile) => tile.dataset['cameraId'] ?? null),
    )
  const cell = (n: number) => page.locator(`[data-cell="${n}"]`)

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
    page = await browser.newPage({ viewport: { width: 1920, height: 1080 }, locale: 'zh-CN' })
    errors = []
    page.setDefaultTimeout(10_000)
    page.on('pageerror', (error) => errors.push(error.message))
    await page.goto(`${fixture.url}/#/wall`)
    await page.locator('[data-action="start-duty"]').click()
    await cell(8).waitFor()
    await page.locator('[data-cell="0"][data-camera-id]').waitFor()
  })
  afterEach(async () => {
    await page.close()
    await fixture.close()
    expect(errors).toEqual([])
  })

  it('is arranged by dragging: from the list onto a tile, and from one tile onto another', async () => {
    const before = await cells()
    const unseen = [...fixture.centre.cameras.values()].find((one) => !before.includes(one.id) && one.enabled)!
    await page.locator(`[data-drawer-camera="${unseen.id}"]`).dragTo(cell(4))
    await expect.poll(async () => (await cells())[4]).toBe(unseen.id)
    await cell(0).dragTo(cell(8))
    await expect.poll(async () => [(await cells())[0], (await cells())[8]]).toEqual([before[8], before[0]])
  })

  it('is arranged by keys alone: empty a tile, then choose for it from the list', async () => {
    const before = await cells()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Delete')
    await expect.poll(async () => (await cells())[3]).toBeNull()
    const row = page.locator('[data-drawer-camera]').first()
    const id = (await row.getAttribute('data-drawer-camera'))!
    await row.press('Enter')
    await expect.poll(async () => (await cells())[3]).toBe(before.includes(id) ? null : id)
  })

  it('keeps a named layout at the centre and shows it again', async () => {
    const before = await cells()
    await page.getByRole('button', { name: '保存布局' }).click()
    await page.locator('.wall-form input').fill('白班')
    await page.keyboard.press('Enter')
    await expect.poll(() => fixture.centre.layouts.layouts.map(({ name }) => name)).toEqual(['白班'])
    await page.getByRole('radio', { name: '1 画面', exact: true }).click()
    await expect.poll(async () => (await cells()).length).toBe(1)
    await page.getByRole('combobox', { name: '已存布局' }).selectOption('白班')
    await expect.poll(() => cells()).toEqual(before)
  })

  it('takes nothing from another window that stored in between', async () => {
    fixture.answerNext('me/layouts', 409, { code: 'state-changed', detail: 'another window', revision: 7 })
    await page.getByRole('button', { name: '保存布局' }).click()
    await page.locator('.wall-form input').fill('夜班')
    await page.keyboard.press('Enter')
    await expect.poll(() => fixture.centre.layouts.layouts.map(({ name }) => name)).toEqual(['夜班'])
    await expect.poll(() => page.locator('.wall-unsaved').count()).toBe(0)
  })

  it('tours all cameras page by page, by its keys and by itself, and holds while somebody looks closer', async () => {
    await page.getByRole('combobox', { name: '轮巡', exact: true }).selectOption('*')
    await page.locator('[data-tour-page="1"]').waitFor()
    const first = await cells()
    await page.evaluate(() => (document.activeElement as HTMLElement).blur())
    await page.mouse.move(5, 5)
    await page.keyboard.press(']')
    await page.locator('[data-tour-page="2"]').waitFor()
    expect(await cells()).not.toEqual(first)
    await page.keyboard.press('[')
    await page.locator('[data-tour-page="1"]').waitFor()
    await page.locator('[data-tour-page="2"]').waitFor({ timeout: 15_000 })
    await cell(4).hover()
    await page.getByText('已停留').waitFor()
    const held = await cells()
    await page.waitForTimeout(11_000)
    expect(await cells(), 'longer than a page lasts').toEqual(held)
  }, 90_000)

  it('turns a camera by keys, by a drag on its picture and home again, and stops it each time', async () => {
    const { id } = [...fixture.centre.cameras.values()].find((one) => one.ptz && one.enabled)!
    await page.locator(`[data-drawer-camera="${id}"]`).dragTo(cell(0))
    await cell(0).press('Enter')
    await page.locator(`[data-ptz="${id}"] .ptz-surface`).waitFor()
    await page.keyboard.down('ArrowRight')
    await expect.poll(() => fixture.centre.turned.length).toBeGreaterThan(0)
    expect(fixture.centre.turned[0]).toMatchObject({ id, order: { move: { pan: 0.5, tilt: 0, zoom: 0 } } })
    await page.keyboard.up('ArrowRight')
    await expect.poll(() => fixture.centre.turned.at(-1)?.order).toEqual({ stop: true })
    await page.keyboard.press('Home')
    await expect.poll(() => fixture.centre.turned.at(-1)?.order).toEqual({ home: true })
    const box = (await page.locator('.ptz-surface').boundingBox())!
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2 - 200, { steps: 4 })
    await expect
      .poll(() =>
        fixture.centre.turned.some(({ order }) => 'move' in order && JSON.stringify(order).includes('"pan":0')),
      )
      .toBe(true)
    await page.mouse.up()
    await expect.poll(() => fixture.centre.turned.at(-1)?.order).toEqual({ stop: true })
    await page.keyboard.press('Escape')
    await expect.poll(() => page.locator('.is-full').count()).toBe(0)
  })

  it('gives one tile to an alarm, with its name, leaves Enter to it, and takes the tile back when it is closed', async () => {
    const before = await cells()
    const alarm = fixture.centre.raise('btn-1')
    const tile = page.locator('.wall-tile.is-alarm')
    await tile.getByText('滨海实验小学', { exact: true }).waitFor()
    await page.keyboard.press('Enter')
    await expect.poll(() => fixture.centre.alarms.get(alarm.id)?.state).toBe('acknowledged')
    await page.goto(`${fixture.url}/#/wall`)
    await tile.waitFor()
    expect(await violationsOf(page), 'in an alarm').toEqual([])
    fixture.centre.changeAlarm(alarm.id, 'closed', { state: 'closed' }, 'admin')
    await expect.poll(() => page.locator('.is-alarm').count()).toBe(0)
    expect(await cells()).toEqual(before)
  })

  it('says in words why a picture is dark, and has no accessibility violation, in both languages', async () => {
    const offline = [...fixture.centre.cameras.values()].find((one) => one.state === 'offline')!
    await page.locator(`[data-drawer-camera="${offline.id}"]`).dragTo(cell(0))
    await cell(0).getByText('离线').waitFor()
    expect(await violationsOf(page)).toEqual([])
    await page.keyboard.press('l')
    await page.getByText('Video wall').first().waitFor()
    expect(await violationsOf(page)).toEqual([])
  })

  it('stands on another monitor without the desk, with a wall of its own', async () => {
    await page.evaluate(() => (location.hash = '#/wall?screen=2'))
    await page.locator('[data-wall="2"]').waitFor()
    expect(await page.locator('.desk').count()).toBe(0)
    await page.keyboard.press('2')
    await page.locator('[data-tiles="4"]').waitFor()
    await expect.poll(() => fixture.centre.layouts.screens['2']?.tiles, { timeout: 5000 }).toBe(4)
    expect(fixture.centre.layouts.screens['1']).toBeUndefined()
    expect(await violationsOf(page)).toEqual([])
  })
})

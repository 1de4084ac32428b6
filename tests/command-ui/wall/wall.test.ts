import { expect, it } from 'vitest'
import { violationsOf } from '../built-ui.ts'
import { describeInBrowser, LARGE, type Rig } from '../describe-in-browser.ts'

async function openWall({ page, startDuty }: Rig): Promise<void> {
  page.setDefaultTimeout(10_000)
  await startDuty('#/wall')
  await page.locator('[data-cell="8"]').waitFor()
  await page.locator('[data-cell="0"][data-camera-id]').waitFor()
}

describeInBrowser('the video wall in a browser', { viewport: LARGE, before: openWall }, (rig) => {
  const cells = (on = rig.page) =>
    on.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('[data-cell]')].map((tile) => tile.dataset['cameraId'] ?? null),
    )
  const cell = (n: number) => rig.page.locator(`[data-cell="${n}"]`)

  it('is arranged by dragging: from the list onto a tile, and from one tile onto another', async () => {
    const before = await cells()
    const unseen = [...rig.fixture.centre.cameras.values()].find((one) => !before.includes(one.id) && one.enabled)!
    await rig.page.locator(`[data-drawer-camera="${unseen.id}"]`).dragTo(cell(4))
    await expect.poll(async () => (await cells())[4]).toBe(unseen.id)
    await cell(0).dragTo(cell(8))
    await expect.poll(async () => [(await cells())[0], (await cells())[8]]).toEqual([before[8], before[0]])
  })

  it('is arranged by keys alone: empty a tile, then choose for it from the list', async () => {
    const before = await cells()
    await rig.page.keyboard.press('ArrowDown')
    await rig.page.keyboard.press('Delete')
    await expect.poll(async () => (await cells())[3]).toBeNull()
    const row = rig.page.locator('[data-drawer-camera]').first()
    const id = (await row.getAttribute('data-drawer-camera'))!
    await row.press('Enter')
    await expect.poll(async () => (await cells())[3]).toBe(before.includes(id) ? null : id)
  })

  it('keeps a named layout at the centre and shows it again', async () => {
    const before = await cells()
    await rig.page.getByRole('button', { name: '保存布局' }).click()
    await rig.page.locator('.wall-form input').fill('白班')
    await rig.page.keyboard.press('Enter')
    await expect.poll(() => rig.fixture.centre.layouts.layouts.map(({ name }) => name)).toEqual(['白班'])
    await rig.page.getByRole('radio', { name: '1 画面', exact: true }).click()
    await expect.poll(async () => (await cells()).length).toBe(1)
    await rig.page.getByRole('combobox', { name: '已存布局' }).selectOption('白班')
    await expect.poll(() => cells()).toEqual(before)
  })

  it('takes nothing from another window that stored in between', async () => {
    rig.fixture.answerNext('me/layouts', 409, { code: 'state-changed', detail: 'another window', revision: 7 })
    await rig.page.getByRole('button', { name: '保存布局' }).click()
    await rig.page.locator('.wall-form input').fill('夜班')
    await rig.page.keyboard.press('Enter')
    await expect.poll(() => rig.fixture.centre.layouts.layouts.map(({ name }) => name)).toEqual(['夜班'])
    await expect.poll(() => rig.page.locator('.wall-unsaved').count()).toBe(0)
  })

  it('tours all cameras page by page, by its keys and by itself, and holds while somebody looks closer', async () => {
    await rig.page.getByRole('combobox', { name: '轮巡', exact: true }).selectOption('*')
    await rig.page.locator('[data-tour-page="1"]').waitFor()
    const first = await cells()
    await rig.page.evaluate(() => (document.activeElement as HTMLElement).blur())
    await rig.page.mouse.move(5, 5)
    await rig.page.keyboard.press(']')
    await rig.page.locator('[data-tour-page="2"]').waitFor()
    expect(await cells()).not.toEqual(first)
    await rig.page.keyboard.press('[')
    await rig.page.locator('[data-tour-page="1"]').waitFor()
    await rig.page.locator('[data-tour-page="2"]').waitFor({ timeout: 15_000 })
    await cell(4).hover()
    await rig.page.getByText('已停留').waitFor()
    const held = await cells()
    await rig.page.waitForTimeout(11_000)
    expect(await cells(), 'longer than a page lasts').toEqual(held)
  }, 90_000)

  it('turns a camera by keys, by a drag on its picture and home again, and stops it each time', async () => {
    const { id } = [...rig.fixture.centre.cameras.values()].find((one) => one.ptz && one.enabled)!
    await rig.page.locator(`[data-drawer-camera="${id}"]`).dragTo(cell(0))
    await cell(0).press('Enter')
    await rig.page.locator(`[data-ptz="${id}"] .ptz-surface`).waitFor()
    await rig.page.keyboard.down('ArrowRight')
    await expect.poll(() => rig.fixture.centre.turned.length).toBeGreaterThan(0)
    expect(rig.fixture.centre.turned[0]).toMatchObject({ id, order: { move: { pan: 0.5, tilt: 0, zoom: 0 } } })
    await rig.page.keyboard.up('ArrowRight')
    await expect.poll(() => rig.fixture.centre.turned.at(-1)?.order).toEqual({ stop: true })
    await rig.page.keyboard.press('Home')
    await expect.poll(() => rig.fixture.centre.turned.at(-1)?.order).toEqual({ home: true })
    const box = (await rig.page.locator('.ptz-surface').boundingBox())!
    await rig.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
    await rig.page.mouse.down()
    await rig.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2 - 200, { steps: 4 })
    await expect
      .poll(() =>
        rig.fixture.centre.turned.some(({ order }) => 'move' in order && JSON.stringify(order).includes('"pan":0')),
      )
      .toBe(true)
    await rig.page.mouse.up()
    await expect.poll(() => rig.fixture.centre.turned.at(-1)?.order).toEqual({ stop: true })
    await rig.page.keyboard.press('Escape')
    await expect.poll(() => rig.page.locator('.is-full').count()).toBe(0)
  })

  it('gives one tile to an alarm, with its name, leaves Enter to it, and takes the tile back when it is closed', async () => {
    const before = await cells()
    const alarm = rig.fixture.centre.raise('btn-1')
    const tile = rig.page.locator('.wall-tile.is-alarm')
    await tile.getByText('滨海实验小学', { exact: true }).waitFor()
    await rig.page.keyboard.press('Enter')
    await expect.poll(() => rig.fixture.centre.alarms.get(alarm.id)?.state).toBe('acknowledged')
    await rig.page.goto(`${rig.fixture.url}/#/wall`)
    await tile.waitFor()
    expect(await violationsOf(rig.page), 'in an alarm').toEqual([])
    rig.fixture.centre.changeAlarm(alarm.id, 'closed', { state: 'closed' }, 'admin')
    await expect.poll(() => rig.page.locator('.is-alarm').count()).toBe(0)
    expect(await cells()).toEqual(before)
  })

  it('says in words why a picture is dark, and has no accessibility violation, in both languages', async () => {
    const offline = [...rig.fixture.centre.cameras.values()].find((one) => one.state === 'offline')!
    await rig.page.locator(`[data-drawer-camera="${offline.id}"]`).dragTo(cell(0))
    await cell(0).getByText('离线').waitFor()
    expect(await violationsOf(rig.page)).toEqual([])
    await rig.page.keyboard.press('l')
    await rig.page.getByText('Video wall').first().waitFor()
    expect(await violationsOf(rig.page)).toEqual([])
  })

  it('stands on another monitor without the desk, with a wall of its own', async () => {
    await rig.page.evaluate(() => (location.hash = '#/wall?screen=2'))
    await rig.page.locator('[data-wall="2"]').waitFor()
    expect(await rig.page.locator('.desk').count()).toBe(0)
    await rig.page.keyboard.press('2')
    await rig.page.locator('[data-tiles="4"]').waitFor()
    await expect.poll(() => rig.fixture.centre.layouts.screens['2']?.tiles, { timeout: 5000 }).toBe(4)
    expect(rig.fixture.centre.layouts.screens['1']).toBeUndefined()
    expect(await violationsOf(rig.page)).toEqual([])
  })
})

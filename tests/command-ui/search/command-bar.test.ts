import { expect, it } from 'vitest'
import { violationsOf } from '../built-ui.ts'
import { describeInBrowser, type Rig } from '../describe-in-browser.ts'

async function openDesk({ page, startDuty }: Rig): Promise<void> {
  page.setDefaultTimeout(10_000)
  await startDuty()
}

describeInBrowser('the command bar and the sheet of keys', { before: openDesk }, (rig) => {
  it('plays a camera by the initials of its name, and Esc gives the officer’s wall back', async () => {
    await rig.page.keyboard.press('/')
    await rig.page.locator('.command-bar input').waitFor()
    expect(await violationsOf(rig.page), 'open').toEqual([])
    await rig.page.keyboard.type('mdxxdm')
    await rig.page.locator('[data-found="cam-7"]').waitFor()
    await rig.page.keyboard.press('Enter')
    await rig.page.locator('.wall-tile.is-full[data-camera-id="cam-7"]').waitFor()
    await rig.page.keyboard.press('Escape')
    await expect.poll(() => rig.page.locator('.is-full').count()).toBe(0)
    await expect.poll(() => rig.page.locator('.wall-tile[data-camera-id]').count()).toBe(9)
    expect(rig.fixture.centre.layouts.screens, 'nothing was rearranged').toEqual({})
  })

  it('opens an incident, from the wall too, and Esc closes only the bar', async () => {
    const alarm = rig.fixture.centre.raise('btn-1')
    await rig.page.locator(`[data-popup="${alarm.id}"]`).waitFor()
    await rig.page.keyboard.press('/')
    await rig.page.locator('.command-bar input').waitFor()
    await rig.page.keyboard.press('Escape')
    await expect.poll(() => rig.page.locator('.command-bar').count()).toBe(0)
    await rig.page.locator(`[data-popup="${alarm.id}"]`).waitFor()
    await rig.page.evaluate(() => (location.hash = '#/wall'))
    await rig.page.locator('[data-wall="1"]').waitFor()
    await rig.page.keyboard.press('/')
    await rig.page.locator('.command-bar input').fill('binhai')
    await rig.page.locator('[data-found] .chip').first().getByText('警情').waitFor()
    await rig.page.keyboard.press('Enter')
    await rig.page.locator('.incident-head').waitFor()
  })

  it('shows the scene of an alarm on the wall by one key', async () => {
    const alarm = rig.fixture.centre.raise('btn-1')
    await rig.page.locator(`[data-popup="${alarm.id}"]`).waitFor()
    await rig.page.keyboard.press('v')
    await rig.page.locator('.wall-tile.is-alarm').waitFor()
    await expect.poll(() => rig.page.locator('.wall-tile[data-camera-id]').count()).toBe(4)
  })

  it('lists its keys, with a word for each, in both languages', async () => {
    await rig.page.keyboard.press('?')
    await rig.page.locator('.keys-sheet').waitFor()
    for (const heading of ['快捷键', 'Keys']) {
      await rig.page.locator('.keys-sheet').getByRole('heading', { name: heading, exact: true }).waitFor()
      const empty = await rig.page.evaluate(
        () => [...document.querySelectorAll('.keys-sheet dd')].filter((dd) => dd.textContent.trim() === '').length,
      )
      expect(empty).toBe(0)
      expect(await violationsOf(rig.page)).toEqual([])
      await rig.page.keyboard.press('Escape')
      await rig.page.keyboard.press('l')
      await rig.page.keyboard.press('?')
    }
  })
})

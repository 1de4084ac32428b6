import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeInBrowser, type Rig } from '../describe-in-browser.ts'

/** The second monitor stands to the right of the first. */
const SECOND = { left: 1920, top: 0, width: 1600, height: 900 }
const SWITCHES = ['--screen-info={1920x1080}{1920,0 1600x900}']

async function openWall({ page, startDuty }: Rig): Promise<void> {
  page.setDefaultTimeout(15_000)
  await startDuty('#/wall')
  await page.locator('[data-cell="0"][data-camera-id]').waitFor()
}

/** What an officer answers to "may this page see your screens?"; Playwright has no name for it. */
async function allowScreens({ browser, fixture }: Rig): Promise<void> {
  const cdp = await browser.newBrowserCDPSession()
  const { browserContextIds } = await cdp.send('Target.getBrowserContexts')
  for (const browserContextId of browserContextIds) {
    await cdp.send('Browser.grantPermissions', {
      permissions: ['windowManagement'],
      browserContextId,
      origin: fixture.url,
    })
  }
  // The answer holds as long as this session; it ends with the browser.
}

const placeOf = (window: Page) =>
  window.evaluate(() => ({ left: screenX, top: screenY, width: outerWidth, height: outerHeight }))

describeInBrowser('a desk with two monitors', { switches: SWITCHES, before: openWall }, (rig) => {
  const open = async () => {
    const opened = rig.page.waitForEvent('popup')
    await rig.page.getByRole('button', { name: '打开第 2 屏' }).click()
    const window = await opened
    await window.locator('[data-wall="2"]').waitFor()
    return window
  }

  it('opens the second wall on the second monitor, whole, and the same again only brings it to the front', async () => {
    await allowScreens(rig)
    const window = await open()
    expect(new URL(window.url()).hash).toBe('#/wall?screen=2')
    await expect.poll(() => placeOf(window)).toEqual(SECOND)
    await rig.page.getByRole('button', { name: '打开第 2 屏' }).click()
    await rig.page.waitForTimeout(500)
    expect(rig.page.context().pages()).toHaveLength(2)
    await window.close()
  })

  it('opens it where the browser likes when the officer shows no screens, with a wall of its own', async () => {
    const window = await open()
    expect((await placeOf(window)).left, 'not placed').not.toBe(SECOND.left)
    await window.keyboard.press('2')
    await window.locator('[data-tiles="4"]').waitFor()
    expect(await rig.page.locator('[data-wall="1"][data-tiles="9"]').count()).toBe(1)
    await window.close()
  })

  it('says the address when the browser opens no window', async () => {
    await rig.page.evaluate(() => (window.open = () => null))
    await rig.page.getByRole('button', { name: '打开第 2 屏' }).click()
    await rig.page.getByText('#/wall?screen=2').waitFor()
  })
})

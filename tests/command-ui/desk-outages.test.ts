import { rmSync } from 'node:fs'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findChromium } from '../support/browser.ts'
import { isRequired } from '../support/required.ts'
import { buildUi } from './built-ui.ts'
import { startFixture, type Fixture } from './fixture-server.ts'

const executablePath = findChromium()
if (!executablePath && isRequired('browser')) throw new Error('this run needs Chromium, and there is none')

describe.skipIf(!executablePath)('the desk while a part of the centre is away or taken, in a browser', () => {
  let uiDir: string
  let browser: Browser
  let fixture: Fixture
  let page: Page
  let errors: string[]

  const body = (name: string) => page.evaluate((key) => document.body.dataset[key], name)
  const waitBody = (name: string, value: string) =>
    page.waitForFunction(([key, wanted]) => document.body.dataset[key!] === wanted, [name, value])

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
    page.on('pageerror', (error) => errors.push(error.message))
  })
  afterEach(async () => {
    await page.close()
    await fixture.close()
    expect(errors).toEqual([])
  })

  async function startDuty(): Promise<void> {
    await page.goto(fixture.url)
    await page.locator('[data-action="start-duty"]').click()
    await waitBody('audio', 'running')
    await waitBody('live', 'live')
  }

  it('says in red and with a tone that the intake does not receive, and what to do, while the desk itself hears the centre', async () => {
    await startDuty()
    const { health } = fixture.centre
    fixture.centre.health = { ...health, intake: 'away' }
    const banner = page.locator('[data-banner="intake"]')
    await banner.waitFor()
    expect(await banner.innerText()).toMatch(/报警接入无响应[^]*电话/)
    await waitBody('tone', 'blind')
    expect(await body('live')).toBe('live')
    fixture.centre.health = health
    await banner.waitFor({ state: 'detached' })
    await waitBody('tone', 'off')
  })

  it('says on the pop-up that a camera of this scene looks at another one, and no longer when it is turned back', async () => {
    await startDuty()
    const { centre } = fixture
    const first = centre.raise('btn-1')
    const second = centre.raise('btn-2')
    await page.locator(`[data-popup="${first.id}"]`).waitFor()
    const other = centre.incidents.get(second.incidentId!)!
    const { cameraIds, place } = centre.incidents.get(first.incidentId!)!
    const camera = { ...centre.cameras.get(cameraIds[0]!)!, ptz: true, bearingDeg: 0, rangeM: 60 }
    const near = { ...camera, lng: place.lng, lat: place.lat - 0.0003 }
    const turned = (turnedTo?: string) => ({ ...near, ...(turnedTo === undefined ? {} : { turnedTo }) })
    centre.put('camera', 'turned-to-scene', turned(first.incidentId!), null, 'centre')
    centre.put('camera', 'turned-to-scene', turned(other.id), null, 'centre')
    const sentence = page.locator(`[data-popup="${first.id}"] [data-camera-elsewhere="${camera.id}"]`)
    await sentence.waitFor()
    expect(await sentence.innerText()).toContain(camera.name)
    expect(await sentence.innerText()).toContain(other.number)
    centre.put('camera', 'turned-to-scene', turned(first.incidentId!), null, 'centre')
    await sentence.waitFor({ state: 'detached' })
  })

  it('without the database ranks the patrols of an alarm that has no incident, says to call one by radio, and Enter has it kept', async () => {
    await startDuty()
    const { centre } = fixture
    const { health } = centre
    centre.health = { ...health, database: 'away' }
    await page.locator('[data-health="database"][data-state="away"]').waitFor()
    const alarm = centre.raiseProvisional('btn-2')
    await page.locator(`[data-popup="${alarm.id}"] [data-action="acknowledge"]`).waitFor()
    await page.keyboard.press('Enter')
    const button = page.locator(`[data-popup="${alarm.id}"] [data-action="radio-order"]`)
    await button.waitFor()
    const hint = await page.locator(`[data-popup="${alarm.id}"] [data-radio-hint]`).innerText()
    expect(hint).toMatch(/数据库[^]*电台呼叫巡\d+[^]*回车登记/)
    await page.locator('.candidates .candidate').nth(1).waitFor()
    await page.keyboard.press('Enter')
    const kept = page.locator(`[data-popup="${alarm.id}"] [data-radio-order]`)
    await kept.waitFor()
    expect(await kept.innerText()).toMatch(/巡\d+/)
    // What has to wait says so, and what to do.
    fixture.answerNext(`alarms/${alarm.id}/classify`, 503, { code: 'database-away', detail: 'away' })
    await page.keyboard.press('c')
    await page.locator('[data-menu="classify"] button.primary').click()
    await page.getByText('请先记下结论').waitFor()
    centre.health = health
  })
})

import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findChromium } from '../support/browser.ts'
import { isRequired } from '../support/required.ts'
import { buildUi, violationsOf } from './built-ui.ts'
import { startFixture, type Fixture } from './fixture-server.ts'

/** The first load is react, the desk and its words; hls.js, the map and the pages come when they are needed. */
const FIRST_LOAD_GZIP_BYTES_MAX = 140_000

const executablePath = findChromium()
if (!executablePath && isRequired('browser')) throw new Error('this run needs Chromium, and there is none')

describe.skipIf(!executablePath)('the desk in a browser, without WebGL', () => {
  let uiDir: string
  let browser: Browser
  let fixture: Fixture
  let page: Page
  let errors: string[]

  const body = (name: string) => page.evaluate((key) => document.body.dataset[key], name)
  const waitBody = (name: string, value: string) =>
    page.waitForFunction(([key, wanted]) => document.body.dataset[key!] === wanted, [name, value])
  const axeViolations = () => violationsOf(page)

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

  it('lets in by a one-time link once, asks for a password, and forgets the link', async () => {
    fixture.isSignedIn = false
    fixture.mustSetPassword = true
    await page.goto(`${fixture.url}/#/sign-in?link=abc`)
    await page.locator('input[name="again"]').waitFor()
    for (const field of await page.locator('input[type="password"]').all()) await field.fill('correct-horse-battery')
    expect(page.url()).not.toContain('abc')
    await page.keyboard.press('Enter')
    await page.locator('[data-action="start-duty"]').waitFor()
  })

  it('says so when the link was used before', async () => {
    fixture.isSignedIn = false
    await page.goto(`${fixture.url}/#/sign-in?link=used`)
    await page.getByText('链接已失效').waitFor()
    await page.locator('input[name="username"]').waitFor()
  })

  it('shows a press with the siren, tells the centre that it was painted, and needs two keys to send the car', async () => {
    await startDuty()
    const alarm = fixture.centre.raise('btn-1')
    await page.locator(`[data-popup="${alarm.id}"]`).waitFor()
    await waitBody('siren', 'p1')
    await page.waitForFunction(() => Number(document.body.dataset['sirenLevel']) > 0.05)
    await expect.poll(() => fixture.centre.rendered.map(({ alarmId }) => alarmId)).toEqual([alarm.id])
    await page.locator('[data-patrol-id][role="radio"]').first().waitFor()
    await page.keyboard.press('Enter')
    await page.keyboard.press('Enter')
    await expect.poll(() => [...fixture.centre.assignments.values()].map(({ patrolId }) => patrolId)).toEqual(['p01'])
    await waitBody('siren', 'off')
    await expect.poll(() => body('tone')).toBe('off')
    await page.waitForFunction(() => Number(document.body.dataset['sirenLevel']) < 0.01)
  })

  it('shows 1+N, sends the support with a second act, and says what a divert would cost', async () => {
    await startDuty()
    fixture.centre.raise('btn-1')
    await page.locator('[data-patrol-id][role="radio"]').first().waitFor()
    expect(await page.locator('.response-plan').innerText()).toContain('1+2')
    expect(await page.locator('[data-role="support"]').count()).toBe(2)
    expect(await page.locator('[data-action="send-support"]').count()).toBe(0)
    const divert = await page.locator('[data-divert]').first().innerText()
    expect(divert).toContain('20261121-0009')
    expect(divert).toContain('对方晚 4′00″')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Enter')
    await page.locator('[data-undo]').waitFor()
    await page.locator('[data-action="send-support"]').click()
    await expect
      .poll(() => [...fixture.centre.assignments.values()].map(({ patrolId }) => patrolId))
      .toEqual(['p01', 'p02', 'p03'])
  })

  it('shows the duty level, and lets a commander change it with a reason', async () => {
    await startDuty()
    await page.locator('[data-duty-level="normal"]').getByText('平时勤务').waitFor()
    expect(await page.locator('[data-duty-level] button').count()).toBe(0)
    fixture.centre.role = 'commander'
    await page.reload()
    await page.locator('[data-duty-level="normal"] button').click()
    await page.locator('.duty-form select').selectOption('wartime')
    await page.locator('.duty-form input').fill('重大警情')
    await page.keyboard.press('Enter')
    await page.locator('[data-duty-level="wartime"]').getByText('战时勤务').waitFor()
    expect(await page.locator('.duty-form').count()).toBe(0)
  })

  it('groups a flood by place under a banner, shows every first priority singly, and moves no row under the pointer', async () => {
    await startDuty()
    for (let i = 0; i < 12; i++) fixture.centre.raise(`btn-${(i % 2) + 1}`, 'tamper', 3)
    const rows = () =>
      page
        .locator('.stack ol.rows > li')
        .evaluateAll((all) => all.map((li) => Object.fromEntries(Object.entries((li as HTMLElement).dataset))))
    await page.locator('[data-banner="flood"]').waitFor()
    await page.waitForFunction(() => document.querySelector('.stack li[data-group]') !== null)
    const counts = (await rows()).map((row) => Number(row['count'] ?? 1))
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(12)
    expect(counts.length).toBeLessThan(12)
    await page.locator('.stack ol.rows > li').first().hover()
    const before = await rows()
    for (let i = 0; i < 2; i++) fixture.centre.raise('btn-1', 'panic', 1)
    await page.locator('.stack .waiting').waitFor()
    expect((await rows()).map((row) => row['group'] ?? row['alarmId'])).toEqual(
      before.map((row) => row['group'] ?? row['alarmId']),
    )
    await page.mouse.move(960, 540)
    await page.waitForFunction(
      () => document.querySelectorAll('.stack li[data-alarm-id][data-priority="1"]').length === 2,
    )
    expect((await rows()).slice(0, 2).map((row) => row['priority'])).toEqual(['1', '1'])
    expect(await axeViolations()).toEqual([])
  })

  it('takes a held key for one key', async () => {
    await startDuty()
    fixture.centre.raise('btn-1')
    await page.locator('[data-patrol-id][role="radio"]').first().waitFor()
    await page.keyboard.down('Enter')
    for (let i = 0; i < 5; i++) await page.keyboard.down('Enter')
    await page.keyboard.up('Enter')
    await page.locator('[data-stage="dispatch"]').first().waitFor()
    await page.waitForTimeout(500)
    expect(fixture.centre.assignments.size).toBe(0)
  })

  it('cancels the order within five seconds', async () => {
    await startDuty()
    fixture.centre.raise('btn-1')
    await page.locator('[data-patrol-id][role="radio"]').nth(1).waitFor()
    await page.keyboard.press('Enter')
    await page.locator('[data-action="dispatch"]').first().waitFor()
    await page.keyboard.press('2')
    await page.keyboard.press('Enter')
    await page.locator('[data-undo]').waitFor()
    await page.keyboard.press('z')
    await expect
      .poll(() => [...fixture.centre.assignments.values()].map((a) => `${a.patrolId} ${a.state}`))
      .toEqual(['p02 cancelled'])
  })

  it('tells the loser of a race who has the alarm, and his second key sends nothing', async () => {
    await startDuty()
    const alarm = fixture.centre.raise('btn-1')
    await page.locator(`[data-popup="${alarm.id}"]`).waitFor()
    fixture.answerNext(`alarms/${alarm.id}/acknowledge`, 409, {
      code: 'already-acknowledged',
      detail: 'taken',
      owner: '李值班',
    })
    await page.keyboard.press('Enter')
    fixture.centre.changeAlarm(alarm.id, 'acknowledged', { state: 'acknowledged', owner: '李值班' }, '李值班')
    await page.getByText('该报警已由 李值班 接警').first().waitFor()
    await page.keyboard.press('Enter')
    await page.waitForTimeout(400)
    expect(fixture.centre.assignments.size).toBe(0)
    await waitBody('siren', 'off')
  })

  it('opens the pop-up without taking the field that is being typed in', async () => {
    await startDuty()
    await page.goto(`${fixture.url}/#/cameras`)
    await page.locator('input[type="search"]').fill('大')
    const alarm = fixture.centre.raise('btn-1')
    await page.locator(`[data-alarm-id="${alarm.id}"]`).waitFor()
    await page.getByText('还有 1 条未接的一级报警').waitFor()
    await page.keyboard.type('门a')
    await page.keyboard.press('Enter')
    expect(await page.locator('input[type="search"]').inputValue()).toBe('大门a')
    expect(fixture.centre.alarms.get(alarm.id)?.state).toBe('raised')
  })

  it('says in red and with a tone within five seconds that it is blind, and recovers what it missed', async () => {
    await startDuty()
    fixture.setAway(true)
    await page.waitForFunction(() => document.body.dataset['live'] === 'blind', null, { timeout: 5000 })
    await page.locator('.banner[role="alert"]').waitFor()
    expect(await body('tone')).toBe('blind')
    const alarm = fixture.centre.raise('btn-3')
    fixture.setAway(false)
    await page.locator(`[data-alarm-id="${alarm.id}"]`).waitFor({ timeout: 10_000 })
    await waitBody('live', 'live')
  })

  it('keeps a red banner while sound is blocked after a reload in the middle of a shift', async () => {
    await startDuty()
    await page.reload()
    // Whatever the driver asks the page counts as a touch for the browser, which then allows sound: the desk must have tried before.
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    await page.locator('.banner').waitFor()
    expect(await body('audio')).toBe('blocked')
    await page.locator('.banner').click()
    await waitBody('audio', 'running')
  })

  it('adds a camera or says why not, and shows a credential with a command that presses', async () => {
    await startDuty()
    await page.goto(`${fixture.url}/#/cameras`)
    await page.locator('.page-tools button.primary').click()
    await page.locator('input[name="url"]').fill('rtsp://10.0.0.5:554/stream1')
    await page.locator('input[name="name"]').fill('东门')
    fixture.answerNext('cameras', 502, { code: 'camera-refused-login', detail: 'no' })
    await page.locator('.add-camera button[type="submit"]').click()
    await page.getByText('摄像机拒绝登录').waitFor()
    await page.locator('.add-camera button[type="submit"]').click()
    await page.getByText('已添加 东门').waitFor()
    await page.goto(`${fixture.url}/#/devices`)
    await page.locator('[data-device-row="btn-1"] button').click()
    await page.locator('[data-credential-of="btn-1"] button.primary').click()
    const command = await page.locator('[data-command]').innerText()
    expect(command).toContain("-t 'vigil/1/button/btn-1/event'")
    expect(command).toMatch(/-m '\{"id":"[^"]+","type":"panic"\}'/)
  })

  it('is small at first: the map, the player and the pages come later', () => {
    const html = readFileSync(join(uiDir, 'index.html'), 'utf8')
    const files = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(([, name]) => name!)
    expect(files.length).toBeGreaterThan(1)
    const bytes = files.reduce((sum, name) => sum + gzipSync(readFileSync(join(uiDir, name))).length, 0)
    console.log(`first load: ${files.length} files, ${(bytes / 1000).toFixed(1)} kB gzip`)
    expect(bytes).toBeLessThan(FIRST_LOAD_GZIP_BYTES_MAX)
    expect(html).not.toMatch(/https?:\/\//)
  })
})

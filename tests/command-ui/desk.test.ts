import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { violationsOf } from './built-ui.ts'
import { describeInBrowser, LARGE } from './describe-in-browser.ts'

/** The first load is react, the desk and its words; hls.js, the map and the pages come when they are needed. */
const FIRST_LOAD_GZIP_BYTES_MAX = 140_000

describeInBrowser('the desk in a browser, without WebGL', { viewport: LARGE }, (rig) => {
  it('lets in by a one-time link once, asks for a password, and forgets the link', async () => {
    rig.fixture.isSignedIn = false
    rig.fixture.mustSetPassword = true
    await rig.page.goto(`${rig.fixture.url}/#/sign-in?link=abc`)
    await rig.page.locator('input[name="again"]').waitFor()
    for (const field of await rig.page.locator('input[type="password"]').all())
      await field.fill('correct-horse-battery')
    expect(rig.page.url()).not.toContain('abc')
    await rig.page.keyboard.press('Enter')
    await rig.page.locator('[data-action="start-duty"]').waitFor()
  })

  it('says so when the link was used before', async () => {
    rig.fixture.isSignedIn = false
    await rig.page.goto(`${rig.fixture.url}/#/sign-in?link=used`)
    await rig.page.getByText('链接已失效').waitFor()
    await rig.page.locator('input[name="username"]').waitFor()
  })

  it('shows a press with the siren, tells the centre that it was painted, and needs two keys to send the car', async () => {
    await rig.startDuty()
    const alarm = rig.fixture.centre.raise('btn-1')
    await rig.page.locator(`[data-popup="${alarm.id}"]`).waitFor()
    await rig.waitBody('siren', 'p1')
    await rig.page.waitForFunction(() => Number(document.body.dataset['sirenLevel']) > 0.05)
    await expect.poll(() => rig.fixture.centre.rendered.map(({ alarmId }) => alarmId)).toEqual([alarm.id])
    await rig.page.locator('[data-patrol-id][role="radio"]').first().waitFor()
    await rig.page.keyboard.press('Enter')
    await rig.page.keyboard.press('Enter')
    await expect
      .poll(() => [...rig.fixture.centre.assignments.values()].map(({ patrolId }) => patrolId))
      .toEqual(['p01'])
    await rig.waitBody('siren', 'off')
    await expect.poll(() => rig.body('tone')).toBe('off')
    await rig.page.waitForFunction(() => Number(document.body.dataset['sirenLevel']) < 0.01)
  })

  it('opens what the officer has in hand after a reload, and nothing of others', async () => {
    await rig.startDuty()
    rig.fixture.centre.raise('btn-2')
    const alarm = rig.fixture.centre.raise('btn-1')
    const other = [...rig.fixture.centre.alarms.values()].find(({ id }) => id !== alarm.id)!
    rig.fixture.centre.changeAlarm(other.id, 'acknowledged', { state: 'acknowledged', owner: 'somebody' }, 'somebody')
    rig.fixture.centre.changeAlarm(alarm.id, 'acknowledged', { state: 'acknowledged', owner: 'admin' }, 'admin')
    await rig.page.reload()
    await rig.page.locator(`[data-alarm-id="${alarm.id}"] [aria-current="true"]`).waitFor()
    expect(await rig.page.locator('[data-alarm-id] [aria-current="true"]').count()).toBe(1)
  })

  it('notes with one click what came of a call, beside the number and in the timeline, and takes a line of the officer’s own', async () => {
    await rig.startDuty()
    rig.fixture.centre.raise('btn-1')
    const contact = rig.page.locator('[data-contact]').first()
    await contact.getByRole('button', { name: /未接/ }).click()
    await expect.poll(() => contact.getAttribute('data-called')).toBe('no-answer')
    await contact.getByRole('button', { name: /已接通/ }).click()
    await expect.poll(() => contact.getAttribute('data-called'), { message: 'the last one counts' }).toBe('answered')
    expect(await contact.locator('[aria-pressed="true"]').count()).toBe(1)
    expect(await rig.page.locator('.timeline [data-event="note.phoned"]').count()).toBe(2)
    await rig.page.locator('[data-form="note"] input').fill('门卫已到门口')
    await rig.page.keyboard.press('Enter')
    await rig.page.locator('.timeline [data-event="note.written"]', { hasText: '门卫已到门口' }).waitFor()
    expect(await rig.page.locator('[data-form="note"] input').inputValue()).toBe('')
    expect(await violationsOf(rig.page)).toEqual([])
  })

  it('lays the floor plan of the site over the map by P, keys going on, and another scene takes it away', async () => {
    await rig.startDuty()
    const alarm = rig.fixture.centre.raise('btn-1')
    const siteId = rig.fixture.centre.alarms.get(alarm.id)!.siteId!
    await rig.page.locator(`[data-plan-of="${siteId}"]`).waitFor()
    await rig.page.keyboard.press('p')
    await rig.page.locator('.plan-over-map img').waitFor()
    expect(await violationsOf(rig.page)).toEqual([])
    await rig.page.keyboard.press('Escape')
    expect(await rig.page.locator('.plan-over-map').count()).toBe(0)
    expect(await rig.page.locator(`[data-popup="${alarm.id}"]`).count(), 'the alarm is not folded by it').toBe(1)
    await rig.page.keyboard.press('p')
    await rig.page.keyboard.press('Enter')
    await rig.waitBody('siren', 'off')
    const other = rig.fixture.centre.raise('btn-2')
    await rig.page.locator(`[data-alarm-id="${other.id}"]`).waitFor()
    await rig.page.keyboard.press('n')
    await expect.poll(() => rig.page.locator('.plan-over-map').count(), { message: 'it has no plan' }).toBe(0)
  })

  it('closes with Enter what the crew has cleared, sends nobody again, and lists it among the last', async () => {
    await rig.startDuty()
    const alarm = rig.fixture.centre.raise('btn-1')
    await rig.page.locator('[data-patrol-id][role="radio"]').first().waitFor()
    await rig.page.keyboard.press('Enter')
    await rig.page.locator('[data-action="dispatch"]').first().waitFor()
    await rig.page.keyboard.press('Enter')
    await rig.page.locator('[data-undo]').waitFor()
    const [assignment] = rig.fixture.centre.assignments.values()
    rig.fixture.centre.changeAssignment(
      assignment!.id,
      'cleared',
      { state: 'cleared', clearedAt: alarm.raisedAt },
      'crew',
    )
    await rig.page.locator('[data-action="finish"]').first().waitFor()
    await rig.page.keyboard.press('Enter')
    await rig.page.locator('[data-menu="close"]').waitFor()
    await rig.page.keyboard.press('Enter')
    await expect.poll(() => rig.fixture.centre.incidents.get(alarm.incidentId!)?.state).toBe('closed')
    expect(rig.fixture.centre.assignments.size).toBe(1)
    await rig.page.reload()
    await rig.page.locator(`[data-lately="${alarm.incidentId}"]`).waitFor()
  })

  it('shows 1+N, sends the support with a second act, and says what a divert would cost', async () => {
    await rig.startDuty()
    rig.fixture.centre.raise('btn-1')
    await rig.page.locator('[data-patrol-id][role="radio"]').first().waitFor()
    expect(await rig.page.locator('.response-plan').innerText()).toContain('1+2')
    expect(await rig.page.locator('[data-role="support"]').count()).toBe(2)
    expect(await rig.page.locator('[data-action="send-support"]').count()).toBe(0)
    const divert = await rig.page.locator('[data-divert]').first().innerText()
    expect(divert).toContain('20261121-0009')
    expect(divert).toContain('对方晚 4′00″')
    await rig.page.keyboard.press('Enter')
    await rig.page.keyboard.press('Enter')
    await rig.page.locator('[data-undo]').waitFor()
    await rig.page.locator('[data-action="send-support"]').click()
    await expect
      .poll(() => [...rig.fixture.centre.assignments.values()].map(({ patrolId }) => patrolId))
      .toEqual(['p01', 'p02', 'p03'])
  })

  it('shows the duty level, and lets a commander change it with a reason', async () => {
    await rig.startDuty()
    await rig.page.locator('[data-duty-level="normal"]').getByText('平时勤务').waitFor()
    expect(await rig.page.locator('[data-duty-level] button').count()).toBe(0)
    rig.fixture.centre.role = 'commander'
    await rig.page.reload()
    await rig.page.locator('[data-duty-level="normal"] button').click()
    await rig.page.locator('.duty-form select').selectOption('wartime')
    await rig.page.locator('.duty-form input').fill('重大警情')
    await rig.page.keyboard.press('Enter')
    await rig.page.locator('[data-duty-level="wartime"]').getByText('战时勤务').waitFor()
    await expect.poll(() => rig.page.locator('.duty-form').count()).toBe(0)
  })

  it('groups a flood by place under a banner, shows every first priority singly, and moves no row under the pointer', async () => {
    await rig.startDuty()
    const meter = () =>
      rig.page
        .locator('.strip-load meter')
        .evaluate((it: HTMLMeterElement) => (it.value > it.high ? 'red' : it.value > it.low ? 'amber' : 'green'))
    expect(await meter()).toBe('green')
    for (let i = 0; i < 12; i++) rig.fixture.centre.raise(`btn-${(i % 2) + 1}`, 'tamper', 3)
    const rows = () =>
      rig.page
        .locator('.stack ol.rows > li')
        .evaluateAll((all) => all.map((li) => Object.fromEntries(Object.entries((li as HTMLElement).dataset))))
    await rig.page.locator('[data-banner="flood"]').waitFor()
    await expect.poll(meter).toBe('red')
    await rig.page.waitForFunction(() => document.querySelector('.stack li[data-group]') !== null)
    const counts = (await rows()).map((row) => Number(row['count'] ?? 1))
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(12)
    expect(counts.length).toBeLessThan(12)
    await rig.page.locator('.stack ol.rows > li').first().hover()
    const before = await rows()
    for (let i = 0; i < 2; i++) rig.fixture.centre.raise('btn-1', 'panic', 1)
    await rig.page.locator('.stack .waiting').waitFor()
    expect((await rows()).map((row) => row['group'] ?? row['alarmId'])).toEqual(
      before.map((row) => row['group'] ?? row['alarmId']),
    )
    await rig.page.mouse.move(960, 540)
    await rig.page.waitForFunction(
      () => document.querySelectorAll('.stack li[data-alarm-id][data-priority="1"]').length === 2,
    )
    expect((await rows()).slice(0, 2).map((row) => row['priority'])).toEqual(['1', '1'])
    expect(await violationsOf(rig.page)).toEqual([])
  })

  it('takes a held key for one key', async () => {
    await rig.startDuty()
    rig.fixture.centre.raise('btn-1')
    await rig.page.locator('[data-patrol-id][role="radio"]').first().waitFor()
    await rig.page.keyboard.down('Enter')
    for (let i = 0; i < 5; i++) await rig.page.keyboard.down('Enter')
    await rig.page.keyboard.up('Enter')
    await rig.page.locator('[data-stage="dispatch"]').first().waitFor()
    await rig.page.waitForTimeout(500)
    expect(rig.fixture.centre.assignments.size).toBe(0)
  })

  it('cancels the order within five seconds', async () => {
    await rig.startDuty()
    rig.fixture.centre.raise('btn-1')
    await rig.page.locator('[data-patrol-id][role="radio"]').nth(1).waitFor()
    await rig.page.keyboard.press('Enter')
    await rig.page.locator('[data-action="dispatch"]').first().waitFor()
    await rig.page.keyboard.press('2')
    await rig.page.keyboard.press('Enter')
    await rig.page.locator('[data-undo]').waitFor()
    await rig.page.keyboard.press('z')
    await expect
      .poll(() => [...rig.fixture.centre.assignments.values()].map((a) => `${a.patrolId} ${a.state}`))
      .toEqual(['p02 cancelled'])
  })

  it('tells the loser of a race who has the alarm, and his second key sends nothing', async () => {
    await rig.startDuty()
    const alarm = rig.fixture.centre.raise('btn-1')
    await rig.page.locator(`[data-popup="${alarm.id}"]`).waitFor()
    rig.fixture.answerNext(`alarms/${alarm.id}/acknowledge`, 409, {
      code: 'already-acknowledged',
      detail: 'taken',
      owner: '李值班',
    })
    await rig.page.keyboard.press('Enter')
    rig.fixture.centre.changeAlarm(alarm.id, 'acknowledged', { state: 'acknowledged', owner: '李值班' }, '李值班')
    await rig.page.getByText('该报警已由 李值班 接警').first().waitFor()
    await rig.page.keyboard.press('Enter')
    await rig.page.waitForTimeout(400)
    expect(rig.fixture.centre.assignments.size).toBe(0)
    await rig.waitBody('siren', 'off')
  })

  it('opens the pop-up without taking the field that is being typed in', async () => {
    await rig.startDuty()
    await rig.page.goto(`${rig.fixture.url}/#/cameras`)
    await rig.page.locator('input[type="search"]').fill('大')
    const alarm = rig.fixture.centre.raise('btn-1')
    await rig.page.locator(`[data-alarm-id="${alarm.id}"]`).waitFor()
    await rig.page.getByText('还有 1 条未接的一级报警').waitFor()
    await rig.page.keyboard.type('门a')
    await rig.page.keyboard.press('Enter')
    expect(await rig.page.locator('input[type="search"]').inputValue()).toBe('大门a')
    expect(rig.fixture.centre.alarms.get(alarm.id)?.state).toBe('raised')
  })

  it('says in red and with a tone within five seconds that it is blind, and recovers what it missed', async () => {
    await rig.startDuty()
    rig.fixture.setAway(true)
    await rig.page.waitForFunction(() => document.body.dataset['live'] === 'blind', null, { timeout: 5000 })
    await rig.page.locator('.banner[role="alert"]').waitFor()
    expect(await rig.body('tone')).toBe('blind')
    const alarm = rig.fixture.centre.raise('btn-3')
    rig.fixture.setAway(false)
    await rig.page.locator(`[data-alarm-id="${alarm.id}"]`).waitFor({ timeout: 10_000 })
    await rig.waitBody('live', 'live')
  })

  it('keeps a red banner while sound is blocked after a reload in the middle of a shift', async () => {
    await rig.startDuty()
    await rig.page.reload()
    // Whatever the driver asks the page counts as a touch for the browser, which then allows sound: the desk must have tried before.
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    await rig.page.locator('.banner').waitFor()
    expect(await rig.body('audio')).toBe('blocked')
    await rig.page.locator('.banner').click()
    await rig.waitBody('audio', 'running')
  })

  it('adds a camera or says why not, and shows a credential with a command that presses', async () => {
    rig.fixture.centre.role = 'installer'
    await rig.startDuty()
    await rig.page.goto(`${rig.fixture.url}/#/cameras`)
    await rig.page.locator('.page-tools button.primary').click()
    await rig.page.locator('input[name="url"]').fill('rtsp://10.0.0.5:554/stream1')
    await rig.page.locator('input[name="name"]').fill('东门')
    rig.fixture.answerNext('cameras', 502, { code: 'camera-refused-login', detail: 'no' })
    await rig.page.locator('.camera-form button[type="submit"]').click()
    await rig.page.getByText('摄像机拒绝登录').waitFor()
    await rig.page.locator('.camera-form button[type="submit"]').click()
    await rig.page.getByText('已添加 东门').waitFor()
    await rig.page.goto(`${rig.fixture.url}/#/devices`)
    await rig.page.locator('[data-device-row="btn-1"] .row-buttons button').click()
    await rig.page.locator('[data-credential-of="btn-1"] button.primary').click()
    const command = await rig.page.locator('[data-command]').innerText()
    expect(command).toContain("-t 'vigil/1/button/btn-1/event'")
    expect(command).toMatch(/-m '\{"id":"[^"]+","type":"panic"\}'/)
  })

  it('is small at first: the map, the player and the pages come later', () => {
    const html = readFileSync(join(rig.uiDir, 'index.html'), 'utf8')
    const files = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(([, name]) => name!)
    expect(files.length).toBeGreaterThan(1)
    const bytes = files.reduce((sum, name) => sum + gzipSync(readFileSync(join(rig.uiDir, name))).length, 0)
    console.log(`first load: ${files.length} files, ${(bytes / 1000).toFixed(1)} kB gzip`)
    expect(bytes).toBeLessThan(FIRST_LOAD_GZIP_BYTES_MAX)
    expect(html).not.toMatch(/https?:\/\//)
  })
})

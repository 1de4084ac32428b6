import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { violationsOf } from './built-ui.ts'
import { describeInBrowser } from './describe-in-browser.ts'

describeInBrowser('registers as a whole, in a browser', {}, (rig) => {
  const rows = () =>
    rig.page
      .locator('[data-device-row]')
      .evaluateAll((all) => all.map((row) => (row as HTMLElement).dataset['deviceRow']))
  const selected = async () => Number((await rig.page.locator('[data-selected]').getAttribute('data-selected')) ?? 0)
  const csv = (text: string) => ({ name: '设备.csv', mimeType: 'text/csv', buffer: Buffer.from(text) })

  it('changes many devices by keys alone, in one act, and says of each what became of it', async () => {
    await rig.openAs('installer', 'devices')
    await rig.page.locator('[data-check-row]').nth(3).waitFor()
    const ids = await rows()
    expect(ids.length).toBeGreaterThan(3)
    await rig.page.locator('[data-check-row]').first().focus()
    await rig.page.keyboard.press('Space')
    expect(await selected()).toBe(1)
    await rig.page.keyboard.press('Shift+ArrowDown')
    await rig.page.keyboard.press('Shift+ArrowDown')
    expect(await selected()).toBe(3)
    await rig.page.keyboard.press('ArrowDown')
    await rig.page.keyboard.press('Control+a')
    expect(await selected()).toBe(ids.length)
    await rig.page.keyboard.press('Escape')
    expect(await rig.page.locator('[data-selected]').count()).toBe(0)
    await rig.page.locator('[data-check-row]').first().focus()
    await rig.page.keyboard.press('Space')
    await rig.page.keyboard.press('Shift+ArrowDown')
    await rig.page.locator('[data-action="bulk"]').press('Enter')
    await rig.page.locator('[data-field="power"] select').selectOption('battery')
    await rig.page.locator('[data-field="jurisdiction"] select').selectOption('=')
    await rig.page.locator('[data-field="jurisdiction"] input').fill('滨海/东')
    expect(await violationsOf(rig.page), 'the form').toEqual([])
    await rig.page.locator('[data-form="bulk"] input[name="reason"]').press('Enter')
    await rig.page.locator('[data-outcome-of="changed"][data-count="2"]').waitFor()
    expect(rig.fixture.centre.changes).toEqual([
      { id: 'devices', body: { ids: ids.slice(0, 2), patch: { power: 'battery', jurisdiction: '滨海/东' } } },
    ])
    expect(await violationsOf(rig.page), 'what became of each').toEqual([])
  })

  it('takes a range by mouse, and only of what the list shows', async () => {
    await rig.openAs('admin', 'cameras')
    const boxes = rig.page.locator('[data-check-row]')
    await boxes.nth(1).click()
    await boxes.nth(4).click({ modifiers: ['Shift'] })
    expect(await selected()).toBe(4)
    const [name] = await rig.page.locator('[data-camera-row].chosen td:nth-child(3)').allTextContents()
    await rig.page.locator('input[type="search"]').fill(name!)
    await expect.poll(selected).toBe(1)
    await rig.page.locator('input[type="search"]').fill('')
    await expect.poll(selected, { message: 'they are chosen still' }).toBe(4)
  })

  it('changes one camera beside its picture: only what was changed is sent, and a refusal is said in words', async () => {
    await rig.openAs('installer', 'cameras')
    await rig.page.locator('[data-camera-row="cam-1"] .row-buttons button').first().click()
    await rig.page.getByRole('button', { name: '更改' }).click()
    const form = rig.page.locator('[data-form="camera"]')
    await form.locator('input[name="bearing"]').fill('135')
    await form.locator('input[name="audio"]').check()
    expect(await violationsOf(rig.page), 'the form').toEqual([])
    await form.locator('button[type="submit"]').click()
    await form.waitFor({ state: 'detached' })
    expect(rig.fixture.centre.changes.at(-1)).toEqual({ id: 'cam-1', body: { bearingDeg: 135, audio: true } })

    await rig.page.getByRole('button', { name: '更改' }).click()
    await form.locator('input[name="url"]').fill('rtsp://10.0.0.9:554/other')
    rig.fixture.answerNext('cameras/cam-1', 502, { code: 'camera-unreachable', detail: 'no' })
    await form.locator('button[type="submit"]').click()
    await form.locator('[role="alert"]').waitFor()
    await form.locator('button[name="force"]').click()
    await form.waitFor({ state: 'detached' })
    const { id, body } = rig.fixture.centre.changes.at(-1)!
    expect({ id, source: (body as { source: object }).source }).toMatchObject({
      id: 'cam-1',
      source: { kind: 'rtsp', url: 'rtsp://10.0.0.9:554/other' },
    })
  })

  it('sorts by the last sign of life and by the press test, and filters what needs somebody', async () => {
    await rig.openAs('officer', 'devices')
    const { devices } = rig.fixture.centre
    const first = async () => (await rows())[0]!
    await rig.page.getByRole('button', { name: '最后信号' }).click()
    const seenOf = (id: string | undefined) => Date.parse(devices.get(id!)?.lastSeenAt ?? '1970-01-01')
    const seen = (await rows()).map(seenOf)
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
    const oldest = await first()
    await rig.page.getByRole('button', { name: '最后信号' }).click()
    expect(await first()).not.toBe(oldest)
    expect(await rig.page.locator('th[aria-sort="descending"]').count()).toBe(1)
    await rig.page.getByRole('button', { name: '试按' }).click()
    const tested = (await rows()).map((id) => Date.parse(devices.get(id!)?.testedAt ?? '1970-01-01'))
    expect(tested).toEqual([...tested].sort((a, b) => a - b))
    await rig.page.locator('select[name="life"]').selectOption('bad')
    const bad = await rows()
    expect(bad.length).toBeGreaterThan(0)
    for (const id of bad) expect(['lost', 'disconnected', 'alert']).toContain(devices.get(id!)?.state)
    expect(await rig.page.locator('[data-check-row], [data-action="import"]').count(), 'an officer changes none').toBe(
      0,
    )
  })

  it('tells every problem of a spreadsheet before anything is written, and writes the mended one', async () => {
    await rig.openAs('installer', 'devices')
    await rig.page.locator('[data-action="import"]').click()
    const panel = rig.page.locator('[data-import="devices"]')
    const file = panel.locator('input[type="file"]')
    await file.setInputFiles(csv('id,kind,name,site_id,lng\r\nbtn-1,button,,nowhere,999\r\nbtn-1,button,b,site-1,\r\n'))
    await panel.locator('[data-verdict="problems"]').waitFor()
    const found = await panel
      .locator('[data-problem]')
      .evaluateAll((all) =>
        all.map((row) => `${(row as HTMLElement).dataset['row']} ${(row as HTMLElement).dataset['problem']}`),
      )
    expect(found).toEqual(['2 needed', '2 not-a-number', '2 unknown-site', '3 twice'])
    await panel.getByText('没有这个单位').waitFor()
    expect(await panel.locator('[data-action="write"]').count()).toBe(0)
    expect(await violationsOf(rig.page), 'the problems').toEqual([])
    await rig.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
    await rig.page.keyboard.press('l')
    await panel.getByText('There is no such site').waitFor()
    expect(await violationsOf(rig.page), 'the problems in English').toEqual([])
    await panel.getByRole('button', { name: 'Another file' }).click()
    await file.setInputFiles(csv('id,kind,name\r\nbtn-1,button,新按钮\r\n'))
    await panel.locator('[data-verdict="clean"]').waitFor()
    await panel.locator('[data-action="write"]').press('Enter')
    await panel.locator('[data-verdict="written"]').waitFor()
    expect(rig.fixture.centre.devices.get('btn-1')?.name).toBe('新按钮')
    await rig.page.locator('[data-device-row="btn-1"]').getByText('新按钮').waitFor()
  })

  it('gives the register out as a file', async () => {
    await rig.openAs('officer', 'devices')
    const saved = rig.page.waitForEvent('download')
    await rig.page.locator('[data-action="export"]').click()
    const download = await saved
    expect(download.suggestedFilename()).toMatch(/^vigil-devices-\d{4}-\d\d-\d\d\.csv$/)
    expect(readFileSync(await download.path(), 'utf8')).toContain('btn-1')
  })

  it('changes the days for which recordings of many sites are kept', async () => {
    await rig.openAs('supervisor', 'sites')
    await rig.page.locator('[data-check-all]').click()
    await rig.page.locator('[data-action="bulk"]').click()
    await rig.page.locator('[data-field="recordDays"] select').selectOption('=')
    await rig.page.locator('[data-field="recordDays"] input').fill('90')
    await rig.page.locator('[data-form="bulk"] button[type="submit"]').click()
    await rig.page.locator('[data-outcome-of="changed"]').waitFor()
    expect(rig.fixture.centre.changes[0]).toMatchObject({ id: 'sites', body: { patch: { recordDays: 90 } } })
  })
})

import { expect, it } from 'vitest'
import { describeInBrowser } from './describe-in-browser.ts'

describeInBrowser('sites, zones and what is over, in a browser', {}, (rig) => {
  it('finds a site by a contact, and sends of it only what was changed', async () => {
    await rig.openAs('supervisor', 'sites')
    await rig.page.locator('input[type="search"]').fill('明德')
    expect(await rig.page.locator('[data-site-row]').count()).toBe(1)
    await rig.page.locator('[data-site-row="site-4"] .row-buttons button').click()
    await rig.page.locator('[data-action="edit-site"]').click()
    await rig.page.locator('[data-form="site"] input').nth(5).waitFor()
    await rig.page.getByRole('textbox', { name: '电话' }).first().fill('13700000000')
    await rig.page.locator('[data-form="site"] button[type="submit"]').click()
    await expect
      .poll(() => rig.fixture.centre.changes)
      .toEqual([
        {
          id: 'site-4',
          body: {
            contacts: [
              { name: '李华', role: '校长', phone: '13700000000' },
              { name: '王志强', role: '保安队长', phone: '13900005678' },
            ],
          },
        },
      ])
    await rig.page.locator('[data-site="site-4"]').getByText('13700000000').waitFor()
  })

  it('shows an officer no button that the centre would refuse', async () => {
    await rig.openAs('officer', 'sites/site-1')
    await rig.page.locator('[data-site="site-1"] .contacts li').nth(1).waitFor()
    expect(await rig.page.locator('[data-action="edit-site"], [data-form="drill"]').count()).toBe(0)
    await rig.page.evaluate(() => (location.hash = '#/zones'))
    await rig.page.locator('[data-zone-row]').first().waitFor()
    const numbers = rig.page.locator('[data-zone-row] input')
    expect(await numbers.count()).toBeGreaterThan(0)
    for (const number of await numbers.all()) expect(await number.isDisabled()).toBe(true)
  })

  it('plans a drill with its reason, and takes it back', async () => {
    await rig.openAs('commander', 'sites/site-1')
    await rig.page.locator('[data-form="drill"] input[name="why"]').fill('消防演练')
    await rig.page.locator('[data-form="drill"] button[type="submit"]').click()
    const line = rig.page.locator('[data-drill="drill-1"]')
    await line.getByText('消防演练').waitFor()
    expect(Date.parse(rig.fixture.centre.drills[0]!.to) - Date.parse(rig.fixture.centre.drills[0]!.from)).toBe(
      3_600_000,
    )
    await line.locator('button').click()
    await line.getByText('已取消').waitFor()
    expect(await line.locator('button').count()).toBe(0)
  })

  it('changes a zone’s promise for one duty level, and leaves out what is empty', async () => {
    await rig.openAs('commander', 'zones')
    const row = rig.page.locator('[data-zone-row]').first()
    const id = await row.getAttribute('data-zone-row')
    const goalS = Number(await row.locator('input').first().inputValue())
    await row.locator('input').nth(2).fill('45')
    await row.locator('input').nth(3).fill('2')
    await row.locator('button[type="submit"]').click()
    await expect
      .poll(() => rig.fixture.centre.changes)
      .toEqual([{ id, body: { goalS, goals: { wartime: 45 }, minPatrols: { normal: 2 } } }])
    await expect.poll(() => row.locator('button').count()).toBe(0)
    expect(await row.locator('input').nth(2).inputValue()).toBe('45')
    const heads = rig.page.locator('.page-table th')
    const before = await heads.count()
    await rig.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
    await rig.page.keyboard.press('l')
    await rig.page.getByText('Reached now').waitFor()
    expect(await heads.count(), 'no head of the other language is left').toBe(before)
  })

  it('plays a closed incident again: the hand moves the trail, and a gap says why', async () => {
    await rig.openAs('officer', 'desk')
    const alarm = rig.fixture.centre.raise('btn-1')
    await rig.page.locator('[data-patrol-id][role="radio"]').first().waitFor()
    await rig.page.keyboard.press('Enter')
    await rig.page.keyboard.press('Enter')
    await expect.poll(() => rig.fixture.centre.assignments.size).toBe(1)
    const id = rig.fixture.centre.alarms.get(alarm.id)!.incidentId!
    await rig.page.evaluate(async (incidentId) => {
      await fetch(`/api/v1/incidents/${incidentId}/close`, { method: 'POST', body: '{"disposition":"real"}' })
      location.hash = '#/replay'
    }, id)
    await rig.page.locator(`[data-closed="${id}"] button`).click()
    const past = rig.page.locator(`[data-past="${id}"]`)
    const car = past.locator('[data-then="p01"]')
    await past.locator('[data-trail-of="p01"]').waitFor()
    const axis = past.locator('input[type="range"]')
    const fromMs = Number(await axis.getAttribute('min'))
    await axis.fill(String(fromMs + 20_000))
    const before = await car.getAttribute('data-place')
    await past.getByRole('radio', { name: '4×' }).click()
    const startMs = Number(await past.getAttribute('data-at-ms'))
    await past.locator('[data-action="play-past"]').click()
    await rig.page.waitForTimeout(1500)
    await past.locator('[data-action="play-past"]').click()
    const movedMs = Number(await past.getAttribute('data-at-ms')) - startMs
    expect(movedMs, 'four times as fast as the clock').toBeGreaterThan(4_000)
    expect(movedMs).toBeLessThan(12_000)
    expect(await car.getAttribute('data-place')).not.toBe(before)
    await past.locator('.past-events li button').last().click()
    await expect.poll(() => past.locator('.past-events .is-ahead').count()).toBe(0)
    await axis.fill(String(fromMs))
    await past.getByText('此刻没有录像').waitFor()
    await rig.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
    await rig.page.keyboard.press('Space')
    await expect.poll(() => past.getAttribute('data-running')).toBe('true')
    await rig.page.keyboard.press('Space')
    await expect.poll(() => past.getAttribute('data-running')).toBe('false')
    expect(await past.locator('.past-gap').count()).toBe(1)
  })
})

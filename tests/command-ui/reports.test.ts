import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { daysOf, eachDay, spanOf } from '../../command-ui/reports/period.ts'
import { percent } from '../../command-ui/reports/percent.ts'
import { violationsOf } from './built-ui.ts'
import { describeInBrowser } from './describe-in-browser.ts'
import { emptyResponseTimes, madeUpResponseTimes } from './fixture-reports.ts'

describe('the period of a report', () => {
  it('is whole days by the calendar, the present one included', () => {
    const nowMs = new Date(2026, 10, 25, 14, 30).getTime()
    expect(daysOf('today', nowMs)).toEqual({ first: '2026-11-25', last: '2026-11-25' })
    expect(daysOf('7d', nowMs)).toEqual({ first: '2026-11-19', last: '2026-11-25' })
    expect(eachDay(daysOf('30d', nowMs))).toHaveLength(30)
    expect(spanOf({ first: '2026-11-19', last: '2026-11-25' })).toEqual({
      fromMs: new Date(2026, 10, 19).getTime(),
      toMs: new Date(2026, 10, 26).getTime(),
    })
  })

  it('is refused before the centre is asked when it is none', () => {
    expect(spanOf({ first: '2026-11-25', last: '2026-11-24' })).toBe('bad-span')
    expect(spanOf({ first: '', last: '2026-11-24' })).toBe('bad-span')
    expect(spanOf({ first: '2025-01-01', last: '2026-02-04' })).not.toBe('long-span')
    expect(spanOf({ first: '2025-01-01', last: '2026-02-05' })).toBe('long-span')
  })

  it('never rounds a share up to all', () => {
    expect(percent(0.9999)).toBe('99.9%')
    expect(percent(1)).toBe('100%')
    expect(percent(0.29)).toBe('29%')
  })
})

describeInBrowser('the reports page', {}, (rig) => {
  /** The desk of somebody who has begun his duty. */
  async function open(hash: string): Promise<void> {
    await rig.page.goto(`${rig.fixture.url}/#/reports`)
    await rig.page.locator('[data-action="start-duty"]').click()
    await rig.page.goto(`${rig.fixture.url}/${hash}`)
  }

  it('tells each zone with n, its share and both percentiles, and what was not counted', async () => {
    await open('#/reports')
    const told = madeUpResponseTimes('zone', '', '')
    const first = rig.page.locator('[data-line="z0"]')
    await first.waitFor()
    const cells = await first.innerText()
    expect(cells).toContain(told.zones[0]!.name)
    expect(cells).toContain(String(told.zones[0]!.n))
    expect(cells).toContain(percent(told.zones[0]!.insideShare!))
    expect(await rig.page.locator('[data-count]').getAttribute('data-count')).toBe(String(told.n))
    expect(await rig.page.locator('[data-excluded]').getAttribute('data-excluded')).toBe('15')
    expect(await rig.page.locator('[data-excluded-why="cancelled"]').innerText()).toContain('9')
    await rig.page.locator('.report-excluded summary').click()
    expect(await rig.page.locator('.report-excluded tbody tr').count()).toBe(15)
  })

  it('groups by hour and by patrol, and shades each day of coverage with its number', async () => {
    await open('#/reports/hour')
    await expect.poll(() => rig.page.locator('.report-table tbody tr').count()).toBe(24)
    await rig.page.getByRole('tab', { name: '按警力' }).click()
    await rig.page.getByText('铁骑 04').waitFor()
    await rig.page.getByRole('tab', { name: '覆盖历史' }).click()
    await rig.page.locator('.heat[data-days="7"]').waitFor()
    const strip = rig.page.locator('[data-zone="z0"]')
    expect(await strip.locator('.heat-cell').count()).toBe(6)
    expect(await strip.locator('.heat-none').count()).toBe(1)
    const cell = strip.locator('.heat-cell').first()
    const held = Number(await cell.getAttribute('data-held'))
    expect(await cell.innerText()).toBe(String(Math.floor((held / 1440) * 100)))
  })

  it('gives the same period to the file, and tells when it is refused', async () => {
    await open('#/reports/site')
    await rig.page.getByText('第二中学').waitFor()
    await rig.page.getByRole('radio', { name: '30 天' }).click()
    const [download] = await Promise.all([
      rig.page.waitForEvent('download'),
      rig.page.locator('[data-action="csv"]').click(),
    ])
    expect(download.suggestedFilename()).toMatch(/^vigil-response-by-site-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.csv$/)
    const [, from, , to] = readFileSync(await download.path(), 'utf8')
      .trim()
      .split(',')
    const days = (Date.parse(to!) - Date.parse(from!)) / 86_400_000
    expect(days).toBeGreaterThan(29.9)
    expect(days).toBeLessThan(30.1)
    rig.fixture.answerNext('reports/response-times', 403, { code: 'forbidden', detail: 'no' })
    await rig.page.locator('[data-action="csv"]').click()
    await rig.page.locator('.toast-place').getByText('权限').waitFor()
  })

  it('says in words that nothing happened, that it may not be seen, and that it did not come', async () => {
    rig.fixture.answerNext('reports/response-times', 200, emptyResponseTimes())
    await open('#/reports')
    await rig.page.locator('[data-state="empty"]').waitFor()
    rig.fixture.answerNext('reports/response-times', 403, { code: 'forbidden', detail: 'no' })
    await rig.page.getByRole('tab', { name: '按时段' }).click()
    await rig.page.locator('[data-state="forbidden"]').waitFor()
    rig.fixture.answerNext('reports/response-times', 503, { code: 'database-away', detail: 'away' })
    await rig.page.getByRole('tab', { name: '按警力' }).click()
    await rig.page.locator('[data-state="failed"] button').click()
    await rig.page.getByText('铁骑 04').waitFor()
    await rig.page.getByRole('radio', { name: '自定' }).click()
    await rig.page.locator('.report-days input').first().fill('2030-01-01')
    await rig.page.locator('[data-wrong="bad-span"]').waitFor()
    expect(await rig.page.locator('[data-action="csv"]').isDisabled()).toBe(true)
  })

  it('is where an inspector lands, without a duty to start; paper is white', async () => {
    rig.fixture.centre.role = 'inspector'
    await rig.page.goto(rig.fixture.url)
    await rig.page.locator('[data-line="z0"]').waitFor()
    expect(await rig.page.locator('[data-action="start-duty"]').count()).toBe(0)
    await rig.page.emulateMedia({ media: 'print' })
    expect(await rig.page.locator('.strip').isVisible()).toBe(false)
    expect(await rig.page.locator('.report-print-head').isVisible()).toBe(true)
    const ink = await rig.page.locator('[data-line="z0"] th').evaluate((th) => getComputedStyle(th).color)
    expect(ink).toBe('rgb(0, 0, 0)')
  })

  it('has no accessibility violation on any tab, in both languages', async () => {
    await open('#/reports')
    for (const tab of ['zone', 'coverage']) {
      await rig.page.goto(`${rig.fixture.url}/#/reports/${tab}`)
      await rig.page.locator(tab === 'coverage' ? '.heat' : '.report-table').waitFor()
      expect(await violationsOf(rig.page), tab).toEqual([])
    }
    await rig.page.keyboard.press('l')
    await rig.page.getByRole('tab', { name: 'Coverage history' }).waitFor()
    expect(await violationsOf(rig.page)).toEqual([])
  }, 60_000)
})

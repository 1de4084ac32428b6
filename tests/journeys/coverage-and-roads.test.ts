import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Incident } from '../../domain/incident.ts'
import type { Coverage } from '../../domain/recommendation.ts'
import type { RoadClosure } from '../../domain/road-closure.ts'
import type { AuditRow } from '../../domain/wire/admin.ts'
import type { Snapshot } from '../../domain/wire/live.ts'
import type { CircleFeatures } from '../../domain/wire/circles.ts'
import { signIn, until, type Api } from '../support/api.ts'
import { findChromium, launchBrowser, signInAtDesk } from '../support/browser.ts'
import { startCentre, type Centre } from '../support/centre.ts'
import { pressForIncident } from '../support/pressed-button.ts'
import { isRequired } from '../support/required.ts'

const chromium = findChromium()
if (!chromium && isRequired('browser')) throw new Error('this run needs Chromium, and there is none')
const PASSWORD = 'correct-horse-battery'
const shots = join(import.meta.dirname, '../artefacts')

describe.skipIf(!chromium)('coverage, moves and closed roads on the map', () => {
  let centre: Centre
  let browser: Browser
  let page: Page
  let api: Api
  const errors: string[] = []

  const shoot = async (name: string) => {
    for (const [width, height] of [
      [1366, 768],
      [1920, 1080],
    ] as const) {
      await page.setViewportSize({ width, height })
      await page.waitForTimeout(1500)
      await page.screenshot({ path: join(shots, `${name}-${width}.png`) })
    }
    await page.setViewportSize({ width: 1366, height: 768 })
  }

  beforeAll(async () => {
    centre = await startCentre({ VIGIL_ADMIN_PASSWORD: PASSWORD })
    api = await signIn(centre.httpUrl, 'admin', PASSWORD)
    browser = await launchBrowser(chromium!)
    page = await browser.newPage({ viewport: { width: 1366, height: 768 }, locale: 'zh-CN' })
    page.on('pageerror', (error) => errors.push(error.message))
    await signInAtDesk(page, centre.httpUrl, 'admin', PASSWORD)
    await page.locator('[data-map="ready"]').waitFor()
  })

  afterAll(async () => {
    await browser?.close()
    if (centre) expect(await centre.stop()).toBe(0)
    expect(errors).toEqual([])
  })

  it('tells each zone beside the map, the worst first, and the move that restores most', async () => {
    await page.locator('.map-layers summary').click()
    await page.getByRole('checkbox', { name: '覆盖' }).check()
    await page.locator('.map-layers summary').click()
    await page.locator('[data-coverage-panel] [data-zone]').first().waitFor()
    const { zones } = await api.get<Coverage>('coverage')
    const told = await page
      .locator('[data-coverage-panel] [data-zone]')
      .evaluateAll((rows) =>
        rows.map((row) => [row.getAttribute('data-zone'), parseInt(row.querySelector('strong')!.textContent)]),
      )
    expect(new Set(told.map(([id]) => id))).toEqual(new Set(zones.map(({ zoneId }) => zoneId)))
    const shares = told.map(([, share]) => Number(share))
    expect(shares).toEqual(shares.toSorted((a, b) => a - b))
    await page.locator('[data-move-up], [data-coverage-panel] > p').first().waitFor()
    await shoot('coverage-zh')
    await page.locator('.map-layers summary').click()
    await page.getByRole('checkbox', { name: '覆盖' }).uncheck()
    await page.locator('.map-layers summary').click()
  })

  it('at wartime the promises are shorter: more is uncovered, and a patrol is sent to where it restores most', async () => {
    const shares = async () => new Map((await api.get<Coverage>('coverage')).zones.map((zone) => [zone.zoneId, zone]))
    const before = await shares()
    await page.locator('[data-duty-level] > button').click()
    await page.locator('.duty-form select').selectOption('wartime')
    await page.locator('.duty-form input').fill('演练')
    await page.keyboard.press('Enter')
    await page.locator('[data-duty-level="wartime"]').waitFor()
    const after = await until('other promises', 5000, async () => {
      const now = await shares()
      return [...now.values()].every(({ zoneId, goalS }) => goalS < before.get(zoneId)!.goalS) && now
    })
    const fallen = [...after.values()].filter(({ zoneId, share }) => share < before.get(zoneId)!.share - 0.05)
    expect(fallen.length).toBeGreaterThanOrEqual(3)
    await page.locator('.map-layers summary').click()
    await page.getByRole('checkbox', { name: '覆盖' }).check()
    await page.locator('.map-layers summary').click()
    await page.locator('[data-coverage-panel] [data-held="false"]').first().waitFor()
    await page.locator('[data-action="send-move"]').waitFor({ timeout: 30_000 })
    const patrolId = await page.locator('[data-move-up]').getAttribute('data-move-up')
    await page.locator('[data-action="send-move"]').click()
    // The simulated crew answers by its terminal, as a real one does.
    await page.locator('[data-coverage-panel] [data-posting-state="accepted"]').waitFor({ timeout: 30_000 })
    const { postings, patrols } = await api.get<Snapshot>('snapshot')
    expect(postings).toMatchObject([{ patrolId, state: 'accepted', sentBy: 'admin' }])
    expect(patrols.find(({ id }) => id === patrolId)!.status).toBe('free')
    await shoot('move-up-zh')
    await page.locator('[data-coverage-panel] [data-posting] button').click()
    await expect.poll(() => page.locator('[data-coverage-panel] [data-posting]').count()).toBe(0)
    const { items } = await api.get<{ items: AuditRow[] }>('audit?actor=admin&action=incident.dispatch')
    expect(items.filter(({ objectId }) => objectId === patrolId).length).toBeGreaterThanOrEqual(2)
    await api.put('duty-level', { level: 'normal', reason: '演练结束' })
    await page.locator('[data-duty-level="normal"]').waitFor()
    await page.locator('.map-layers summary').click()
    await page.getByRole('checkbox', { name: '覆盖' }).uncheck()
    await page.locator('.map-layers summary').click()
  })

  it('shows what a patrol covers, with each goal in the legend', async () => {
    await page.getByRole('tab', { name: /警力/ }).click()
    const row = page.locator('.desk-left [data-patrol-id]').first()
    const id = await row.getAttribute('data-patrol-id')
    await row.locator('button').click()
    await page.locator(`[data-reach="${id}"] [data-goal]`).first().waitFor()
    const { features } = await api.get<CircleFeatures>(`patrols/${id}/circle`)
    const goals = [...new Set(features.map(({ properties }) => properties.goalS))].sort((a, b) => a - b)
    const told = await page
      .locator('[data-reach] [data-goal]')
      .evaluateAll((all) => all.map((one) => Number(one.getAttribute('data-goal'))))
    expect(told).toEqual(goals)
    await page.keyboard.press('l')
    await shoot('reach-en')
    await page.keyboard.press('l')
    await page.locator('[data-reach] button').click()
    expect(await page.locator('[data-reach]').count()).toBe(0)
  })

  it('closes the road that is clicked, with its reason and its end, and opens it again', async () => {
    // The map still follows the patrol, which is on a road.
    await page.locator('[data-action="close-road"]').click()
    const box = (await page.locator('.map-canvas').boundingBox())!
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2)
    await page.locator('.closure-form input').fill('积水')
    await page.keyboard.press('Enter')
    await page.locator('[data-closure]').waitFor()
    const [closure] = await api.get<RoadClosure[]>('roads/closures')
    expect(closure).toMatchObject({ reason: '积水', kmh: null, endedAt: null, by: 'admin' })
    const minutes = (Date.parse(closure!.until!) - Date.parse(closure!.at)) / 60_000
    expect(Math.round(minutes)).toBe(60)
    await shoot('closure-zh')
    await page.locator('[data-closure] button').click()
    await until('the open road', 5000, async () => (await api.get<RoadClosure[]>('roads/closures')).length === 0)
    await expect.poll(() => page.locator('[data-closure]').count()).toBe(0)
  })

  it('asks for one level more with one key', async () => {
    const incidentId = await pressForIncident(centre.mqttPort, api, 'button-school-01')
    await page.locator('[data-action="raise-level"]').first().waitFor()
    await page.keyboard.press('+')
    await until('another level', 5000, async () => {
      const { incident } = await api.get<{ incident: Incident }>(`incidents/${incidentId}`)
      return incident.alarmLevel === 2
    })
    await page.locator('.response-plan').getByText('2 级响应').first().waitFor()
    await shoot('level-zh')
  })
})

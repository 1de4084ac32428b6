import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Posting } from '../../domain/posting.ts'
import type { LngLat } from '../../domain/scalars.ts'
import type { Snapshot } from '../../domain/wire/live.ts'
import { signIn, until, type Api } from '../support/api.ts'
import { findChromium, launchBrowser } from '../support/browser.ts'
import { startCentre, type Centre } from '../support/centre.ts'
import { lookAt, PHONE } from '../support/crew-phone.ts'
import { pressForIncident } from '../support/pressed-button.ts'
import { isRequired } from '../support/required.ts'

const chromium = findChromium()
if (!chromium && isRequired('browser')) throw new Error('this run needs Chromium, and there is none')
const artefacts = join(import.meta.dirname, '../artefacts')
const PASSWORD = 'correct-horse-battery'
const PATROL = 'patrol-01'

describe.skipIf(!chromium)('a crew that is told where to stand', () => {
  let centre: Centre
  let browser: Browser
  let context: BrowserContext
  let phone: Page
  let api: Api
  const findings: string[] = []
  const pageErrors: string[] = []

  beforeAll(async () => {
    mkdirSync(artefacts, { recursive: true })
    centre = await startCentre({ VIGIL_ADMIN_PASSWORD: PASSWORD })
    api = await signIn(centre.httpUrl, 'admin', PASSWORD)
    const crew = { username: 'crew-01', displayName: '许警官', role: 'patrol', patrolId: PATROL, password: PASSWORD }
    await api.post('users', crew)
    // The simulated crew of this patrol gives way to a real one.
    await api.post(`devices/${PATROL}/credential`)
    browser = await launchBrowser(chromium!, false)
    const device = { viewport: PHONE, isMobile: true, hasTouch: true, deviceScaleFactor: 2, locale: 'zh-CN' }
    context = await browser.newContext({ ...device, permissions: ['geolocation'] })
    phone = await context.newPage()
    phone.on('pageerror', (error) => pageErrors.push(error.message))
  })

  afterAll(async () => {
    await browser?.close()
    if (centre) expect(await centre.stop()).toBe(0)
  })

  it('accepts, is seen to be there, and an alarm takes the place of it', async () => {
    const { sites } = await api.get<Snapshot>('snapshot')
    const { lng, lat } = sites.find(({ id }) => id === 'school-01')!
    const post: LngLat = [lng + 0.004, lat]
    const stand = (i: number) =>
      context.setGeolocation({ longitude: post[0] + (i % 2) * 0.00001, latitude: post[1], accuracy: 4 })
    await stand(0)
    await phone.goto(centre.httpUrl)
    await phone.locator('input[name="username"]').fill('crew-01')
    await phone.locator('input[name="password"]').fill(PASSWORD)
    await phone.locator('button[type="submit"]').tap()
    await phone.locator('[data-action="start-duty"]').tap()
    await phone.locator('[data-place="on"]').waitFor()

    const write = { lng: post[0], lat: post[1], placeName: '东门岗' }
    const { id } = await api.post<Posting>(`patrols/${PATROL}/posting`, write)
    const standing = async () => (await api.get<Snapshot>('snapshot')).postings?.find((one) => one.id === id)
    await phone.locator('[data-posting-state="sent"]').waitFor({ timeout: 10_000 })
    await phone.getByRole('heading', { name: '东门岗' }).waitFor()
    expect(await phone.locator('body').getAttribute('data-ring')).not.toBe('on')
    findings.push(...(await lookAt(phone, 'posting', artefacts)))
    await phone.locator('[data-posting-step="accept"]').tap()
    await until('accepted', 10_000, async () => (await standing())?.acceptedAt)
    const there = await until('there', 90_000, async () => {
      for (let i = 0; i < 4; i++) {
        await stand(i)
        await phone.waitForTimeout(1050)
      }
      const now = await standing()
      return now?.state === 'there' && now
    })
    expect(there.arrival).toBe('detected')
    await phone.locator('[data-posting-state="there"]').waitFor({ timeout: 10_000 })
    findings.push(...(await lookAt(phone, 'posting-there', artefacts)))

    const incidentId = await pressForIncident(centre.mqttPort, api, 'button-school-01')
    await api.post(`incidents/${incidentId}/assignments`, { patrolId: PATROL, reason: 'journey' })
    await phone.locator('[data-state="ordered"]').waitFor({ timeout: 10_000 })
    expect(await phone.locator('[data-posting]').count()).toBe(0)
    expect(await standing()).toBeUndefined()
    expect(findings).toEqual([])
    expect(pageErrors).toEqual([])
  })
})

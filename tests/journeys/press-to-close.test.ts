import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Alarm } from '../../domain/alarm.ts'
import type { Device } from '../../domain/device.ts'
import type { IncidentDetail } from '../../domain/wire/http.ts'
import type { Snapshot } from '../../domain/wire/live.ts'
import { signIn, until, type Api } from '../support/api.ts'
import { findChromium, launchBrowser } from '../support/browser.ts'
import { startCentre, type Centre } from '../support/centre.ts'
import { connectDevice, type TestDevice } from '../support/pressed-button.ts'
import { isRequired } from '../support/required.ts'

const chromium = findChromium()
if (!chromium && isRequired('browser')) throw new Error('this run needs Chromium, and there is none')
const artefacts = join(import.meta.dirname, '../artefacts')
const PASSWORD = 'correct-horse-battery'

describe.skipIf(!chromium)('from a child’s finger to a car on its way', () => {
  let centre: Centre
  let browser: Browser
  let page: Page
  let api: Api
  let button: TestDevice
  let device: Device
  const consoleErrors: string[] = []

  const shot = (name: string) => page.screenshot({ path: join(artefacts, `${name}.png`) })
  const bodyAttribute = (name: string) => page.locator('body').getAttribute(name)

  beforeAll(async () => {
    mkdirSync(artefacts, { recursive: true })
    centre = await startCentre()
    browser = await launchBrowser(chromium!)
    page = await browser.newPage({ viewport: { width: 1920, height: 1080 }, locale: 'zh-CN' })
    page.on('console', (message) => {
      // A camera without a picture answers 503, and the browser itself writes that down; the tile says it in words.
      const isVideo = message.location().url.includes('/live/')
      if (message.type() === 'error' && !isVideo) consoleErrors.push(`${message.text()} ${message.location().url}`)
    })
    page.on('pageerror', (error) => consoleErrors.push(error.message))
  })

  afterAll(async () => {
    await button?.close()
    await browser?.close()
    if (centre) expect(await centre.stop()).toBe(0)
  })

  it('the printed link signs in once, asks for a password, and a click starts the duty with sound', async () => {
    expect(centre.link).toMatch(/#\/sign-in\?link=/)
    await page.goto(centre.link!)
    const fields = page.locator('input[type="password"]')
    await fields.first().waitFor()
    for (const field of await fields.all()) await field.fill(PASSWORD)
    await page.keyboard.press('Enter')
    const start = page.locator('[data-action="start-duty"]')
    await start.waitFor()
    await shot('01-start-of-duty')
    expect(await bodyAttribute('data-audio')).not.toBe('running')
    await start.click()
    await until('sound runs', 5000, async () => (await bodyAttribute('data-audio')) === 'running')
    await until('the desk is live', 10_000, async () => (await bodyAttribute('data-live')) === 'live')
    api = await signIn(centre.httpUrl, 'admin', PASSWORD)
    await expect(signIn(centre.httpUrl, 'admin', 'wrong-password')).rejects.toThrow(/401/)
  })

  it('the desk shows a living district', async () => {
    const snapshot = await api.get<Snapshot>('snapshot')
    expect(snapshot.patrols).toHaveLength(24)
    expect(snapshot.vehicles.filter(({ kind }) => kind === 'taxi')).toHaveLength(300)
    expect(snapshot.cameras).toHaveLength(64)
    for (const layer of ['roads', 'zones', 'water', 'buildings', 'places'])
      expect(snapshot.city.layers).toContain(layer)
    await until('vehicles move', 20_000, async () => {
      const { vehicles } = await api.get<Snapshot>('snapshot')
      return vehicles.filter(({ lng }) => lng !== null).length > 200
    })
    await until('warm cameras deliver', 20_000, async () => {
      const { health } = await api.get<Snapshot>('snapshot')
      return health.camerasOnline >= 34
    })
    await page.locator('canvas').first().waitFor()
    await page.waitForTimeout(4000)
    await shot('02-desk-idle')
  })

  it('a press is on the screen, with siren, within a second', async () => {
    const { items } = await api.get<{ items: Device[] }>('devices?limit=500')
    device = items.find(({ id }) => id === 'button-school-01')!
    const credential = await api.post<{ password: string }>(`devices/${device.id}/credential`)
    button = await connectDevice(centre.mqttPort, 'button', device.id, credential.password)
    const began = performance.now()
    await button.event({ id: 'journey-1', type: 'panic' })
    await page.locator('[data-alarm-id]').first().waitFor({ timeout: 5000 })
    const tookMs = performance.now() - began
    console.log(`press → on the screen: ${tookMs.toFixed(0)} ms (includes the test's own polling)`)
    await until('the siren sounds', 3000, async () => (await bodyAttribute('data-siren')) === 'p1')
    await until('and can be heard', 3000, async () => Number(await bodyAttribute('data-siren-level')) > 0.01)
    await until('the button is told that it was seen', 5000, async () =>
      button.receipts.some(({ stage }) => stage === 'shown'),
    )
  })

  it('two live pictures of the scene advance', async () => {
    const frames = () =>
      page.$$eval('video', (videos) => videos.map((video) => video.getVideoPlaybackQuality().totalVideoFrames))
    await until('two pictures', 15_000, async () => (await frames()).filter((count) => count > 0).length >= 2)
    const before = await frames()
    await page.waitForTimeout(2500)
    const after = await frames()
    const advanced = after.filter((count, i) => count - (before[i] ?? 0) >= 10).length
    console.log(`frames in 2.5 s: ${after.map((count, i) => count - (before[i] ?? 0)).join(', ')}`)
    expect(advanced).toBeGreaterThanOrEqual(2)
    await shot('03-desk-alarm')
  })

  it('Enter acknowledges and silences, Enter dispatches the recommended patrol', async () => {
    await page.keyboard.press('Enter')
    const alarm = await until('acknowledged', 3000, async () => {
      const { items } = await api.get<{ items: Alarm[] }>('alarms')
      return items.find(({ deviceId, state }) => deviceId === device.id && state === 'acknowledged')
    })
    expect(alarm.owner).toBe('admin')
    await until('silent', 2000, async () => (await bodyAttribute('data-siren')) === 'off')
    const before = await api.get<IncidentDetail>(`incidents/${alarm.incidentId}`)
    expect(before.recommendation?.chosen).toBeTruthy()
    await page.waitForTimeout(500)
    await page.keyboard.press('Enter')
    const detail = await until('dispatched', 4000, async () => {
      const found = await api.get<IncidentDetail>(`incidents/${alarm.incidentId}`)
      return found.assignments.length > 0 && found
    })
    expect(detail.assignments).toHaveLength(1)
    expect(detail.assignments[0]).toMatchObject({ patrolId: before.recommendation!.chosen, orderedBy: 'admin' })
    await page.waitForTimeout(1500)
    await shot('04-desk-dispatched')
  })

  it('one click notes that the contact has answered', async () => {
    const contact = page.locator('[data-contact]').first()
    await contact.getByRole('button', { name: /已接通/ }).click()
    await until('it is noted', 5000, async () => (await contact.getAttribute('data-called')) === 'answered')
    const { items } = await api.get<{ items: Alarm[] }>('alarms')
    const { incidentId } = items.find(({ deviceId }) => deviceId === device.id)!
    const { timeline, contacts } = await api.get<IncidentDetail>(`incidents/${incidentId}`)
    const call = timeline.find(({ action }) => action === 'phoned')
    expect(call?.body['call']).toEqual({ name: contacts[0]!.name, phone: contacts[0]!.phone, outcome: 'answered' })
  })

  it('the patrol accepts, drives, its arrival is detected, and the officer closes', async () => {
    const { items } = await api.get<{ items: Alarm[] }>('alarms')
    const { incidentId } = items.find(({ deviceId }) => deviceId === device.id)!
    await until('on its way', 30_000, async () => {
      const { assignments } = await api.get<IncidentDetail>(`incidents/${incidentId}`)
      return assignments[0]?.state === 'enRoute'
    })
    await page.waitForTimeout(5000)
    await shot('05-desk-en-route')
    const arrived = await until(
      'on scene',
      240_000,
      async () => {
        const { assignments } = await api.get<IncidentDetail>(`incidents/${incidentId}`)
        return assignments[0]?.state === 'onScene' && assignments[0]
      },
      1000,
    )
    expect(arrived.arrival).toBe('detected')
    await shot('06-desk-on-scene')
    await page.locator('[data-action="close-incident"]').first().click()
    await page.locator('[data-disposition="real"]').first().click()
    const detail = await until('closed', 5000, async () => {
      const found = await api.get<IncidentDetail>(`incidents/${incidentId}`)
      return found.incident.state === 'closed' && found
    })
    expect(detail.incident.disposition).toBe('real')
    const actions = detail.timeline.map(({ action }) => action)
    for (const step of ['raised', 'acknowledged', 'ordered', 'accepted', 'en-route', 'on-scene', 'closed']) {
      expect(actions, `${step} in ${actions.join(' ')}`).toContain(step)
    }
    const times = detail.timeline.map(({ n }) => n)
    expect(times).toEqual([...times].sort((a, b) => a - b))
    await until('the button is told the end', 5000, async () => button.receipts.some(({ stage }) => stage === 'closed'))
    expect(button.receipts.map(({ stage }) => stage)).toEqual([
      'stored',
      'shown',
      'acknowledged',
      'dispatched',
      'arrived',
      'closed',
    ])
    await shot('07-desk-closed')
  })

  it('nothing went wrong in the browser', () => {
    expect(consoleErrors).toEqual([])
  })
})

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { distanceM } from '../../domain/geo/distance.ts'
import { pointAlong, lineLengthM } from '../../domain/geo/polyline.ts'
import type { PatrolNow } from '../../domain/patrol.ts'
import type { LngLat } from '../../domain/scalars.ts'
import type { AuditRow } from '../../domain/wire/admin.ts'
import type { IncidentDetail } from '../../domain/wire/http.ts'
import type { Snapshot } from '../../domain/wire/live.ts'
import { signIn, until, type Api } from '../support/api.ts'
import { findChromium, launchBrowser, signInAtDesk } from '../support/browser.ts'
import { startCentre, type Centre } from '../support/centre.ts'
import { leftOn, lookAt, loseFirstAnswers, noticesOn, PHONE, putAway } from '../support/crew-phone.ts'
import { pressForIncident } from '../support/pressed-button.ts'
import { isRequired } from '../support/required.ts'
import { digTunnel, type Tunnel } from '../support/tunnel.ts'

const chromium = findChromium()
if (!chromium && isRequired('browser')) throw new Error('this run needs Chromium, and there is none')
const artefacts = join(import.meta.dirname, '../artefacts')
const PASSWORD = 'correct-horse-battery'
const PATROL = 'patrol-01'
/** 43 km/h, one fix a second. */
const DRIVE_MPS = 12

describe.skipIf(!chromium)('a crew with its phone', () => {
  let centre: Centre
  let tunnel: Tunnel
  let browser: Browser
  let desk: Page
  let context: BrowserContext
  let phone: Page
  let api: Api
  let incidentId: string
  const pageErrors: string[] = []
  const findings: string[] = []

  const detail = () => api.get<IncidentDetail>(`incidents/${incidentId}`)
  const own = async () => (await detail()).assignments.find(({ patrolId }) => patrolId === PATROL)
  const place = ([longitude, latitude]: LngLat) => context.setGeolocation({ longitude, latitude, accuracy: 4 })
  const shots = async (name: string) => {
    findings.push(...(await lookAt(phone, name, artefacts)))
  }
  const press = async (buttonId: string) => {
    incidentId = await pressForIncident(centre.mqttPort, api, buttonId)
  }
  const order = async () => {
    await api.post(`incidents/${incidentId}/assignments`, { patrolId: PATROL, reason: 'journey' })
    await phone.locator('[data-state="ordered"]').waitFor({ timeout: 5000 })
  }
  const tapStep = async (step: string) => {
    await phone.waitForTimeout(1300)
    await phone.locator(`[data-step="${step}"]`).tap()
  }
  /** Moves the phone a metre to and fro, as a receiver does that stands still. */
  const stay = async ([lng, lat]: LngLat, seconds: number) => {
    for (let i = 0; i < seconds; i++) {
      await place([lng + (i % 2) * 0.00001, lat])
      await phone.waitForTimeout(1050)
    }
  }

  beforeAll(async () => {
    mkdirSync(artefacts, { recursive: true })
    centre = await startCentre({ VIGIL_ADMIN_PASSWORD: PASSWORD })
    tunnel = await digTunnel(centre.httpUrl)
    api = await signIn(centre.httpUrl, 'admin', PASSWORD)
    await api.post('users', {
      username: 'crew-01',
      displayName: '许警官',
      role: 'patrol',
      patrolId: PATROL,
      password: PASSWORD,
    })
    // The simulated crew of this patrol gives way to a real one.
    await api.post(`devices/${PATROL}/credential`)
    browser = await launchBrowser(chromium!, false)
    desk = await browser.newPage({ viewport: { width: 1920, height: 1080 }, locale: 'zh-CN' })
    context = await browser.newContext({
      viewport: PHONE,
      isMobile: true,
      hasTouch: true,
      deviceScaleFactor: 2,
      locale: 'zh-CN',
      permissions: ['geolocation', 'notifications'],
    })
    phone = await context.newPage()
    phone.on('pageerror', (error) => pageErrors.push(error.message))
  })

  afterAll(async () => {
    await browser?.close()
    await tunnel?.close()
    if (centre) expect(await centre.stop()).toBe(0)
  })

  it('signs in, is the crew’s page and nothing else, and reports its place while on duty', async () => {
    await phone.goto(`${tunnel.url}/#/cameras`)
    await phone.locator('input[name="username"]').fill('crew-01')
    await phone.locator('input[name="password"]').fill(PASSWORD)
    await phone.locator('button[type="submit"]').tap()
    await phone.locator('[data-action="start-duty"]').waitFor()
    expect(new URL(phone.url()).hash).toBe('#/patrol')
    expect(await phone.locator('.desk').count()).toBe(0)
    const loaded = await phone.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name))
    expect(loaded.filter((name) => /live-map|player|snapshot$/.test(name))).toEqual([])
    const site = (await api.get<Snapshot>('snapshot')).sites.find(({ id }) => id === 'school-01')!
    await place([site.lng + 0.004, site.lat])
    await phone.locator('[data-action="start-duty"]').tap()
    await phone.locator('[data-place="on"]').waitFor()
    await stay([site.lng + 0.004, site.lat], 4)
    await until('the desk has the phone’s place', 10_000, async () => {
      const { items } = await api.get<{ items: PatrolNow[] }>('patrols')
      const now = items.find(({ id }) => id === PATROL)!
      return now.fixSource === 'phone' && distanceM(now.lng!, now.lat!, site.lng + 0.004, site.lat) < 20
    })
    await phone.locator('[data-sent="sent"]').waitFor()
    await shots('1-no-order')
  })

  it('an order of the desk rings within a second or so, with picture, way and promise', async () => {
    await signInAtDesk(desk, centre.httpUrl, 'admin', PASSWORD)
    await press('button-school-01')
    await desk.locator('[data-alarm-id]').first().waitFor()
    await desk.keyboard.press('Enter')
    const recommended = await until('the recommendation', 5000, async () => (await detail()).recommendation?.chosen)
    console.log(`recommended: ${recommended}`)
    await desk.waitForTimeout(800)
    const began = performance.now()
    if (recommended === PATROL) await desk.keyboard.press('Enter')
    else await api.post(`incidents/${incidentId}/assignments`, { patrolId: PATROL, reason: 'journey' })
    await phone.locator('[data-state="ordered"]').waitFor({ timeout: 5000 })
    console.log(`order → phone: ${(performance.now() - began).toFixed(0)} ms`)
    expect(await phone.locator('body').getAttribute('data-ring')).toBe('on')
    await phone.locator('[data-picture]').waitFor({ timeout: 15_000 })
    await phone.locator('.crew-sketch path.route').waitFor()
    await shots('2-new-order')
    const looks = await api.get<{ items: AuditRow[] }>('audit?actor=crew-01&action=camera.watch')
    expect(looks.items.length).toBeGreaterThan(0)
  })

  it('is accepted, told and answered, driven, and its arrival is seen from the phone’s own fixes', async () => {
    await phone.locator('[data-step="accept"]').tap()
    await until('accepted', 5000, async () => (await own())?.state === 'accepted')
    expect(await phone.locator('body').getAttribute('data-ring')).toBe('off')
    await desk.locator('[data-action="message-crew"]').click()
    await desk.locator('.message-crew input').fill('走北门，保安在等')
    await desk.keyboard.press('Enter')
    await phone.getByText('走北门').waitFor()
    await phone.locator('[data-action="confirm"]').tap()
    await desk.locator('[data-event="note.message-confirmed"]').waitFor()
    await tapStep('en-route')
    await until('en route', 5000, async () => (await own())?.state === 'enRoute')

    const { incident, recommendation } = await detail()
    const scene: LngLat = [incident.place.lng, incident.place.lat]
    const route = recommendation!.candidates.find(({ patrolId }) => patrolId === PATROL)!.route!
    const lengthM = lineLengthM(route)
    let driven = 0
    for (; driven < lengthM; driven += DRIVE_MPS) {
      const { lng, lat } = pointAlong(route, driven)
      await place([lng, lat])
      await phone.waitForTimeout(1000)
      if (driven > lengthM / 2 && driven - DRIVE_MPS <= lengthM / 2) {
        expect((await own())?.state).toBe('enRoute')
        await shots('3-en-route')
      }
    }
    await stay(scene, 16)
    const arrived = await until('arrived', 15_000, async () => {
      const now = await own()
      return now?.state === 'onScene' && now
    })
    expect(arrived.arrival).toBe('detected')
    await phone.locator('[data-step="clear"]').waitFor()
  }, 240_000)

  it('a photo is on the desk, without a word about its maker, and the order is cleared with words', async () => {
    const picture = await desk.screenshot({ type: 'jpeg' })
    await phone
      .locator('[data-action="photo"]')
      .setInputFiles({ name: 'IMG_1.jpg', mimeType: 'image/jpeg', buffer: picture })
    const photo = desk.locator('[data-photo-id] img')
    await photo.first().waitFor({ timeout: 15_000 })
    await desk.waitForFunction(() => document.querySelector<HTMLImageElement>('[data-photo-id] img')!.naturalWidth > 0)
    const size = await photo.evaluate((img: HTMLImageElement) => [img.naturalWidth, img.naturalHeight])
    expect(size).toEqual([1600, 900])
    await desk.screenshot({ path: join(artefacts, 'patrol-4-desk.png') })
    await shots('4-on-scene')
    await tapStep('clear')
    await phone.locator('[data-outcome]').nth(1).tap()
    await shots('5-clear')
    await phone.locator('[data-action="clear"]').tap()
    await phone.locator('[data-action="undo"]').tap()
    await phone.locator('[data-step="clear"]').waitFor()
    expect((await own())?.state).toBe('onScene')
    await tapStep('clear')
    await phone.locator('[data-outcome]').nth(1).tap()
    await phone.locator('[data-action="clear"]').tap()
    await shots('6-undo')
    const cleared = await until('cleared', 12_000, async () => {
      const now = await own()
      return now?.state === 'cleared' && now
    })
    expect(cleared.clearedNote).toContain('误触')
    await phone.locator('[data-ended="cleared"]').waitFor()
    await phone.locator('[data-action="read-end"]').tap()
    await api.post(`incidents/${incidentId}/close`, { disposition: 'false' })
  })

  it('in a tunnel: three taps, a photo, a reload, and a doubled delivery are one each, in order', async () => {
    await press('button-school-02')
    await order()
    await phone.locator('[data-picture], .crew-no-picture').first().waitFor()
    // The kept shell must be in charge before the network goes.
    await phone.waitForFunction(() => navigator.serviceWorker.controller !== null)
    tunnel.enter()
    await context.setOffline(true)
    await phone.locator('[data-sent="offline"]').waitFor({ timeout: 10_000 })
    await phone.locator('[data-step="accept"]').tap()
    await tapStep('en-route')
    await phone.locator('[data-waiting="2"]').waitFor()
    await phone.reload()
    await phone.locator('[data-step="on-scene"]').waitFor({ timeout: 15_000 })
    expect(await phone.locator('[data-sent]').getAttribute('data-waiting')).toBe('2')
    const picture = await desk.screenshot({ type: 'png' })
    await phone
      .locator('[data-action="photo"]')
      .setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: picture })
    await phone.locator('[data-waiting="3"]').waitFor()
    await tapStep('on-scene')
    await phone.locator('[data-waiting="4"]').waitFor()
    await shots('7-offline')
    expect((await own())?.state).toBe('ordered')

    const { delivered, restore } = await loseFirstAnswers(context)
    tunnel.leave()
    await context.setOffline(false)
    await phone.locator('[data-sent="sent"]').waitFor({ timeout: 60_000 })
    console.log(`delivered: ${delivered.join(' ')}`)
    expect(delivered.filter((step) => step === 'accept').length).toBeGreaterThan(1)
    await restore()
    const { timeline } = await detail()
    const told = timeline
      .filter(({ kind, actor }) => actor === 'crew-01' && (kind === 'assignment' || kind === 'note'))
      .map(({ action }) => action)
    expect(told.filter((action) => action !== 'photographed')).toEqual(['accepted', 'en-route', 'on-scene'])
    expect(told.filter((action) => action === 'photographed')).toHaveLength(1)
    const now = (await own())!
    for (const step of ['accept', 'en-route', 'on-scene'] as const) expect(now.tappedAt?.[step], step).toBeTruthy()
    expect(Date.parse(now.tappedAt!.accept!)).toBeLessThan(Date.parse(now.acceptedAt!))
    expect(Date.parse(now.tappedAt!.accept!)).toBeLessThan(Date.parse(now.tappedAt!['en-route']!))
  }, 180_000)

  it('an order that was cancelled meanwhile is told in words, and so is the tap that came too late', async () => {
    const first = (await own())!
    await api.post(`assignments/${first.id}/clear`)
    await phone.locator('[data-action="read-end"]').tap()
    await press('button-school-03')
    await order()
    tunnel.enter()
    await context.setOffline(true)
    await phone.locator('[data-sent="offline"]').waitFor({ timeout: 10_000 })
    await phone.locator('[data-step="accept"]').tap()
    await api.post(`assignments/${(await own())!.id}/cancel`, { reason: '误报已核实' })
    tunnel.leave()
    await context.setOffline(false)
    await phone.locator('[data-refused="accept"]').waitFor({ timeout: 30_000 })
    await phone.locator('[data-ended="cancelled"]').waitFor()
    await phone.getByText('误报已核实').waitFor()
    await shots('8-cancelled')
    await phone.locator('[data-action="read-refusals"]').tap()
    await phone.locator('[data-action="read-end"]').tap()
  }, 120_000)

  it('an order that comes while another app is in front is a notice, until somebody looks', async () => {
    await putAway(phone, true)
    await order()
    await until('the notice', 5000, async () => (await noticesOn(phone)).some((words) => words.startsWith('新指令')))
    expect(await noticesOn(phone), 'one, with the place').toHaveLength(1)
    await putAway(phone, false)
    await until('it is taken back', 5000, async () => (await noticesOn(phone)).length === 0)
    expect(await phone.locator('body').getAttribute('data-ring'), 'seen is not answered').toBe('on')
  })

  it('declines with a reason that can be taken back for five seconds', async () => {
    await phone.locator('[data-action="decline"]').tap()
    await shots('9-decline')
    await phone.locator('[data-reason]').nth(1).tap()
    await phone.locator('[data-action="undo"]').waitFor()
    expect(await phone.locator('body').getAttribute('data-ring')).toBe('off')
    await shots('10-declined')
    const declined = await until('declined', 10_000, async () => {
      const { assignments } = await detail()
      return assignments.find(({ state }) => state === 'declined')
    })
    expect(declined.endedReason).toBe('车辆故障')
    await phone.locator('[data-ended="declined"]').waitFor()
    await phone.locator('[data-action="read-end"]').tap()
  })

  it('after sign-out nothing of this crew is left on the phone', async () => {
    await phone.locator('[data-action="menu"]').tap()
    await shots('11-menu')
    await phone.locator('[data-action="sign-out"]').tap()
    await phone.locator('input[name="username"]').waitFor()
    expect(await leftOn(phone)).toEqual({ rows: 0, caches: [], workers: 0, crew: null })
    expect(pageErrors).toEqual([])
  })

  it('every state has no serious accessibility finding, and nothing to touch below 64 px', () => {
    expect(findings).toEqual([])
  })
})

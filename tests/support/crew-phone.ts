import { join } from 'node:path'
import axe from 'axe-core'
import type { BrowserContext, Page } from 'playwright-core'

export const PHONE = { width: 390, height: 844 }
const TABLET = { width: 1024, height: 768 }
/** Two fingers in gloves on a bad road. */
const TOUCH_PX_MIN = 64

/**
 * The crew's page in its present state on both screens and in both lights: as pictures for a person to look at.
 * @returns what can be measured: serious accessibility findings, things too small to touch, a page wider than the phone
 */
export async function lookAt(phone: Page, name: string, artefacts: string): Promise<string[]> {
  const findings: string[] = []
  for (const [size, viewport] of Object.entries({ phone: PHONE, tablet: TABLET })) {
    await phone.setViewportSize(viewport)
    for (const light of ['day', 'night']) {
      if ((await phone.locator('.crew').getAttribute('data-light')) !== light) {
        await phone.locator('[data-action="light"]').tap()
      }
      await phone.waitForTimeout(150)
      await phone.screenshot({ path: join(artefacts, `patrol-${name}-${size}-${light}.png`) })
      for (const finding of await axeFindings(phone)) findings.push(`${name} ${size} ${light} ${finding}`)
    }
    for (const finding of await smallTouches(phone)) findings.push(`${name} ${size} too small: ${finding}`)
    if (await phone.evaluate(() => document.documentElement.scrollWidth > innerWidth)) {
      findings.push(`${name}: wider than the ${size}`)
    }
  }
  await phone.setViewportSize(PHONE)
  return findings
}

async function axeFindings(phone: Page): Promise<string[]> {
  await phone.evaluate(axe.source)
  return await phone.evaluate(async () => {
    const page = window as unknown as { axe: typeof axe }
    const { violations } = await page.axe.run()
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 140)).join(' | ')}`)
  })
}

async function smallTouches(phone: Page): Promise<string[]> {
  return await phone.$$eval(
    '.crew button, .crew a, .crew-photo',
    (all, leastPx) =>
      all
        .map((one) => ({ words: one.textContent, box: one.getBoundingClientRect() }))
        .filter(({ box }) => box.height < leastPx || box.width < leastPx)
        .map(({ words, box }) => `${words} ${box.width}×${box.height}`),
    TOUCH_PX_MIN,
  )
}

/** What a phone still keeps: rows of every store, caches, service workers, the crew's name. */
export async function leftOn(phone: Page) {
  return await phone.evaluate(async () => {
    const open = indexedDB.open('vigil-patrol')
    const database = await new Promise<IDBDatabase>((resolve) => {
      open.onsuccess = () => resolve(open.result)
    })
    const counts = [...database.objectStoreNames].map(
      (name) =>
        new Promise<number>((resolve) => {
          const request = database.transaction(name).objectStore(name).count()
          request.onsuccess = () => resolve(request.result)
        }),
    )
    return {
      rows: (await Promise.all(counts)).reduce((sum, n) => sum + n, 0),
      caches: await caches.keys(),
      workers: (await navigator.serviceWorker.getRegistrations()).length,
      crew: localStorage.getItem('vigil.crew'),
    }
  })
}

/**
 * From now on the centre gets each tap and photo, but its first answer never arrives: the phone cannot know, and has to send it again.
 * @returns what was delivered, in order, and how to end it
 */
export async function loseFirstAnswers(context: BrowserContext) {
  const delivered: string[] = []
  const lost = new Set<string>()
  const pattern = /\/assignments\/[^/]+\/(accept|en-route|on-scene|photos)/
  await context.route(pattern, async (route) => {
    const path = new URL(route.request().url()).pathname
    const answer = await route.fetch()
    delivered.push(path.split('/').at(-1)!)
    if (lost.has(path)) return await route.fulfill({ response: answer })
    lost.add(path)
    await route.abort('connectionreset')
  })
  return { delivered, restore: () => context.unroute(pattern) }
}

/**
 * Another app is in front, or ours again. Under its driver a headless Chromium calls every page visible, whatever is done to its window, so
 * the page is told by the one property that it asks; the notices themselves are the browser's own.
 */
export async function putAway(phone: Page, isAway: boolean): Promise<void> {
  await phone.evaluate(
    (state) => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state })
      document.dispatchEvent(new Event('visibilitychange'))
    },
    isAway ? 'hidden' : 'visible',
  )
}

/** Titles and texts of the notices that stand on the phone's screen. */
export async function noticesOn(phone: Page): Promise<string[]> {
  return await phone.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready
    return (await registration.getNotifications()).map(({ title, body }) => `${title} · ${body}`)
  })
}

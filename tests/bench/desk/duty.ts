import type { Page } from 'playwright-core'
import type { Alarm } from '../../../domain/alarm.ts'
import type { Device } from '../../../domain/device.ts'
import type { IncidentDetail } from '../../../domain/wire/http.ts'
import { until, type Api } from '../../support/api.ts'
import type { Centre } from '../../support/centre.ts'
import { connectDevice } from '../../support/pressed-button.ts'

export const PASSWORD = 'bench-password-1'
const ALARM_MS = 15_000
const STEP_MS = 15_000
/** How often the scripted officer looks at the screen. */
const LOOK_MS = 10

/** From the finger, ms. */
export interface Duty {
  poppedUpMs: number
  acknowledgedMs: number
  dispatchedMs: number
}

/** Signs in and starts the duty with the sound, as a person does. */
export async function startDuty(page: Page, centre: Centre): Promise<void> {
  await page.goto(centre.httpUrl)
  await page.locator('input').first().fill('admin')
  await page.locator('input[type="password"]').fill(PASSWORD)
  await page.keyboard.press('Enter')
  await page.locator('[data-action="start-duty"]').click()
}

export async function buttonsOf(api: Api): Promise<string[]> {
  const { items } = await api.get<{ items: Device[] }>('devices?limit=500')
  return items.filter(({ kind, siteId }) => kind === 'button' && siteId !== null).map(({ id }) => id)
}

/**
 * One press, answered by keys alone: as soon as the pop-up stands, Enter; as soon as Enter would send a car, Enter; then X and 3 (a test) when
 * the order stands. The officer is a script that needs no time to think: what is measured is the machine's share.
 */
export async function serve(centre: Centre, api: Api, page: Page, buttonId: string, eventId: string): Promise<Duty> {
  const { password } = await api.post<{ password: string }>(`devices/${buttonId}/credential`)
  const device = await connectDevice(centre.mqttPort, 'button', buttonId, password)
  try {
    const pressedMs = performance.now()
    await device.event({ id: eventId, type: 'panic' })
    await page.locator('[data-popup][data-stage="acknowledge"]').waitFor({ timeout: ALARM_MS })
    const poppedUpMs = performance.now() - pressedMs
    await page.keyboard.press('Enter')
    await page.locator('[data-popup][data-stage="dispatch"] [data-action="dispatch"]').waitFor({ timeout: STEP_MS })
    const acknowledgedMs = performance.now() - pressedMs
    await page.keyboard.press('Enter')
    await page.locator('[data-undo]').waitFor({ timeout: STEP_MS })
    const dispatchedMs = performance.now() - pressedMs
    await closeIt(api, page, buttonId)
    return { poppedUpMs, acknowledgedMs, dispatchedMs }
  } finally {
    await device.close()
  }
}

async function closeIt(api: Api, page: Page, buttonId: string): Promise<void> {
  const { items } = await api.get<{ items: Alarm[] }>(`alarms?device=${buttonId}&limit=20`)
  const incidentId = items.find(({ closedAt }) => closedAt === null)?.incidentId
  const detail = () => api.get<IncidentDetail>(`incidents/${incidentId}`)
  await until('the order is in the book', STEP_MS, async () => (await detail()).assignments.length > 0)
  await page.keyboard.press('x')
  await page.locator('[data-menu="close"]').waitFor()
  await page.keyboard.press('3')
  await until('closed', STEP_MS, async () => (await detail()).incident.state === 'closed', LOOK_MS * 10)
  // Until the toast with "undo" has gone the next alarm waits, as it would for a person.
  await page.locator('[data-undo]').waitFor({ state: 'detached', timeout: STEP_MS })
}

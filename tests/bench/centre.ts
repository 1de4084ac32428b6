import type { Page } from 'playwright-core'
import type { Alarm } from '../../domain/alarm.ts'
import type { Camera } from '../../domain/camera.ts'
import type { Device } from '../../domain/device.ts'
import type { IncidentDetail } from '../../domain/wire/http.ts'
import { destination } from '../../domain/geo/distance.ts'
import { signIn, until, type Api } from '../support/api.ts'
import { findChromium, launchBrowser } from '../support/browser.ts'
import { startCentre, type Centre } from '../support/centre.ts'
import { connectDevice } from '../support/pressed-button.ts'
import { summary, table } from './figures.ts'

const PASSWORD = 'bench-password-1'
const PRESSES = 50
/** `--presses=n` for a quick look. */
const pressesOf = (options: readonly string[]) =>
  Number(options.find((option) => option.startsWith('--presses='))?.slice(10)) || PRESSES
/** A stream that nobody watches is let go after half a minute. */
const COOL_MS = 40_000
const IN_FRONT_M = 15
const TAKE_OVER_MS = 3_000
const FRAME_WAIT_MS = 15_000
/** Until the map stands and idle streams of the desk before are let go. */
const SETTLE_MS = 35_000
const REST_S = 20

/** `--plain`: only the desk without WebGL. The whole product with the demo district and one real desk: press → rendered, alarm → first frame, each process at rest. */
export async function benchCentre(options: readonly string[]): Promise<void> {
  const chromium = findChromium()
  if (!chromium) throw new Error('this bench needs Chromium (or VIGIL_CHROMIUM)')
  const began = performance.now()
  const centre = await startCentre({ VIGIL_ADMIN_PASSWORD: PASSWORD })
  try {
    console.log(`first start, until ready: ${((performance.now() - began) / 1000).toFixed(1)} s`)
    console.log(
      centre
        .output()
        .split('\n')
        .filter((line) => line.includes('✓'))
        .join('\n'),
    )
    const api = await signIn(centre.httpUrl, 'admin', PASSWORD)
    await until('vehicles on the map', 30_000, async () => (await api.get<{ n: number }>('snapshot')).n > 0)
    await rest(centre)
    const count = pressesOf(options)
    await atDesk(centre, api, chromium, 'without WebGL', false, count)
    if (!options.includes('--plain')) await atDesk(centre, api, chromium, 'map drawn in software', true, count)
  } finally {
    await centre.stop()
  }
}

/** A real desk in Chromium. Without a graphics card the map in software takes most of the machine, so both ways are measured. */
async function atDesk(
  centre: Centre,
  api: Api,
  chromium: string,
  name: string,
  hasWebgl: boolean,
  count: number,
): Promise<void> {
  const browser = await launchBrowser(chromium, hasWebgl)
  try {
    const page = await browser.newPage({ viewport: { width: 1366, height: 768 } })
    await page.addInitScript(watchTheScreen)
    await page.goto(centre.httpUrl)
    await page.locator('input').first().fill('admin')
    await page.locator('input[type="password"]').fill(PASSWORD)
    await page.keyboard.press('Enter')
    await page.locator('[data-action="start-duty"]').click()
    await page.waitForTimeout(SETTLE_MS)
    console.log(`\ndesk ${name}`)
    // An event id has no spaces: with one the press would be an unreadable signal, still an alarm, but without a place.
    const run = hasWebgl ? 'map' : 'plain'
    await presses(centre, api, page, run, count)
    await coldFrames(centre, api, page, run)
  } finally {
    await browser.close()
  }
}

interface Watched {
  paintedAt: Record<string, number>
  /** First frame of each camera since it was last emptied. */
  firstFrameAt: Record<string, number>
}

/** In the page: when each alarm's row was first painted, and when each picture on the screen showed its first frame. */
function watchTheScreen(): void {
  const watched: Watched = { paintedAt: {}, firstFrameAt: {} }
  Object.assign(globalThis, { watched })
  const nowMs = () => performance.timeOrigin + performance.now()
  const known = new WeakSet<Element>()
  new MutationObserver(() => {
    for (const row of document.querySelectorAll('[data-alarm-id]')) {
      const id = row.getAttribute('data-alarm-id')!
      if (id in watched.paintedAt) continue
      watched.paintedAt[id] = 0
      requestAnimationFrame(() => requestAnimationFrame(() => (watched.paintedAt[id] = nowMs())))
    }
    for (const video of document.querySelectorAll<HTMLVideoElement>('[data-camera-id] video')) {
      if (known.has(video)) continue
      known.add(video)
      const cameraId = video.closest('[data-camera-id]')!.getAttribute('data-camera-id')!
      const onFrame = () => {
        watched.firstFrameAt[cameraId] ??= nowMs()
        if (video.isConnected) video.requestVideoFrameCallback(onFrame)
      }
      video.requestVideoFrameCallback(onFrame)
    }
  }).observe(document, { childList: true, subtree: true })
}

const watchedOf = (page: Page) => page.evaluate(() => (globalThis as unknown as { watched: Watched }).watched)

interface Press {
  pubackMs: number
  paintedMs: number
  /** NaN when no picture of the scene came within the time. */
  firstFrameMs: number
  /** The camera that shows the scene best. */
  cameraId: string
}

interface Caller {
  kind: 'button' | 'taxi'
  id: string
  /** Where a taxi stands when its driver steps on the switch. */
  at?: { lng: number; lat: number }
}

/** One press, followed until the scene's first picture moves, then acknowledged and closed. */
async function pressOnce(centre: Centre, api: Api, page: Page, caller: Caller, eventId: string): Promise<Press> {
  const { kind, id, at } = caller
  const { password } = await api.post<{ password: string }>(`devices/${id}/credential`)
  const device = await connectDevice(centre.mqttPort, kind, id, password)
  // The simulated terminal of the same id hears within two seconds that its credential is void.
  if (at) await page.waitForTimeout(TAKE_OVER_MS)
  if (at) await device.fix({ at: new Date(performance.timeOrigin + performance.now()).toISOString(), ...at })
  await page.evaluate(() => ((globalThis as unknown as { watched: Watched }).watched.firstFrameAt = {}))
  const pressedAtMs = performance.timeOrigin + performance.now()
  const pubackMs = await device.event({ id: eventId, type: 'panic', ...at })
  const alarm = await until('the alarm', 10_000, async () => {
    const { items } = await api.get<{ items: Alarm[] }>('alarms?limit=20')
    return items.find(({ deviceId, closedAt }) => deviceId === id && closedAt === null)
  })
  const paintedAtMs = await until('it is painted', 15_000, async () => (await watchedOf(page)).paintedAt[alarm.id], 20)
  const { incident } = await api.get<IncidentDetail>(`incidents/${alarm.incidentId}`)
  const cameraId = incident.cameraIds[0]!
  const frameAtMs = await until(
    `a picture of ${cameraId}`,
    FRAME_WAIT_MS,
    async () => (await watchedOf(page)).firstFrameAt[cameraId],
    50,
  ).catch((error: unknown) => {
    console.log(String(error))
    return NaN
  })
  await device.close()
  await api.post(`alarms/${alarm.id}/acknowledge`)
  await api.post(`incidents/${alarm.incidentId}/close`, { disposition: 'test' })
  await page.waitForTimeout(300)
  return { pubackMs, paintedMs: paintedAtMs - pressedAtMs, firstFrameMs: frameAtMs - pressedAtMs, cameraId }
}

async function presses(centre: Centre, api: Api, page: Page, run: string, count: number): Promise<void> {
  const { items } = await api.get<{ items: Device[] }>('devices?limit=500')
  const buttons = items.filter(({ kind, siteId }) => kind === 'button' && siteId !== null)
  const done: Press[] = []
  for (let i = 0; i < count; i++) {
    done.push(
      await pressOnce(centre, api, page, { kind: 'button', id: buttons[i % buttons.length]!.id }, `bench-${run}-${i}`),
    )
  }
  const frames = done.map(({ firstFrameMs }) => firstFrameMs).filter((ms) => !Number.isNaN(ms))
  console.log(`press → PUBACK (durable):              ${summary(done.map(({ pubackMs }) => pubackMs))}`)
  console.log(`press → painted in Chromium:           ${summary(done.map(({ paintedMs }) => paintedMs))}`)
  console.log(`press → first frame, warm camera:      ${summary(frames)}`)
}

/** A taxi in front of cameras that nobody had kept connected: handshake, then the rest of the key frame interval. */
async function coldFrames(centre: Centre, api: Api, page: Page, run: string): Promise<void> {
  await page.waitForTimeout(COOL_MS)
  const { items } = await api.get<{ items: Camera[] }>('cameras?limit=500')
  const tookMs: number[] = []
  const passedOver: string[] = []
  for (const [i, { id: candidate }] of items.filter(({ warm, enabled }) => !warm && enabled).entries()) {
    // The pictures beside the last scene may have opened it.
    const camera = await api.get<Camera>(`cameras/${candidate}`)
    if (camera.state !== 'idle') {
      passedOver.push(`${camera.id} ${camera.state}`)
      continue
    }
    // In front of its lens, so that it is the camera that sees the scene best.
    const [lng, lat] = destination(camera.lng, camera.lat, camera.bearingDeg ?? 0, IN_FRONT_M)
    const caller: Caller = {
      kind: 'taxi',
      id: `taxi-${String(run.length * 40 + i + 1).padStart(3, '0')}`,
      at: { lng, lat },
    }
    const press = await pressOnce(centre, api, page, caller, `cold-${run}-${i}`)
    if (press.cameraId === camera.id) tookMs.push(press.firstFrameMs)
    else passedOver.push(`${camera.id} not the scene's first`)
  }
  if (tookMs.length === 0) console.log(`no cold camera could be measured: ${passedOver.join(', ')}`)
  else console.log(`press → first frame, cold camera:      ${summary(tookMs.filter((ms) => !Number.isNaN(ms)))}`)
}

async function rest(centre: Centre): Promise<void> {
  const look = async () => {
    const text = await (await fetch(centre.metricsUrl)).text()
    const found = new Map<string, { bytes: number; cpuS: number }>()
    for (const [, name, program, value] of text.matchAll(
      /^vigil_process_(resident_bytes|cpu_seconds)\{program="([^"]+)"\} ([\d.e+]+)/gm,
    )) {
      const entry = found.get(program!) ?? { bytes: 0, cpuS: 0 }
      if (name === 'resident_bytes') entry.bytes = Number(value)
      else entry.cpuS = Number(value)
      found.set(program!, entry)
    }
    return found
  }
  const before = await look()
  await new Promise((resolve) => setTimeout(resolve, REST_S * 1000))
  const after = await look()
  const rows = [['at rest', 'memory MiB', 'CPU % of a core']]
  for (const [program, { bytes, cpuS }] of after) {
    const usedS = cpuS - (before.get(program)?.cpuS ?? 0)
    rows.push([program, (bytes / 2 ** 20).toFixed(0), ((usedS / REST_S) * 100).toFixed(1)])
  }
  console.log(table(rows))
}

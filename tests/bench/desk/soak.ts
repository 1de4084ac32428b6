import type { CDPSession, Page } from 'playwright-core'
import { signIn, until } from '../../support/api.ts'
import { launchBrowser } from '../../support/browser.ts'
import { startCentre } from '../../support/centre.ts'
import { table } from '../figures.ts'
import { buttonsOf, PASSWORD, serve, startDuty } from './duty.ts'

/** As many as a bad shift has. */
const ALARMS = 50
const LOOK_EVERY = 5
/** The first alarms fill caches: code, sprites, pictures. They are shown and not counted. */
const WARM_ALARMS = 10
const SETTLE_MS = 20_000

interface Look {
  alarms: number
  minute: number
  heapMb: number
  nodes: number
  listeners: number
}

/**
 * Hours of a shift in minutes: a desk with its map and, on a second monitor, a wall of nine; alarms come evenly, each is answered, sent and closed by
 * keys. After every fifth the browser is made to collect its garbage; what is left then must not grow.
 */
export async function benchSoak(chromium: string, minutes: number): Promise<void> {
  const centre = await startCentre({ VIGIL_ADMIN_PASSWORD: PASSWORD })
  const browser = await launchBrowser(chromium)
  try {
    const api = await signIn(centre.httpUrl, 'admin', PASSWORD)
    await until('vehicles on the map', 30_000, async () => (await api.get<{ n: number }>('snapshot')).n > 0)
    const buttons = await buttonsOf(api)
    const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: 'zh-CN' })
    const desk = await context.newPage()
    await startDuty(desk, centre)
    const wall = await context.newPage()
    await wall.goto(`${centre.httpUrl}/#/wall?screen=2`)
    await wall.locator('.wall-tile[data-camera-id]').nth(8).waitFor()
    // Keys and paintings belong to the page in front.
    await desk.bringToFront()
    await desk.waitForTimeout(SETTLE_MS)
    const pages = { desk: await measured(desk), wall: await measured(wall) }
    const looks: Record<keyof typeof pages, Look[]> = { desk: [], wall: [] }
    const began = performance.now()
    for (let i = 0; i <= ALARMS; i++) {
      if (i % LOOK_EVERY === 0) {
        for (const name of ['desk', 'wall'] as const) {
          looks[name].push(await lookAt(pages[name], i, (performance.now() - began) / 60_000))
        }
      }
      if (i === ALARMS) break
      const dueMs = (minutes * 60_000 * i) / ALARMS
      await desk.waitForTimeout(Math.max(0, dueMs - (performance.now() - began)))
      await serve(centre, api, desk, buttons[i % buttons.length]!, `soak-${i}`)
    }
    for (const name of ['desk', 'wall'] as const) tell(name, looks[name])
  } finally {
    await browser.close()
    await centre.stop()
  }
}

async function measured(page: Page): Promise<CDPSession> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Performance.enable')
  await cdp.send('HeapProfiler.enable')
  return cdp
}

async function lookAt(cdp: CDPSession, alarms: number, minute: number): Promise<Look> {
  // Twice: what a finaliser lets go is collected by the second.
  for (let i = 0; i < 2; i++) await cdp.send('HeapProfiler.collectGarbage')
  const { metrics } = await cdp.send('Performance.getMetrics')
  const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? NaN
  return { alarms, minute, heapMb: of('JSHeapUsedSize') / 1e6, nodes: of('Nodes'), listeners: of('JSEventListeners') }
}

function tell(name: string, looks: readonly Look[]): void {
  const rows = looks.map(({ alarms, minute, heapMb, nodes, listeners }) => [
    String(alarms),
    minute.toFixed(1),
    heapMb.toFixed(1),
    String(nodes),
    String(listeners),
  ])
  console.log(`\n${name}, after the garbage was collected`)
  console.log(table([['alarms', 'minute', 'heap MB', 'DOM nodes', 'listeners'], ...rows]))
  const counted = looks.filter(({ alarms }) => alarms >= WARM_ALARMS)
  const slope = (of: (look: Look) => number) => slopeOf(counted.map((look) => [look.alarms, of(look)]))
  const perAlarm = `${(slope(({ heapMb }) => heapMb) * 1000).toFixed(1)} kB of heap, ${slope(({ nodes }) => nodes).toFixed(2)} nodes, ${slope(({ listeners }) => listeners).toFixed(2)} listeners`
  console.log(`  each alarm after the first ${WARM_ALARMS}: ${perAlarm} (least squares)`)
}

/** Least squares: how much y grows per x. */
function slopeOf(points: readonly (readonly [x: number, y: number])[]): number {
  const n = points.length
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / n
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / n
  const top = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0)
  return top / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
}

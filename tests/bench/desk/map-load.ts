import type { CityMap } from '../../../command-ui/map/city-map-contract.ts'
import type { CDPSession, Page } from 'playwright-core'
import { until } from '../../support/api.ts'
import { launchBrowser } from '../../support/browser.ts'
import { startFixture } from '../../command-ui/fixture-server.ts'
import { FULL, fullDistrict } from './full-district.ts'

const SAMPLE_MS = 15_000
const SETTLE_MS = 6_000
const SIZES = [
  { width: 1366, height: 768 },
  { width: 1920, height: 1080 },
]

/** As the map writes it beside its canvas (`data-stats`). */
type MapStats = CityMap['stats']

/** Seven thousand taxis, 2,156 cameras and 200 patrols on the shipped desk, fed by a made-up centre once a second; the machine draws without a graphics card. */
export async function benchMapLoad(chromium: string, options: readonly string[] = []): Promise<void> {
  // Another build of the page, to be compared with this one.
  const uiDir = options.find((option) => option.startsWith('--ui='))?.slice(5)
  const sizes = options.includes('--small') ? SIZES.slice(0, 1) : SIZES
  const fixture = await startFixture({ district: fullDistrict(), ...(uiDir && { uiDir }) })
  const browser = await launchBrowser(chromium)
  try {
    console.log(`${FULL.taxis} taxis, ${FULL.cameras} cameras, ${FULL.patrols} patrols; drawn in software`)
    const tell = (row: string[]) =>
      console.log(row.map((cell, i) => (i === 0 ? cell.padEnd(28) : cell.padStart(14))).join(''))
    tell(HEADS)
    for (const viewport of sizes) {
      const page = await browser.newPage({ viewport, locale: 'zh-CN' })
      const cdp = await page.context().newCDPSession(page)
      // Time on a core, not on the wall: the machine is shared.
      await cdp.send('Performance.enable', { timeDomain: 'threadTicks' })
      await page.goto(fixture.url)
      await page.locator('[data-action="start-duty"]').click()
      await until('all of them on the map', 90_000, async () => {
        const { taxis, patrols } = await statsOf(page)
        return taxis === FULL.taxis && patrols === FULL.patrols
      })
      const at = `${viewport.width}×${viewport.height}`
      tell(await sample(page, cdp, `${at} district`))
      await wheel(page, -1200)
      tell(await sample(page, cdp, `${at} streets`))
      if (options.includes('--small')) {
        await page.close()
        continue
      }
      tell(await sample(page, cdp, `${at} streets, dragged`, () => drag(page)))
      await page.locator('.map-tools [role="radio"]').nth(2).click()
      tell(await sample(page, cdp, `${at} streets in 3D`))
      await page.close()
    }
    console.log(MEANING)
  } finally {
    await browser.close()
    await fixture.close()
  }
}

const HEADS = [
  'view',
  'shown',
  'frames/s',
  'ground/s',
  'GPU ms',
  'draw JS ms',
  'fixes JS ms',
  'draws',
  'KB/s',
  'script %',
]
const MEANING = `  frames/s: paintings of what moves; ground/s: of the streets under it; GPU ms: a painting until it is done;
  draw JS: our JavaScript in one painting, in the middle (and at best: what it takes when nobody else is on the machine); fixes JS: in one second's frame of fixes, thinning and callsigns included;
  KB/s: moving dots sent to the graphics card; script: all JavaScript of the page, MapLibre and React included, of one core`

async function statsOf(page: Page): Promise<MapStats> {
  const text = await page.locator('.map-canvas').getAttribute('data-stats')
  if (!text) throw new Error('the map has not been fed yet')
  return JSON.parse(text) as MapStats
}

async function scriptS(cdp: CDPSession): Promise<number> {
  const { metrics } = await cdp.send('Performance.getMetrics')
  return metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? NaN
}

async function sample(page: Page, cdp: CDPSession, name: string, act?: () => Promise<void>): Promise<string[]> {
  await page.waitForTimeout(SETTLE_MS)
  const [before, scriptBefore, began] = [await statsOf(page), await scriptS(cdp), performance.now()]
  while (performance.now() - began < SAMPLE_MS) await (act ? act() : page.waitForTimeout(500))
  const [after, scriptAfter] = [await statsOf(page), await scriptS(cdp)]
  const seconds = (performance.now() - began) / 1000
  const perS = (key: 'frames' | 'groundFrames' | 'bytesSent') => (after[key] - before[key]) / seconds
  return [
    name,
    `${after.taxisShown} at z ${after.zoom.toFixed(1)}`,
    perS('frames').toFixed(1),
    perS('groundFrames').toFixed(1),
    after.frameCostMs.toFixed(0),
    `${after.drawMs.toFixed(1)} (${after.drawLeastMs.toFixed(1)})`,
    `${after.updateMs.toFixed(1)} (${after.updateLeastMs.toFixed(1)})`,
    String(after.drawCalls),
    (perS('bytesSent') / 1000).toFixed(0),
    ((100 * (scriptAfter - scriptBefore)) / seconds).toFixed(0),
  ]
}

async function middle(page: Page): Promise<{ x: number; y: number }> {
  const box = await page.locator('.map-canvas').boundingBox()
  if (!box) throw new Error('the map is not on the screen')
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

async function wheel(page: Page, by: number): Promise<void> {
  const { x, y } = await middle(page)
  await page.mouse.move(x, y)
  for (let step = 0; step < 6; step++) {
    await page.mouse.wheel(0, by / 6)
    await page.waitForTimeout(200)
  }
}

/** Two seconds of pulling the map to and fro. */
async function drag(page: Page): Promise<void> {
  const { x, y } = await middle(page)
  await page.mouse.move(x, y)
  await page.mouse.down()
  for (let step = 1; step <= 20; step++) {
    await page.mouse.move(x + Math.sin((step / 20) * 2 * Math.PI) * 180, y + (step % 5) * 6)
    await page.waitForTimeout(100)
  }
  await page.mouse.up()
}

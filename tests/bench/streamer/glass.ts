import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { STRIP_ROWS } from '../../../simulators/camera/osd/caption-strip.ts'
import { loadGlyphs } from '../../../simulators/camera/osd/glyphs.ts'
import { servePlayerPage } from '../../streamer/support/player-page.ts'
import { findChromium, launchBrowser } from '../../support/browser.ts'
import { summary } from '../figures.ts'
import { startChild } from './child.ts'
import { glassPage } from './glass-page.ts'
import { startFarm, untilOnline, type WorkerCounts } from './measure.ts'

/** Enough for the worker to moderate its reads, as a full one does. */
const WARM = 60
const COLD = 20
const OPENINGS = 20
const PLAYS = 3
const SETTLE_S = 10

interface Glass {
  /** Age of the picture on the glass, by the clock in it, ms, one for each frame. */
  agesMs: number[]
  unreadable: number
}

/**
 * In Chromium, with the product's player and its way through a proxy: how old the picture on the glass is by the clock in it, and how long
 * after the opening of a tile its first frame is shown, of cameras that are kept warm and of such as nobody had asked for.
 */
export async function benchGlass(seconds: number): Promise<void> {
  const chromium = findChromium()
  if (!chromium) throw new Error('this bench needs Chromium (or VIGIL_CHROMIUM)')
  const farm = await startFarm(WARM + COLD, null)
  const worker = await startChild('worker-main.js', [], { ...farm.env, BENCH_COLD: String(COLD) })
  const served = await servePlayerPage(
    { baseUrl: `http://127.0.0.1:${worker.ready}`, token: 'bench' },
    glassPage(loadGlyphs(), STRIP_ROWS * 16),
  )
  const browser = await launchBrowser(chromium, false)
  try {
    await worker.ask('serve', WARM + COLD)
    await untilOnline(worker, WARM)
    await sleep(SETTLE_S * 1000)
    const { moderated } = await worker.ask<WorkerCounts>('sample')
    console.log(
      `  ${WARM} warm cameras, ${moderated} of them read in rounds; ${COLD} cold ones; key frames every second`,
    )
    const page = await browser.newPage({ viewport: { width: 1000, height: 600 } })
    await page.goto(served.url)
    // The first player compiles its code, which is no camera's time.
    await open(page, `bench-${COLD + OPENINGS}`)
    for (const [kind, first] of [
      ['warm', COLD],
      ['cold', 0],
    ] as const) {
      const opened = await openings(page, first)
      console.log(`  first frame, ${kind}: ${summary(opened.map(({ firstMs }) => firstMs))}`)
      console.log(
        `    longest that a frame stood in the two seconds after: ${summary(opened.map(({ pauseMs }) => pauseMs))}`,
      )
    }
    for (let i = 0; i < PLAYS; i++) {
      const { agesMs, unreadable } = await page.evaluate(
        ([id, ms]) => (window as unknown as GlassWindow).play(id, ms),
        [`bench-${COLD + OPENINGS + 1 + i}`, seconds * 1000] as const,
      )
      console.log(`  glass to glass, ${seconds} s of one camera: ${summary(agesMs)}; ${unreadable} clocks unreadable`)
    }
    console.log('  The clock in the picture has tenths, cut off: ages are up to 0.1 s too large, 0.05 s on average.')
  } finally {
    await browser.close()
    served.close()
    await worker.stop()
    await farm.stop()
  }
}

interface Opening {
  firstMs: number
  pauseMs: number
}

interface GlassWindow {
  open(cameraId: string): Promise<Opening>
  play(cameraId: string, ms: number): Promise<Glass>
}

const open = (page: Page, cameraId: string) =>
  page.evaluate((id) => (window as unknown as GlassWindow).open(id), cameraId)

/** Opens as many cameras one after the other, each for the first time, a little apart. */
async function openings(page: Page, first: number): Promise<Opening[]> {
  const opened: Opening[] = []
  for (let i = 0; i < OPENINGS; i++) {
    opened.push(await open(page, `bench-${first + i}`))
    // So that openings fall on all places of the key frame interval.
    await sleep(300 + i * 53)
  }
  return opened
}

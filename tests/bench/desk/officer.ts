import { signIn, until } from '../../support/api.ts'
import { launchBrowser } from '../../support/browser.ts'
import { startCentre } from '../../support/centre.ts'
import { summary } from '../figures.ts'
import { buttonsOf, PASSWORD, serve, startDuty, type Duty } from './duty.ts'

const PRESSES = 30
/** `--presses=n` for a quick look. */
const pressesOf = (options: readonly string[]) =>
  Number(options.find((option) => option.startsWith('--presses='))?.slice(10)) || PRESSES
/** Until the map stands and the first pictures have come. */
const SETTLE_MS = 20_000

/** The whole product, one real desk, an officer who is a script: from a finger to an order for the recommended car. */
export async function benchOfficer(chromium: string, options: readonly string[]): Promise<void> {
  const presses = pressesOf(options)
  const centre = await startCentre({ VIGIL_ADMIN_PASSWORD: PASSWORD })
  try {
    const api = await signIn(centre.httpUrl, 'admin', PASSWORD)
    await until('vehicles on the map', 30_000, async () => (await api.get<{ n: number }>('snapshot')).n > 0)
    const buttons = await buttonsOf(api)
    for (const hasWebgl of options.includes('--plain') ? [false] : [false, true]) {
      const browser = await launchBrowser(chromium, hasWebgl)
      try {
        const page = await browser.newPage({ viewport: { width: 1920, height: 1080 }, locale: 'zh-CN' })
        await startDuty(page, centre)
        await page.waitForTimeout(SETTLE_MS)
        const done: Duty[] = []
        for (let i = 0; i < presses; i++) {
          done.push(await serve(centre, api, page, buttons[i % buttons.length]!, `officer-${String(hasWebgl)}-${i}`))
        }
        console.log(
          `desk ${hasWebgl ? 'with its map drawn in software' : 'without WebGL'}, an officer who needs no time to think:`,
        )
        console.log(`press → pop-up:        ${summary(done.map(({ poppedUpMs }) => poppedUpMs))}`)
        console.log(`press → acknowledged:  ${summary(done.map(({ acknowledgedMs }) => acknowledgedMs))}`)
        console.log(`press → dispatched:    ${summary(done.map(({ dispatchedMs }) => dispatchedMs))}`)
      } finally {
        await browser.close()
      }
    }
  } finally {
    await centre.stop()
  }
}

import { findChromium } from '../support/browser.ts'
import { benchMapLoad } from './desk/map-load.ts'
import { benchOfficer } from './desk/officer.ts'
import { benchSoak } from './desk/soak.ts'

/** Below this the alarms come faster than one can be served. */
const SOAK_MINUTES = 8

/**
 * The duty desk in a real browser. Nothing said: the map at full load, and an officer's times. `--map`, `--officer`: that one alone; `--presses=n`: fewer; `--plain`:
 * without WebGL only; `--small`: one
 * size of screen; `--ui=folder`: the map of another build. `--soak`,
 * `--soak=minutes`: memory over a shift, alone.
 */
export async function benchDesk(options: readonly string[]): Promise<void> {
  const chromium = findChromium()
  if (!chromium) throw new Error('this bench needs Chromium (or VIGIL_CHROMIUM)')
  const soak = options.find((option) => /^--soak(?:=\d+(?:\.\d+)?)?$/.test(option))
  if (soak) return await benchSoak(chromium, Number(soak.split('=')[1] ?? SOAK_MINUTES))
  const isAlone = options.includes('--map') || options.includes('--officer')
  if (!isAlone || options.includes('--map')) await benchMapLoad(chromium, options)
  if (!isAlone || options.includes('--officer')) await benchOfficer(chromium, options)
}

import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Camera } from '../../domain/camera.ts'
import type { Incident } from '../../domain/incident.ts'
import type { IncidentRecordings } from '../../domain/recording.ts'
import type { Snapshot } from '../../domain/wire/live.ts'
import { signIn, until, type Api } from '../support/api.ts'
import { findChromium, launchBrowser, signInAtDesk } from '../support/browser.ts'
import { startCentre, type Centre } from '../support/centre.ts'
import { connectDevice, type TestDevice } from '../support/pressed-button.ts'
import { isRequired } from '../support/required.ts'

const chromium = findChromium()
if (!chromium && isRequired('browser')) throw new Error('this run needs Chromium, and there is none')
const PASSWORD = 'correct-horse-battery'
const shots = join(import.meta.dirname, '../artefacts')
const AFTER_S = 30
/** What a killed worker may lose of what it was recording. */
const LOSS_MAX_MS = 2_000
const MOVE_MAX_MS = 10_000

describe.skipIf(!chromium)('an alarm’s recording, through a killed streamer, to the officer’s replay', () => {
  let centre: Centre
  let browser: Browser
  let page: Page
  let api: Api
  let button: TestDevice
  let incident: Incident
  let pressMs: number
  let killMs: number

  const recordings = () => api.get<IncidentRecordings>(`incidents/${incident.id}/recordings`)
  const streamerPid = (id: string) => pidOf(centre.child.pid!, id)

  beforeAll(async () => {
    mkdirSync(shots, { recursive: true })
    centre = await startCentre({
      VIGIL_ADMIN_PASSWORD: PASSWORD,
      VIGIL_RECORD_AFTER_S: String(AFTER_S),
      VIGIL_STREAMERS: '2',
    })
    api = await signIn(centre.httpUrl, 'admin', PASSWORD)
    browser = await launchBrowser(chromium!)
    page = await browser.newPage({ viewport: { width: 1920, height: 1080 }, locale: 'zh-CN' })
    await signInAtDesk(page, centre.httpUrl, 'admin', PASSWORD)
    await until('warm cameras deliver', 30_000, async () => {
      const { health } = await api.get<Snapshot>('snapshot')
      return health.camerasOnline >= 34
    })
    // The half minute before the press must be there to be kept.
    await new Promise((resolve) => setTimeout(resolve, 35_000))
  })

  afterAll(async () => {
    await button?.close()
    await browser?.close()
    if (centre) expect(await centre.stop()).toBe(0)
  })

  it('a killed worker loses two seconds at most, and goes on by itself', async () => {
    const { password } = await api.post<{ password: string }>('devices/button-school-01/credential')
    button = await connectDevice(centre.mqttPort, 'button', 'button-school-01', password)
    pressMs = Date.now()
    await button.event({ id: 'replay-1', type: 'panic' })
    incident = await until('the incident', 5_000, async () => {
      const { incidents } = await api.get<Snapshot>('snapshot')
      return incidents[0]
    })
    await until('something is recorded', 15_000, async () =>
      (await recordings()).cameras.every(({ kept }) => kept.length > 0),
    )
    await new Promise((resolve) => setTimeout(resolve, 6_000))
    killMs = Date.now()
    for (const id of ['streamer-1', 'streamer-2']) process.kill(streamerPid(id), 'SIGKILL')
    const done = await until('all is over', (AFTER_S + 40) * 1000, async () => {
      const now = await recordings()
      return now.cameras.every(({ isRunning }) => !isRunning) && now
    })
    expect(done.cameras.map(({ cameraId }) => cameraId).sort()).toEqual([...incident.cameraIds].sort())
    const sites = (await api.get<Snapshot>('snapshot')).cameras
    const warm = new Set(sites.filter((one) => one.warm || one.siteId === incident.siteId).map(({ id }) => id))
    for (const { cameraId, kept, gaps } of done.cameras) {
      const beforeMs = pressMs - Date.parse(kept[0]!.fromAt)
      const run = kept.find(({ fromAt, toAt }) => Date.parse(fromAt) < killMs && Date.parse(toAt) < killMs + 2_000)!
      const lostMs = killMs - Date.parse(run.toAt)
      const hole = gaps.find(({ toAt }) => Date.parse(toAt) > killMs)
      const holeMs = hole ? Date.parse(hole.toAt) - Date.parse(hole.fromAt) : 0
      console.log(
        `${cameraId}: from ${(beforeMs / 1000).toFixed(1)} s before the press, killed worker lost ${lostMs} ms, hole ${holeMs} ms (${hole?.reason})`,
      )
      // A camera that was cold has what came after it was connected, and a gap that says so.
      if (gaps[0]!.reason === 'not-connected') {
        expect(warm.has(cameraId)).toBe(false)
        expect(beforeMs).toBeGreaterThan(-8_000)
      } else expect(beforeMs).toBeGreaterThan(28_000)
      expect(lostMs).toBeLessThan(LOSS_MAX_MS)
      expect(hole?.reason).toBe('streamer-restarted')
      expect(Date.parse(kept.at(-1)!.toAt) - pressMs).toBeGreaterThan((AFTER_S - 1) * 1000)
    }
  })

  it('the officer opens it in the panel, it plays, and the axis seeks over the hole', async () => {
    await page.locator(`[data-incident="${incident.id}"]`).waitFor({ timeout: 10_000 })
    await page.locator('summary', { hasText: '录像回放' }).click()
    const tile = page.locator('.replay-tile')
    await page.locator('.replay-tile[data-phase="ready"]').waitFor({ timeout: 15_000 })
    await tile.getByRole('button', { name: /播放/ }).click()
    const frames = () =>
      tile.locator('video').evaluate((video: HTMLVideoElement) => video.getVideoPlaybackQuality().totalVideoFrames)
    await until('it plays', 15_000, async () => (await frames()) > 20)
    const axis = tile.locator('input[type="range"]')
    const shown = () => axis.evaluate((input: HTMLInputElement) => Number(input.value))
    for (const atMs of [killMs + 8_000, pressMs - 10_000, killMs - 3_000]) {
      await axis.fill(
        String(
          Math.round(atMs / 1000) * 1000 -
            ((Math.round(atMs / 1000) * 1000 - Number(await axis.getAttribute('min'))) % 1000),
        ),
      )
      const before = await frames()
      await until(`it plays from ${atMs - pressMs} ms after the press`, 15_000, async () => {
        const now = await shown()
        return (await frames()) > before + 10 && now >= atMs - 2_500 && now < atMs + 8_000
      })
    }
    // Over the hole: before the kill, and on to after it.
    await until('it plays on over the hole', 20_000, async () => (await shown()) > killMs + 4_000)
    expect(await page.locator('.axis-gap').count()).toBeGreaterThan(0)
    expect(await page.locator('.axis-mark').first().textContent()).toBe('按下')
    await tile.scrollIntoViewIfNeeded()
    await page.screenshot({ path: join(shots, 'replay.png') })
  })

  it('when the ring has forgotten it, the half minute before the press plays from the recording', async () => {
    // An open page has it in the player; one that is opened now asks the streamer, which has it no more.
    expect(Date.now() - pressMs).toBeGreaterThan(45_000)
    await page.reload()
    await page.locator('[data-loop-of][data-from="recording"][data-phase="playing"]').waitFor({ timeout: 60_000 })
    await page.screenshot({ path: join(shots, 'replay-loop.png') })
  })

  it('a worker that hangs loses its cameras to the other within ten seconds', async () => {
    const { items } = await api.get<{ items: Camera[] }>('cameras?limit=500')
    const warm = items.filter(({ warm: isWarm, state }) => isWarm && state === 'online').slice(0, 8)
    expect(warm.length).toBeGreaterThan(3)
    const pid = streamerPid('streamer-1')
    const hungMs = Date.now()
    process.kill(pid, 'SIGSTOP')
    try {
      await until('every one has a picture younger than the hang', MOVE_MAX_MS, async () => {
        const texts = await Promise.all(
          warm.map(async ({ id }) => {
            const answer = await fetch(`${centre.httpUrl}/live/${id}/index.m3u8`, {
              headers: { authorization: `Bearer ${api.token}` },
              signal: AbortSignal.timeout(1_000),
            })
            return answer.ok ? await answer.text() : ''
          }),
        )
        const dates = texts.map((text) => Date.parse(/DATE-TIME:(\S+)\n(?![\s\S]*DATE-TIME)/.exec(text)?.[1] ?? ''))
        return dates.every((ms) => ms > hungMs)
      })
      console.log(`cameras of a hung worker have pictures again after ${Date.now() - hungMs} ms`)
    } finally {
      process.kill(pid, 'SIGCONT')
    }
  })
})

/** The program of that id among the launcher's children. */
function pidOf(parent: number, programId: string): number {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      if (Number(stat.replace(/^.*\) /, '').split(' ')[1]) !== parent) continue
      if (readFileSync(`/proc/${name}/environ`, 'utf8').split('\0').includes(`VIGIL_PROGRAM_ID=${programId}`))
        return Number(name)
    } catch (error) {
      // It ended between two looks.
      if (!['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    }
  }
  throw new Error(`no ${programId} runs below ${parent}`)
}

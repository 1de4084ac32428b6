import { spawn, spawnSync } from 'node:child_process'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Alarm } from '../../domain/alarm.ts'
import { bearingDeg, destination, distanceM } from '../../domain/geo/distance.ts'
import type { Camera, DiscoveredCamera } from '../../domain/camera.ts'
import type { Trail, VehicleNow } from '../../domain/fix.ts'
import type { IncidentRecordings } from '../../domain/recording.ts'
import type { IncidentDetail } from '../../domain/wire/http.ts'
import type { Snapshot } from '../../domain/wire/live.ts'
import { signIn, until, type Api } from '../support/api.ts'
import { findChromium, launchBrowser, signInAtDesk } from '../support/browser.ts'
import { startCentre, type Centre } from '../support/centre.ts'
import { connectDevice, type TestDevice } from '../support/pressed-button.ts'
import { isRequired } from '../support/required.ts'

const chromium = findChromium()
if (!chromium && isRequired('browser')) throw new Error('this run needs Chromium, and there is none')
const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0
if (!hasFfmpeg && isRequired('ffmpeg')) throw new Error('this run needs ffmpeg, and there is none')
const PASSWORD = 'correct-horse-battery'
const shots = join(import.meta.dirname, '../artefacts')
/** The installer's verdict, whatever the camera does. */
const VERDICT_MS = 6000
/** What a busy machine may add to it. */
const SLACK_MS = 2000

/** Metres from a taxi to the nearest camera: not there yet, and there within half a minute. */
const NEAR_M = 250
const isBefore = (m: number) => m > NEAR_M && m < 2 * NEAR_M

describe.skipIf(!chromium)('a taxi’s emergency, and an installer’s cameras', () => {
  let centre: Centre
  let browser: Browser
  let page: Page
  let api: Api
  let taxi: TestDevice
  let taxiId: string

  beforeAll(async () => {
    centre = await startCentre({ VIGIL_ADMIN_PASSWORD: PASSWORD, VIGIL_CAMERA_NETWORKS: '127.0.0.0/8' })
    api = await signIn(centre.httpUrl, 'admin', PASSWORD)
    browser = await launchBrowser(chromium!)
    page = await browser.newPage({ viewport: { width: 1366, height: 768 }, locale: 'zh-CN' })
    await signInAtDesk(page, centre.httpUrl, 'admin', PASSWORD)
  })

  afterAll(async () => {
    await taxi?.close()
    await browser?.close()
    if (centre) expect(await centre.stop()).toBe(0)
  })

  it('a driver’s foot switch opens an incident that follows the taxi, tracked every second or two', async () => {
    const vehicle = await until('a taxi some way before a camera', 20_000, async () => {
      const { vehicles, cameras } = await api.get<Snapshot>('snapshot')
      const toCameras = ({ lng, lat }: VehicleNow) => cameras.map((one) => distanceM(lng!, lat!, one.lng, one.lat))
      return vehicles.find((one) => one.kind === 'taxi' && one.lng !== null && isBefore(Math.min(...toCameras(one))))
    })
    const { id } = vehicle
    taxiId = id
    const { password } = await api.post<{ password: string }>(`devices/${id}/credential`)
    taxi = await connectDevice(centre.mqttPort, 'taxi', id, password)
    await taxi.event({ id: 'foot-1', type: 'panic', lng: vehicle.lng, lat: vehicle.lat })
    const alarm = await until('the alarm', 5000, async () => {
      const { items } = await api.get<{ items: Alarm[] }>('alarms')
      return items.find(({ deviceId }) => deviceId === id)
    })
    await page.locator(`[data-alarm-id="${alarm.id}"]`).waitFor({ timeout: 5000 })
    const track = await until('the track command', 5000, async () => taxi.commands.find(({ name }) => name === 'track'))
    expect(Number(track.args?.['intervalS'])).toBeLessThanOrEqual(2)
    // From here on the terminal obeys: a fix a second, driving north-east.
    for (let i = 1; i <= 8; i++) {
      const at = new Date(performance.timeOrigin + performance.now()).toISOString()
      const step = { at, lng: vehicle.lng! + i * 0.0001, lat: vehicle.lat! + i * 0.0001, speedMps: 14, bearingDeg: 45 }
      await taxi.fix(step)
      await page.waitForTimeout(1000)
    }
    const now = await until('the newest place', 3000, async () => {
      const { items } = await api.get<{ items: VehicleNow[] }>('vehicles?limit=500')
      const found = items.find((one) => one.id === id)
      return found && Math.abs(found.lng! - (vehicle.lng! + 0.0008)) < 1e-6 && found
    })
    expect(now.speedMps).toBeCloseTo(14, 1)
    const trail = await until('the trail', 10_000, async () => {
      const found = await api.get<Trail>(`vehicles/${id}/trail`)
      return found.points.length >= 8 && found
    })
    expect(trail.points.map(([takenAtMs]) => takenAtMs)).toEqual(trail.points.map(([t]) => t).sort((a, b) => a - b))
    const { recommendation, incident } = await api.get<IncidentDetail>(`incidents/${alarm.incidentId}`)
    expect(incident.vehicleId).toBe(id)
    expect(recommendation?.candidates.length).toBe(24)
    await page.screenshot({ path: join(shots, '10-taxi-emergency.png') })
  })

  it('the cameras that the taxi comes to open by themselves', async () => {
    const { vehicles, cameras } = await api.get<Snapshot>('snapshot')
    const from = vehicles.find(({ id }) => id === taxiId)!
    const [lng, lat] = [from.lng!, from.lat!]
    const shown = () => page.locator('[data-scene-pictures]').getAttribute('data-scene-pictures')
    const firstId = await shown()
    const first = cameras.find(({ id }) => id === firstId)!
    const far = cameras
      .filter((one) => distanceM(one.lng, one.lat, first.lng, first.lat) > 2 * NEAR_M)
      .map((camera) => ({ camera, m: distanceM(lng, lat, camera.lng, camera.lat) }))
      .filter(({ m }) => m > NEAR_M)
      .sort((a, b) => a.m - b.m)[0]!
    const bearing = bearingDeg(lng, lat, far.camera.lng, far.camera.lat)
    const speedMps = 33
    let drivenM = 0
    await until(`the picture of ${far.camera.name}, ${Math.round(far.m)} m ahead`, 90_000, async () => {
      drivenM = Math.min(far.m - 30, drivenM + speedMps)
      const [lngNow, latNow] = destination(lng, lat, bearing, drivenM)
      const at = new Date(performance.timeOrigin + performance.now()).toISOString()
      await taxi.fix({ at, lng: lngNow, lat: latNow, speedMps, bearingDeg: bearing })
      await page.waitForTimeout(900)
      const shownId = await shown()
      // A school has two cameras at its gate.
      const main = cameras.find(({ id }) => id === shownId)!
      return distanceM(main.lng, main.lat, far.camera.lng, far.camera.lat) < 60
    })
    console.log(`opened ${Math.round(far.m - drivenM)} m before the taxi came to it`)
  })

  it('they are recorded too, and the replay goes with the taxi from camera to camera', async () => {
    const { incidents } = await api.get<Snapshot>('snapshot')
    const incident = incidents.find(({ vehicleId }) => vehicleId === taxiId)!
    const onTheWay = await until('pictures of a camera on the way', 30_000, async () => {
      const { cameras } = await api.get<IncidentRecordings>(`incidents/${incident.id}/recordings`)
      return cameras.find(({ cameraId, kept }) => kept.length > 0 && !incident.cameraIds.includes(cameraId))
    })
    await page.goto(`${centre.httpUrl}/#/replay/${incident.id}`)
    const past = page.locator(`[data-past="${incident.id}"]`)
    await past.locator(`[data-trail-of="${taxiId}"]`).waitFor({ timeout: 15_000 })
    const shown = () => past.locator('select').getAttribute('data-shown')
    const axis = past.locator('input[type="range"]')
    const [minMs, stepMs] = [Number(await axis.getAttribute('min')), Number(await axis.getAttribute('step'))]
    const seekTo = (atMs: number) => axis.fill(String(minMs + Math.round((atMs - minMs) / stepMs) * stepMs))
    await seekTo(Date.parse(incident.openedAt) + 3_000)
    const first = await until('a camera of the press', 15_000, shown)
    expect(incident.cameraIds).toContain(first)
    await seekTo(Date.parse(onTheWay.kept.at(-1)!.toAt) - 1_500)
    const then = await until('another camera', 15_000, async () => {
      const id = await shown()
      return id !== first && id
    })
    expect(incident.cameraIds).not.toContain(then)
    await past.locator('.past-tile[data-phase="ready"][data-kept="true"]').waitFor({ timeout: 15_000 })
    await page.screenshot({ path: join(shots, '10-taxi-replay.png') })
    await page.goto(`${centre.httpUrl}/#/`)
  })

  it('WS-Discovery finds the simulated cameras', async () => {
    const { items } = await api.post<{ items: DiscoveredCamera[] }>('cameras/discover')
    expect(items.length).toBeGreaterThan(0)
    expect(items.some(({ knownAs }) => knownAs !== null)).toBe(true)
  })

  it('a camera is added by its RTSP address and by its ONVIF address, and delivers', async () => {
    const { items } = await api.get<{ items: Camera[] }>('cameras?limit=500')
    const address = new URL(items[0]!.source.address)
    const place = { lng: items[0]!.lng, lat: items[0]!.lat }
    const added = await api.post<Camera>('cameras', {
      id: 'added-rtsp',
      name: '新装摄像机',
      ...place,
      warm: true,
      source: { kind: 'rtsp', url: address.href },
    })
    expect(added.id).toBe('added-rtsp')
    await until('it delivers', 15_000, async () => (await api.get<Camera>('cameras/added-rtsp')).state === 'online')
    const { items: found } = await api.post<{ items: DiscoveredCamera[] }>('cameras/discover')
    const discovered = found[0]
    const byOnvif = await api.post<Camera>('cameras', {
      id: 'added-onvif',
      name: 'ONVIF 摄像机',
      ...place,
      source: { kind: 'onvif', host: discovered!.host, port: discovered!.port, path: discovered!.path },
    })
    expect(byOnvif.source.kind).toBe('onvif')
  })

  it('a wrong password, an unreachable host, a thing that is no camera and a forbidden address each get their own message in time', async () => {
    const { items } = await api.get<{ items: Camera[] }>('cameras?limit=500')
    const place = { lng: items[0]!.lng, lat: items[0]!.lat }
    const rtsp = items.find(({ source }) => source.kind === 'rtsp')!.source.address
    const http = new URL(centre.httpUrl)
    const silent = createServer()
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const silentPort = (silent.address() as AddressInfo).port
    const faults: [string, object, RegExp][] = [
      ['wrong password', { kind: 'rtsp', url: rtsp, username: 'vigil', password: 'wrong' }, /camera-refused-login/],
      ['unreachable', { kind: 'rtsp', url: 'rtsp://127.0.0.1:9/stream' }, /camera-unreachable/],
      ['silent', { kind: 'rtsp', url: `rtsp://127.0.0.1:${silentPort}/stream` }, /camera-silent/],
      ['no camera', { kind: 'rtsp', url: `rtsp://127.0.0.1:${http.port}/x` }, /camera-not-a-camera/],
      ['forbidden', { kind: 'rtsp', url: 'rtsp://192.0.2.1/stream' }, /not-allowed-address/],
      ['a file', { kind: 'rtsp', url: 'file:///etc/passwd' }, /bad-request|not-allowed-address/],
    ]
    for (const [name, source, code] of faults) {
      const began = performance.now()
      await expect(api.post('cameras', { name, ...place, source }), name).rejects.toThrow(code)
      expect(performance.now() - began, name).toBeLessThan(VERDICT_MS + SLACK_MS)
    }
    silent.close()
  })

  it.skipIf(!hasFfmpeg)(
    'a body camera that pushes is added on the page, gets its key there, and is seen there',
    async () => {
      await page.goto(`${centre.httpUrl}/#/cameras`)
      await page.getByRole('button', { name: /添加摄像机/ }).click()
      await page.getByRole('radio', { name: 'RTMP 推流' }).click()
      await page.locator('input[name="name"]').fill('执法记录仪 01')
      await page.locator('.camera-form button[type="submit"]').click()
      await page.getByRole('button', { name: '发放推流密钥' }).click()
      const server = await page.locator('[data-push-server]').textContent()
      const key = await page.locator('[data-push-key]').textContent()
      await page.screenshot({ path: join(shots, 'push-key.png') })
      const from = ['-re', '-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=25']
      const codec = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '50', '-pix_fmt', 'yuv420p']
      const pushing = spawn('ffmpeg', ['-loglevel', 'error', ...from, ...codec, '-f', 'flv', `${server}/${key}`])
      try {
        const began = performance.now()
        const video = page.locator('.page-watch video')
        const frames = () =>
          video.evaluate((element: HTMLVideoElement) => element.getVideoPlaybackQuality().totalVideoFrames)
        await until('its picture plays on the page', 25_000, async () => (await frames()) > 25)
        console.log(`pushed → 25 pictures on the page: ${((performance.now() - began) / 1000).toFixed(1)} s`)
        await page.screenshot({ path: join(shots, 'push-playing.png') })
      } finally {
        pushing.kill('SIGKILL')
      }
      await until(
        'the tile says how old its picture is',
        15_000,
        async () => (await page.locator('.page-watch .tile').getAttribute('data-phase')) === 'stalled',
      )
      await page.screenshot({ path: join(shots, 'push-stalled.png') })
    },
  )

  it('no answer of the API holds a camera’s password', async () => {
    const text = JSON.stringify(await api.get('cameras?limit=500')) + JSON.stringify(await api.get('snapshot'))
    expect(text).not.toMatch(/"password"|credential_cipher|:[^"/@]+@127/)
  })

  it('what was refused at the door is on the metrics page', async () => {
    await expect(connectDevice(centre.mqttPort, 'button', 'no-such-device', 'x')).rejects.toThrow()
    await expect(connectDevice(centre.mqttPort, 'button', 'button-school-01', 'wrong')).rejects.toThrow()
    const metrics = await (await fetch(centre.metricsUrl)).text()
    expect(metrics).toMatch(/refus[a-z_]*\{[^}]*reason="unknown-device"[^}]*\} [1-9]/)
    expect(metrics).toMatch(/refus[a-z_]*\{[^}]*reason="wrong-credential"[^}]*\} [1-9]/)
  })
})

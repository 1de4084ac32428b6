import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withPage, type Page } from './browser-door.ts'
import { encodeClip, encodePicture } from './ffmpeg-door.ts'

/**
 * Developer tool, run by hand: draws the street scenes and encodes the clips that are kept in this folder.
 * `node dist/simulators/camera/clips/render-clips.js <folder for frames> <folder for clips> [scene …]`, with `--still` only the first picture.
 */
const FRAMES = 120
const FRAMES_PER_SECOND = 15
const WIDTH_PX = 1280
const HEIGHT_PX = 720
const SUB_KBPS = 350
const MAIN_KBPS = 880

/** An origin that only exists in this browser: everything is served from the compiled folder and three's package. */
const ORIGIN = 'http://scenes.invalid'
const PAGE = `<!doctype html><script type="importmap">{"imports":{"three":"${ORIGIN}/three/three.module.js"}}</script>
<script type="module">import * as page from '${ORIGIN}/scene/page.js'; window.page = page; window.ready = true</script>`

async function serve(page: Page): Promise<void> {
  const three = fileURLToPath(new URL('.', import.meta.resolve('three')))
  const scene = fileURLToPath(new URL('./scene/', import.meta.url))
  await page.route(`${ORIGIN}/**`, async (route) => {
    const [, folder, ...rest] = new URL(route.request().url()).pathname.split('/')
    if (!folder) return route.fulfill({ contentType: 'text/html', body: PAGE })
    const path = join(folder === 'three' ? three : scene, rest.join('/'))
    return route.fulfill({ contentType: 'text/javascript', body: readFileSync(path) })
  })
  await page.goto(`${ORIGIN}/`)
  await page.waitForFunction('window.ready === true')
}

async function drawFrames(page: Page, scene: string, folder: string, count: number): Promise<void> {
  mkdirSync(folder, { recursive: true })
  await page.evaluate(`page.open(${JSON.stringify(scene)}, ${WIDTH_PX}, ${HEIGHT_PX})`)
  for (let i = 0; i < count; i++) {
    const url = (await page.evaluate(`page.frame(${i / FRAMES})`)) as string
    writeFileSync(
      join(folder, `${String(i).padStart(4, '0')}.jpg`),
      Buffer.from(url.slice(url.indexOf(',') + 1), 'base64'),
    )
  }
}

async function encode(scene: string, folder: string, out: string): Promise<void> {
  const frames = join(folder, '%04d.jpg')
  const common = { frames, framesPerSecond: FRAMES_PER_SECOND }
  await encodeClip({ ...common, widthPx: 640, heightPx: 360, bitrateKbps: SUB_KBPS, out: join(out, `${scene}.h264`) })
  const main = join(out, `${scene}-main.h264`)
  await encodeClip({ ...common, widthPx: WIDTH_PX, heightPx: HEIGHT_PX, bitrateKbps: MAIN_KBPS, out: main })
  await encodePicture(join(folder, '0000.jpg'), 480, join(out, `${scene}.jpg`))
}

const words = process.argv.slice(2)
const isStill = words.includes('--still')
const [framesFolder, outFolder, ...scenes] = words.filter((word) => !word.startsWith('--'))
if (!framesFolder || !outFolder) throw new Error('name the folder for frames and the folder for clips')
await withPage(async (page) => {
  await serve(page)
  const all = (await page.evaluate('Object.keys(page.SCENES)')) as string[]
  for (const scene of scenes.length > 0 ? scenes : all) {
    const folder = join(framesFolder, scene)
    await drawFrames(page, scene, folder, isStill ? 1 : FRAMES)
    if (!isStill) await encode(scene, folder, outFolder)
    process.stdout.write(`${scene}\n`)
  }
})

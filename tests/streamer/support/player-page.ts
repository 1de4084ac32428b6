import { createServer, type Server } from 'node:http'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { build } from 'vite'

/** From the folder of the project, in which tests and benches run, compiled or not. */
const ENTRY = join(process.cwd(), 'command-ui/video/player.ts')

/** What the page knows of one picture, read by the test. */
export interface Seen {
  phase: string
  latencyMs: number | null
  currentTime: number
  widthPx: number
  frames: number
  droppedFrames: number
  waits: number
  audioBytes: number
  phases: string[]
}

/**
 * A page with the product's own player and a way through to a worker, as the core has it.
 * @param page other HTML around `/player.js`
 */
export async function servePlayerPage(
  worker: { baseUrl: string; token: string },
  page = playerPage('c1'),
): Promise<{ url: string; close(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-player-'))
  await build({
    configFile: false,
    logLevel: 'error',
    build: { outDir: folder, minify: false, lib: { entry: ENTRY, formats: ['es'], fileName: () => 'player.js' } },
  })
  const files = new Map(readdirSync(folder).map((name) => [`/${name}`, readFileSync(join(folder, name))]))
  const server: Server = createServer((req, res) => {
    const file = files.get(req.url ?? '')
    if (file) return void res.writeHead(200, { 'content-type': 'text/javascript' }).end(file)
    if (!req.url?.startsWith('/live/'))
      return void res.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page)
    fetch(worker.baseUrl + req.url, { headers: { authorization: `Bearer ${worker.token}` } }).then(
      async (answer) => {
        const type = answer.headers.get('content-type') ?? ''
        res.writeHead(answer.status, { 'content-type': type }).end(Buffer.from(await answer.arrayBuffer()))
      },
      () => res.destroy(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () => {
    server.close()
    server.closeAllConnections()
    rmSync(folder, { recursive: true })
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close }
}

/** The product's player with one camera and what a test reads of it. */
export const playerPage = (
  cameraId: string,
): string => `<!doctype html><meta charset=utf-8><video id=v muted playsinline></video>
<script type=module>
import { createPlayer } from '/player.js'
const video = document.getElementById('v')
const seen = { phase: 'none', latencyMs: null, waits: 0, phases: [] }
video.addEventListener('waiting', () => { if (seen.phase === 'playing') seen.waits++ })
const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() }
const mode = new URLSearchParams(location.search).get('mode') ?? 'fast'
createPlayer(video, '/live/${cameraId}/index.m3u8', mode, clock, (state) => {
  if (state.phase !== seen.phase) seen.phases.push(state.phase)
  Object.assign(seen, { phase: state.phase, latencyMs: state.latencyMs })
})
window.look = () => {
  const quality = video.getVideoPlaybackQuality()
  return { ...seen, currentTime: video.currentTime, widthPx: video.videoWidth, frames: quality.totalVideoFrames,
    droppedFrames: quality.droppedVideoFrames, audioBytes: video.webkitAudioDecodedByteCount }
}
</script>`

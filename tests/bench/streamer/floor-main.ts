import http, { type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerParent } from './child.ts'

/**
 * What serving the bytes costs by itself: a bare Node server with one stream of parts of BENCH_PART_BYTES every 200 ms, all from memory. It answers
 * the same requests as the streamer, holds a playlist until its part is there, and checks nothing.
 */
const PART_MS = 200
const PARTS = 5
const part = Buffer.alloc(Number(process.env['BENCH_PART_BYTES']), 1)
const pad = `#EXT-X-PROBE:${'x'.repeat(Number(process.env['BENCH_PLAYLIST_BYTES']))}\n`
let waiting: ServerResponse[] = []
let made = 0
let playlist = Buffer.alloc(0)

const nameOf = (n: number) => `p${Math.floor(n / PARTS)}.${n % PARTS}.m4s`

function makePart(): void {
  made++
  const first = Math.max(0, made - PARTS)
  const beganMs = Date.now() - (made - first) * PART_MS
  const lines = [`#EXTM3U\n${pad}#EXT-X-PROGRAM-DATE-TIME:${new Date(beganMs).toISOString()}`]
  for (let i = first; i < made; i++) lines.push(`#EXT-X-PART:DURATION=0.20000,URI="${nameOf(i)}"`)
  lines.push(`#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${nameOf(made)}"\n`)
  playlist = Buffer.from(lines.join('\n'))
  const before = waiting
  waiting = []
  for (const res of before) send(res, 'application/vnd.apple.mpegurl', playlist)
}

function send(res: ServerResponse, type: string, bytes: Buffer): void {
  res.writeHead(200, { 'content-type': type, 'content-length': bytes.length, 'cache-control': 'no-store' })
  res.end(bytes)
}

const server = http.createServer((req, res) => {
  const url = req.url ?? ''
  if (url.endsWith('.m4s')) return send(res, 'video/mp4', part)
  const asked = /_HLS_msn=(\d+)&_HLS_part=(\d+)/.exec(url)
  if (asked && Number(asked[1]) * PARTS + Number(asked[2]) >= made) waiting.push(res)
  else send(res, 'application/vnd.apple.mpegurl', playlist)
})
makePart()
setInterval(makePart, PART_MS)
answerParent({ sample: () => ({ made }) })
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
process.send?.({ ready: (server.address() as AddressInfo).port })

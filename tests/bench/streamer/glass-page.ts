import type { Glyphs } from '../../../simulators/camera/osd/glyphs.ts'
import { CLOCK_CHARACTERS } from '../../../simulators/camera/osd/caption-strip.ts'

/** How a clock reads: `YYYY-MM-DD HH:MM:SS.d`. */
const DIGITS_AT = [0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18, 20]

/**
 * A page that opens the product's player and reads the clock in its pictures, by comparing each digit's pixels with the font that the
 * simulated cameras draw with. `window.open(cameraId)` → `{firstMs, pauseMs}`: ms until the first frame, and the
 * longest that one frame stood in the two seconds after it; `window.play(cameraId, ms)` → `{agesMs, unreadable}`.
 */
export function glassPage(glyphs: Glyphs, stripPx: number): string {
  const digits = JSON.stringify(Array.from('0123456789', (digit) => Array.from(glyphs(digit).ink)))
  return `<!doctype html><meta charset=utf-8><div id=stage></div>
<script type=module>
import { createPlayer } from '/player.js'
const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() }
const digits = ${digits}
const digitsAt = ${JSON.stringify(DIGITS_AT)}
const canvas = document.createElement('canvas')
const context = canvas.getContext('2d', { willReadFrequently: true })

function begin(cameraId) {
  const video = document.createElement('video')
  video.muted = true
  video.playsInline = true
  document.getElementById('stage').replaceChildren(video)
  const player = createPlayer(video, '/live/' + cameraId + '/index.m3u8', 'fast', clock, () => {})
  return { video, end: () => { player.destroy(); video.remove() } }
}

/** The wall clock in the picture, ms; NaN when it cannot be read. */
function clockOf(video) {
  canvas.width = video.videoWidth
  canvas.height = ${stripPx}
  context.drawImage(video, 0, 0, canvas.width, canvas.height, 0, 0, canvas.width, canvas.height)
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
  const left = canvas.width - 16 * (${CLOCK_CHARACTERS} + 1)
  const text = digitsAt.map((at) => digitAt(data, left + at * 16)).join('')
  const part = (from, to) => Number(text.slice(from, to))
  const at = new Date(part(0, 4), part(4, 6) - 1, part(6, 8), part(8, 10), part(10, 12), part(12, 14), part(14, 15) * 100)
  return at.getTime()
}

function digitAt(data, left) {
  let best = 0
  let least = Infinity
  digits.forEach((ink, digit) => {
    let sum = 0
    for (let y = 0; y < 24; y++) {
      for (let x = 0; x < 12; x++) {
        const off = data[((y + 4) * canvas.width + left + x) * 4] - (16 + ink[y * 12 + x] * 72)
        sum += off * off
      }
    }
    if (sum < least) {
      least = sum
      best = digit
    }
  })
  return best
}

window.open = (cameraId) => new Promise((resolve) => {
  const beganMs = performance.now()
  const { video, end } = begin(cameraId)
  let firstMs = 0
  let lastMs = 0
  let pauseMs = 0
  const look = (nowMs, { expectedDisplayTime }) => {
    const shownMs = Math.max(nowMs, expectedDisplayTime) - beganMs
    if (firstMs === 0) firstMs = shownMs
    else pauseMs = Math.max(pauseMs, shownMs - lastMs)
    lastMs = shownMs
    if (shownMs < firstMs + 2000) return void video.requestVideoFrameCallback(look)
    end()
    resolve({ firstMs, pauseMs })
  }
  video.requestVideoFrameCallback(look)
})

window.play = (cameraId, ms) => new Promise((resolve) => {
  const { video, end } = begin(cameraId)
  const seen = { agesMs: [], unreadable: 0 }
  let untilMs = Infinity
  const look = (nowMs, { expectedDisplayTime }) => {
    if (untilMs === Infinity) untilMs = nowMs + 3000 + ms
    const shownAtMs = performance.timeOrigin + Math.max(nowMs, expectedDisplayTime)
    const ageMs = shownAtMs - clockOf(video)
    // The first three seconds belong to the opening.
    if (nowMs > untilMs - ms) {
      if (ageMs > -1000 && ageMs < 60000) seen.agesMs.push(ageMs)
      else seen.unreadable++
    }
    if (nowMs < untilMs) return void video.requestVideoFrameCallback(look)
    end()
    resolve(seen)
  }
  video.requestVideoFrameCallback(look)
})
</script>`
}

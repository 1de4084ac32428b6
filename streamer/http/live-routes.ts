import type { ServerResponse } from 'node:http'
import type { Camera } from '../camera/camera.ts'
import type { Fleet } from '../camera/fleet.ts'
import type { LiveStream, WaitOutcome } from '../hls/live-stream.ts'
import { afterRead, sendBytes, sendFromSlabs, sendProblem } from './answer.ts'

/** A cold camera: handshake, then the rest of its key frame interval. Longer, and a browser shows an error of its own. */
export const FIRST_PART_WAIT_MS = 8_000
/** A failed camera that is asked again this soon is worth waiting for. */
const RETRY_SOON_MS = 2_000
/** Time a loop stays in memory for who has opened it: it is watched while the incident is handled. */
const LOOP_KEEP_MS = 120_000
/** Longer than any ring. */
const LOOP_SPAN_MAX_MS = 10 * 60_000

/** v2 may also skip date ranges, of which there are none. */
const SKIP_WORDS = new Set(['YES', 'v2'])

const PLAYLIST_TYPE = 'application/vnd.apple.mpegurl'
/** Names are never used twice, so the core may keep the bytes for a moment; browsers get them with `no-store` from there. */
const IMMUTABLE = 'private, max-age=60, immutable'

/** `GET /live/{cameraId}/{file}` */
export async function serveLive(
  fleet: Fleet,
  res: ServerResponse,
  cameraId: string,
  file: string,
  query: URLSearchParams,
): Promise<void> {
  const camera = fleet.cameras.get(cameraId)
  if (!camera) return sendProblem(res, 'not-found', `This worker does not serve camera ${cameraId}.`)
  if (camera.touch()) await afterRead()
  serveFile(fleet, camera, res, file, query)
}

function serveFile(fleet: Fleet, camera: Camera, res: ServerResponse, file: string, query: URLSearchParams): void {
  if (file === 'index.m3u8') return serveIndex(fleet, camera, res, query)
  if (file === 'loop.m3u8') return serveLoop(fleet, camera, res, query)
  const init = camera.stream.init(file)
  if (init) return sendBytes(res, 'video/mp4', IMMUTABLE, init.bytes)
  if (/^p\d+\.\d+\.m4s$/.test(file)) return servePart(fleet, camera, res, file)
  const segment = /^s\d+\.m4s$/.test(file) ? camera.stream.ring.segment(file) : null
  if (!segment?.isComplete) return sendProblem(res, 'not-found', `${file} is not in memory (any more).`)
  sendFromSlabs(
    res,
    IMMUTABLE,
    segment.parts.map((part) => part.bytes),
    [...new Set(segment.parts.map((part) => part.slab))],
  )
}

function serveIndex(fleet: Fleet, camera: Camera, res: ServerResponse, query: URLSearchParams): void {
  const { stream } = camera
  const plain = query.get('plain')
  if (plain !== null) return servePlain(fleet, camera, res, plain !== 'now')
  const send = () =>
    sendBytes(res, PLAYLIST_TYPE, 'no-store', stream.playlist(SKIP_WORDS.has(query.get('_HLS_skip') ?? '')))
  const asked = query.get('_HLS_msn')
  if (asked === null) {
    if (query.has('_HLS_part')) return sendProblem(res, 'bad-request', '_HLS_part needs _HLS_msn.')
    const isFresh = () => stream.isFresh(fleet.clock.nowMs())
    if (isFresh()) return send()
    return waitForPicture(fleet, camera, res, isFresh, send)
  }
  const msn = Number(asked)
  const part = Number(query.get('_HLS_part') ?? Number.MAX_SAFE_INTEGER)
  if (!Number.isSafeInteger(msn) || msn < 0 || !Number.isSafeInteger(part) || part < 0) {
    return sendProblem(res, 'bad-request', '_HLS_msn and _HLS_part are whole numbers.')
  }
  if (msn > stream.ring.nextMsn + 1) return sendProblem(res, 'bad-request', '_HLS_msn lies too far ahead.')
  const isReached = query.has('_HLS_part') ? () => stream.hasReached(msn, part) : () => isComplete(stream, msn)
  if (isReached()) return send()
  // RFC 8216bis §6.2.5.2: no longer than three target durations.
  wait(fleet, camera, res, isReached, stream.targetDurationS * 3_000, (outcome) => {
    if (outcome === 'reached') send()
    else sendFailure(camera, res, 'The camera has sent no new part in time.')
  })
}

/**
 * `?plain`: whole segments, for players that must not hold a connection. It waits only for the very first picture of a camera that nobody has
 * watched, and `?plain=now` not even for that: what stalls or has failed is told at once.
 */
function servePlain(fleet: Fleet, camera: Camera, res: ServerResponse, mayWait: boolean): void {
  const { stream } = camera
  const isFresh = () => stream.isFresh(fleet.clock.nowMs())
  const send = () => sendBytes(res, PLAYLIST_TYPE, 'no-store', stream.plainPlaylist())
  if (isFresh()) return send()
  const isCold = camera.failure === null && !stream.ring.segments.some((segment) => segment.isComplete)
  if (mayWait && isCold) waitForPicture(fleet, camera, res, isFresh, send)
  else sendFailure(camera, res, 'The camera sends no picture at the moment.')
}

function isComplete(stream: LiveStream, msn: number): boolean {
  const last = stream.ring.segments.at(-1)
  return last !== undefined && (last.msn > msn || (last.msn === msn && last.isComplete))
}

function servePart(fleet: Fleet, camera: Camera, res: ServerResponse, file: string): void {
  const { stream } = camera
  const send = () => {
    const part = stream.part(file)
    if (part) sendFromSlabs(res, IMMUTABLE, [part.bytes], [part.slab])
    else sendProblem(res, 'not-found', `${file} is not in memory (any more).`)
  }
  const [msn = 0, index = 0] = file.slice(1).split('.').map(Number)
  const open = stream.ring.open
  const hinted = open ? `p${open.msn}.${open.parts.length}.m4s` : `p${stream.ring.nextMsn}.0.m4s`
  if (file !== hinted) return send()
  wait(fleet, camera, res, () => stream.hasReached(msn, index), stream.targetDurationS * 3_000, send)
}

/** RFC 3339 as everywhere in the public contract, or plain milliseconds; NaN for anything else. */
function timeOf(word: string | null): number {
  if (word === null) return NaN
  return /^\d+$/.test(word) ? Number(word) : Date.parse(word)
}

function serveLoop(fleet: Fleet, camera: Camera, res: ServerResponse, query: URLSearchParams): void {
  const fromMs = timeOf(query.get('from'))
  const toMs = timeOf(query.get('to'))
  if (!Number.isFinite(fromMs) || !Number.isFinite(toMs) || toMs <= fromMs || toMs - fromMs > LOOP_SPAN_MAX_MS) {
    return sendProblem(
      res,
      'bad-request',
      'from and to are RFC 3339 times (or milliseconds since 1970), from before to.',
    )
  }
  const playlist = camera.stream.loop(fromMs, toMs, fleet.clock.monotonicMs() + LOOP_KEEP_MS)
  if (playlist) return sendBytes(res, PLAYLIST_TYPE, 'no-store', playlist)
  sendProblem(res, 'gone', 'Nothing of that time is in memory (any more); only warm cameras keep the last half minute.')
}

/** Waits for the first picture of a camera that was not connected, or says at once why there will be none. */
export function waitForPicture(
  fleet: Fleet,
  camera: Camera,
  res: ServerResponse,
  isThere: () => boolean,
  send: () => void,
): void {
  if (camera.isLatched || (camera.failure && camera.retryInMs(fleet.clock.monotonicMs()) > RETRY_SOON_MS)) {
    return sendFailure(camera, res, 'The camera is away.')
  }
  wait(fleet, camera, res, isThere, FIRST_PART_WAIT_MS, (outcome) => {
    if (outcome === 'reached') send()
    else sendFailure(camera, res, 'The camera has sent no picture in time.')
  })
}

function sendFailure(camera: Camera, res: ServerResponse, otherwise: string): void {
  const { failure } = camera
  const facts = { cameraId: camera.order.id }
  if (camera.isLatched) {
    sendProblem(
      res,
      'camera-login-latched',
      'The camera refused the login twice; it is not asked again until the login changes.',
      facts,
    )
  } else if (failure) sendProblem(res, failure.code, failure.reason, facts)
  else sendProblem(res, 'no-picture', otherwise, facts)
}

function wait(
  fleet: Fleet,
  camera: Camera,
  res: ServerResponse,
  isReached: () => boolean,
  waitMs: number,
  done: (outcome: WaitOutcome) => void,
): void {
  const { stream } = camera
  const gone = () => stream.forget(settle)
  const settle = (outcome: WaitOutcome) => {
    res.off('close', gone)
    done(outcome)
  }
  if (stream.waitUntil(isReached, fleet.clock.monotonicMs() + waitMs, settle)) res.once('close', gone)
  else sendProblem(res, 'too-many-requests', 'Too many readers wait for this camera.')
}

import type { ServerResponse } from 'node:http'
import { toIso } from '../../domain/clock.ts'
import { Fault } from '../../domain/fault.ts'
import type { Camera } from '../camera/camera.ts'
import type { Fleet } from '../camera/fleet.ts'
import { partHeadBytes, SampleList, writePartHead } from '../fmp4/part-head.ts'
import type { KeyFrame } from '../hls/live-stream.ts'
import { decodeToJpeg } from '../oneshot/ffmpeg-door.ts'
import { sendBytes, sendProblem } from './answer.ts'
import { waitForPicture } from './live-routes.ts'

/** Younger pictures are shown at once; for an older one the camera is asked for a new one first. */
const SNAPSHOT_AGE_MAX_MS = 30_000
/** The single picture of a poster stands as long as a browser needs to draw it. */
const POSTER_TICKS = 90_000

/** Decoded pictures by key frame, so that a wall of desks costs one decoding; as many as a wall has tiles. */
const JPEGS_MAX = 64
const jpegs = new Map<string, { receivedAtMs: number; jpeg: Promise<Buffer> }>()

/**
 * `GET /snapshot/{cameraId}[.jpg|.mp4][?at-once]`: the newest key frame; `x-vigil-picture-at` says of when it is.
 * @param isAtOnce however old it is, and no camera is asked for one
 */
export function serveSnapshot(
  fleet: Fleet,
  res: ServerResponse,
  cameraId: string,
  kind: 'jpg' | 'mp4',
  isAtOnce = false,
): void {
  const camera = fleet.cameras.get(cameraId)
  if (!camera) return sendProblem(res, 'not-found', `This worker does not serve camera ${cameraId}.`)
  const isYoung = () => {
    const picture = camera.stream.lastKeyFrame()
    return picture !== null && fleet.clock.nowMs() - picture.receivedAtMs < SNAPSHOT_AGE_MAX_MS
  }
  const send = () => {
    const picture = camera.stream.lastKeyFrame()
    if (!picture) return sendProblem(res, 'no-picture', 'The camera has sent no picture yet.')
    if (kind === 'mp4') return sendMp4(res, picture)
    sendJpeg(camera, res, picture)
  }
  if (isAtOnce || isYoung()) return send()
  camera.touch()
  waitForPicture(fleet, camera, res, isYoung, send)
}

function sendMp4(res: ServerResponse, picture: KeyFrame): void {
  const samples = new SampleList()
  samples.add(0, 0, picture.bytes.length, true)
  const head = Buffer.alloc(partHeadBytes(samples))
  writePartHead(head, 0, samples, 0, POSTER_TICKS, 1, picture.bytes.length)
  res.setHeader('x-vigil-picture-at', toIso(picture.receivedAtMs))
  sendBytes(res, 'video/mp4', 'no-store', Buffer.concat([picture.init.pictureBytes, head, picture.bytes]))
}

function sendJpeg(camera: Camera, res: ServerResponse, picture: KeyFrame): void {
  const known = jpegs.get(camera.order.id)
  const isSame = known?.receivedAtMs === picture.receivedAtMs
  const jpeg = isSame
    ? known.jpeg
    : decodeToJpeg(annexB(picture), picture.init.facts.codec.startsWith('hvc1') ? 'hevc' : 'h264')
  if (!isSame) remember(camera.order.id, picture.receivedAtMs, jpeg)
  jpeg.then(
    (bytes) => {
      res.setHeader('x-vigil-picture-at', toIso(picture.receivedAtMs))
      sendBytes(res, 'image/jpeg', 'no-store', bytes)
    },
    (error: unknown) => {
      jpegs.delete(camera.order.id)
      const detail = error instanceof Fault ? error.message : 'The picture could not be decoded.'
      sendProblem(res, 'no-picture', detail, { cameraId: camera.order.id })
    },
  )
}

function remember(cameraId: string, receivedAtMs: number, jpeg: Promise<Buffer>): void {
  jpegs.delete(cameraId)
  jpegs.set(cameraId, { receivedAtMs, jpeg })
  const oldest = jpegs.keys().next().value
  if (jpegs.size > JPEGS_MAX && oldest !== undefined) jpegs.delete(oldest)
}

const START_CODE = Buffer.from([0, 0, 0, 1])

/** AVCC lengths to Annex B start codes, with the parameter sets in front: what a decoder outside a container reads. */
export function annexB(picture: KeyFrame): Buffer {
  const pieces = picture.init.parameterSets.flatMap((nal) => [START_CODE, nal])
  for (let at = 0; at + 4 <= picture.bytes.length;) {
    const size = picture.bytes.readUInt32BE(at)
    pieces.push(START_CODE, picture.bytes.subarray(at + 4, at + 4 + size))
    at += 4 + size
  }
  return Buffer.concat(pieces)
}

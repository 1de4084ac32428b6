import { Fault, FAULT_STATUS, reasonOf, type FaultCode } from '../../domain/fault.ts'
import { problemSchema } from '../../domain/wire/http.ts'
import { probeAnswerSchema } from '../../domain/wire/streamers.ts'
import type { z } from '../../domain/z.ts'
import type { CameraCredential } from './camera-row.ts'

/** What the stream is. */
export type ProbedStream = Extract<z.infer<typeof probeAnswerSchema>, { ok: true }>

/**
 * Asks a streamer worker whether video comes from an address.
 * @param timeoutMs for all of it
 * @throws Fault: the worker's own `camera-…`; `camera-silent` when time is up; `streamer-away`
 */
export async function probeStream(
  worker: { baseUrl: string; internalToken: string },
  url: string,
  credential: CameraCredential | null,
  certificateSha256: string | null,
  timeoutMs: number,
): Promise<ProbedStream> {
  let response: Response
  let body: unknown
  try {
    response = await fetch(new URL('/probe', worker.baseUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${worker.internalToken}` },
      body: JSON.stringify({
        url,
        username: credential?.username ?? null,
        password: credential?.password ?? null,
        certificateSha256,
      }),
      signal: AbortSignal.timeout(timeoutMs),
      redirect: 'error',
    })
    body = await response.json()
  } catch (error) {
    if (error instanceof Error && error.name === 'TimeoutError') {
      throw new Fault('camera-silent', 'The camera was reached but sent no video in time.', {}, error)
    }
    throw new Fault('streamer-away', 'No streamer could check this camera.', { reason: reasonOf(error) }, error)
  }
  const answer = probeAnswerSchema.safeParse(body)
  if (response.ok && answer.success) {
    if (answer.data.ok) return answer.data
    throw faultBy(answer.data.code, answer.data.detail, response.status)
  }
  const problem = problemSchema.safeParse(body)
  throw faultBy(problem.data?.code ?? '', problem.data?.detail ?? '', response.status)
}

/** The worker's own words where its code is one of ours. */
function faultBy(code: string, detail: string, status: number): Fault {
  if (code in FAULT_STATUS && code !== 'not-signed-in') return new Fault(code as FaultCode, detail)
  return new Fault('streamer-away', 'The streamer could not check this camera.', { status })
}

/** A cold camera connects first: up to 8 s in the worker. */
const SNAPSHOT_MS = 9_000
/** From memory; a tile that has no poster by then has its first live picture. */
const POSTER_MS = 1_500

/**
 * The newest key frame of a camera as JPEG, decoded by its worker.
 * @throws Fault: the worker's own (`no-picture`, `camera-…`), `streamer-away`
 */
export function fetchWorkerSnapshot(worker: WorkerPlace, cameraId: string): Promise<WorkerPicture> {
  return fetchPicture(worker, `/snapshot/${cameraId}.jpg`, 'image/jpeg', SNAPSHOT_MS)
}

/**
 * The newest key frame that is in memory, however old, as a one-picture MP4 that a browser draws itself.
 * @throws as `fetchWorkerSnapshot`
 */
export function fetchWorkerPoster(worker: WorkerPlace, cameraId: string): Promise<WorkerPicture> {
  return fetchPicture(worker, `/snapshot/${cameraId}.mp4?at-once`, 'video/mp4', POSTER_MS)
}

interface WorkerPlace {
  baseUrl: string
  internalToken: string
}
interface WorkerPicture {
  picture: Buffer
  takenAt: string | null
}

async function fetchPicture(
  worker: WorkerPlace,
  path: string,
  wanted: string,
  timeoutMs: number,
): Promise<WorkerPicture> {
  let response: Response
  let bytes: Buffer
  try {
    response = await fetch(new URL(path, worker.baseUrl), {
      headers: { authorization: `Bearer ${worker.internalToken}`, 'x-vigil-viewer': 'snapshot' },
      signal: AbortSignal.timeout(timeoutMs),
      redirect: 'error',
    })
    bytes = Buffer.from(await response.arrayBuffer())
  } catch (error) {
    throw new Fault('streamer-away', 'The streamer of this camera does not answer.', { reason: reasonOf(error) }, error)
  }
  const type = response.headers.get('content-type') ?? ''
  if (response.ok && type.startsWith(wanted)) {
    return { picture: bytes, takenAt: response.headers.get('x-vigil-picture-at') }
  }
  const problem = type.includes('json') ? problemSchema.safeParse(JSON.parse(bytes.toString('utf8'))) : null
  if (!problem?.data) throw new Fault('no-picture', 'The streamer has no picture of this camera.')
  throw faultBy(problem.data.code, problem.data.detail, response.status)
}

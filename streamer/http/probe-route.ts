import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../../domain/clock.ts'
import { Fault } from '../../domain/fault.ts'
import { z } from '../../domain/z.ts'
import { probeCamera } from '../camera/probe.ts'
import { parseRtspAddress } from '../rtsp/address.ts'
import { sendJson, sendProblem } from './answer.ts'

/** An installer adds one camera, a spreadsheet a few at a time. */
const PROBES_MAX = 16
const BODY_BYTES_MAX = 4 * 1024

const probeSchema = z.object({
  url: z.string().max(500),
  username: z.string().max(64).nullish(),
  password: z.string().max(128).nullish(),
  certificateSha256: z.string().length(64).nullish(),
})

let running = 0

/** `POST /probe {url, username?, password?, certificateSha256?}` → `{ok: true, codec, widthPx, heightPx}` or `{ok: false, code, detail}`, within 6 s. */
export async function serveProbe(clock: Clock, req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (running >= PROBES_MAX) return sendProblem(res, 'too-many-requests', 'Too many cameras are being tried at once.')
  running++
  try {
    const asked = probeSchema.safeParse(await readJson(req))
    if (!asked.success) return sendProblem(res, 'bad-request', 'The body is {url, username?, password?}.')
    const { address, credential } = parseRtspAddress(asked.data.url)
    const { username, password, certificateSha256 } = asked.data
    const login = username ? { username, password: password ?? '' } : credential
    sendJson(res, 200, await probeCamera(address, login, clock, certificateSha256 ?? null))
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    sendProblem(res, error.code, error.message)
  } finally {
    running--
  }
}

async function readJson(req: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of req as AsyncIterable<Buffer>) {
    pieces.push(piece)
    bytes += piece.length
    if (bytes > BODY_BYTES_MAX) throw new Fault('too-large', `The body is larger than ${BODY_BYTES_MAX} bytes.`)
  }
  try {
    return JSON.parse(Buffer.concat(pieces).toString('utf8'))
  } catch (error) {
    throw new Fault('bad-request', 'The body is not JSON.', {}, error)
  }
}

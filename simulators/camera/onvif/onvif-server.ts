import { createHmac, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Clock } from '../../../domain/clock.ts'
import { reasonOf } from '../../../domain/fault.ts'
import type { Log } from '../../../domain/log.ts'
import type { Metrics } from '../../../domain/metrics.ts'
import { challenge, checkDigest, type Account } from '../digest.ts'
import { answerOnvif } from './answer-onvif.ts'
import type { OnvifCamera } from './onvif-camera.ts'
import { PullPoints } from './pull-points.ts'
import { checkUsernameToken } from './username-token.ts'
import { actionOf, envelope, faultEnvelope, NOT_AUTHORIZED, type SoapFault } from './soap.ts'

/** Questions are under 4 KB; ten times that is somebody else. */
const BODY_BYTES_MAX = 40_000
/** A nonce is good that long; then the client is told that it is stale. */
const NONCE_MS_MAX = 5 * 60_000

export interface OnvifServer {
  port: number
  pullPoints: PullPoints
  close(): Promise<void>
}

export interface OnvifServerOptions {
  cameras: ReadonlyMap<string, OnvifCamera>
  host: string
  port: number
  rtspPort: number
  account: Account
  clock: Clock
  log: Log
  metrics: Metrics
}

/** All cameras on one HTTP port: `/{cameraId}/onvif/…` for SOAP, `/{cameraId}/snapshot.jpg`. */
export async function startOnvifServer(options: OnvifServerOptions): Promise<OnvifServer> {
  const { cameras, clock, log, metrics } = options
  const pullPoints = new PullPoints(clock)
  const nonces = createNonces(clock)
  const failed = metrics.counter('vigil_sim_onvif_failed_total', 'ONVIF requests that ended in an error').of()

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const [, cameraId = '', kind, tail, subscriptionId] = (request.url ?? '').split(/[/?]/)
    const camera = cameras.get(decodeURIComponent(cameraId))
    if (!camera) return void response.writeHead(404).end()
    const digest = checkDigest(request.headers.authorization, request.method ?? '', options.account, nonces.isKnown)
    const refuse = (body: string) => {
      response.setHeader('www-authenticate', challenge('MD5', nonces.next(), digest === 'stale', true))
      send(response, 401, 'application/soap+xml; charset=utf-8', body)
    }
    if (kind === 'snapshot.jpg') {
      if (digest !== 'accepted') return refuse('')
      if (!camera.scene.picture) return void response.writeHead(404).end()
      return send(response, 200, 'image/jpeg', camera.scene.picture)
    }
    const xml = request.method === 'POST' ? await readBody(request) : null
    const action = xml === null ? null : actionOf(xml)
    if (kind !== 'onvif' || xml === null || !action) return void response.writeHead(400).end()
    if (action !== 'GetSystemDateAndTime' && digest !== 'accepted') {
      const token = checkUsernameToken(xml, options.account, clock.nowMs())
      if (token === 'missing') return refuse(faultEnvelope(NOT_AUTHORIZED))
      if (token === 'refused') return sendAnswer(response, NOT_AUTHORIZED)
    }
    const authority = request.headers.host ?? `${options.host}:${options.port}`
    sendAnswer(
      response,
      await answerOnvif({
        action,
        xml,
        camera,
        base: `http://${authority}/${cameraId}/onvif`,
        rtspBase: `rtsp://${authority.replace(/:\d+$/, '')}:${options.rtspPort}/cam/${cameraId}`,
        subscriptionId: tail === 'subscription' ? (subscriptionId ?? null) : null,
        pullPoints,
        nowMs: clock.nowMs(),
      }),
    )
  }
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      failed.add()
      log.warn('an ONVIF request failed', { reason: reasonOf(error) })
      if (!response.headersSent) response.writeHead(400)
      response.end()
    })
  })
  server.listen(options.port, options.host)
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : options.port,
    pullPoints,
    close: async () => {
      pullPoints.close()
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

function send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body)
}

function sendAnswer(response: ServerResponse, answer: string | SoapFault): void {
  const isFault = typeof answer !== 'string'
  const body = isFault ? faultEnvelope(answer) : envelope(answer)
  send(response, isFault ? answer.status : 200, 'application/soap+xml; charset=utf-8', body)
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > BODY_BYTES_MAX) throw new Error('the request is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Nonces that carry their own time, so that none has to be remembered. */
function createNonces(clock: Clock): { next(): string; isKnown(nonce: string): boolean } {
  const secret = randomBytes(16)
  const sign = (time: string) => createHmac('sha256', secret).update(time).digest('hex').slice(0, 24)
  return {
    next: () => {
      const time = Math.floor(clock.monotonicMs()).toString(16)
      return `${time}-${sign(time)}`
    },
    isKnown: (nonce) => {
      const [time = '', mark = ''] = nonce.split('-')
      return mark === sign(time) && clock.monotonicMs() - Number.parseInt(time, 16) < NONCE_MS_MAX
    },
  }
}

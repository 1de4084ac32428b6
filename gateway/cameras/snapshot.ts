import { get, type IncomingMessage } from 'node:http'
import { Fault, reasonOf } from '../../domain/fault.ts'
import { digestAnswer } from '../../devices/camera/http-digest.ts'
import type { CameraCredential } from './camera-row.ts'

const SNAPSHOT_MS = 4_000
/** A 4K JPEG of good quality is about 3 MB. */
const SNAPSHOT_BYTES_MAX = 8 * 1024 * 1024

/**
 * One still by HTTP, with digest login where the camera asks for it (never basic: that would send the password in clear).
 * @param address checked before it was stored; redirects are not followed
 * @throws Fault `no-picture`, `camera-refused-login`
 */
export async function fetchSnapshot(address: string, credential: CameraCredential | null): Promise<Buffer> {
  const first = await ask(address, null)
  const challenge = first.headers['www-authenticate']
  if (first.statusCode !== 401 || challenge === undefined || !credential) return await pictureOf(first)
  first.resume()
  const authorization = digestAnswer(challenge, 'GET', address, credential)
  if (authorization === null) throw new Fault('no-picture', 'The camera asks for a login that would show its password.')
  const second = await ask(address, authorization)
  if (second.statusCode === 401) {
    second.destroy()
    throw new Fault('camera-refused-login', 'The camera refuses this name or password.')
  }
  return await pictureOf(second)
}

function ask(address: string, authorization: string | null): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = authorization === null ? {} : { authorization }
    const request = get(address, { headers, timeout: SNAPSHOT_MS, signal: AbortSignal.timeout(SNAPSHOT_MS) }, resolve)
    request.on('error', (error) => reject(brokenOff(error)))
  })
}

function brokenOff(error: unknown): Fault {
  return new Fault('no-picture', 'The camera gave no still in time.', { reason: reasonOf(error) }, error)
}

async function pictureOf(answer: IncomingMessage): Promise<Buffer> {
  const type = answer.headers['content-type'] ?? ''
  if (answer.statusCode !== 200 || !type.startsWith('image/jpeg')) {
    answer.destroy()
    throw new Fault('no-picture', 'The camera answered without a still.', { status: answer.statusCode })
  }
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes > SNAPSHOT_BYTES_MAX) throw new Fault('no-picture', 'The still of this camera is too large.')
    }
  } catch (error) {
    throw error instanceof Fault ? error : brokenOff(error)
  }
  return Buffer.concat(chunks)
}

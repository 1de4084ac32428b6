import { createHash, randomBytes } from 'node:crypto'
import { get, type IncomingMessage } from 'node:http'
import { Fault, reasonOf } from '../../domain/fault.ts'
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
    request.on('error', (error) => {
      reject(new Fault('no-picture', 'The camera gave no still in time.', { reason: reasonOf(error) }, error))
    })
  })
}

async function pictureOf(answer: IncomingMessage): Promise<Buffer> {
  const type = answer.headers['content-type'] ?? ''
  if (answer.statusCode !== 200 || !type.startsWith('image/jpeg')) {
    answer.destroy()
    throw new Fault('no-picture', 'The camera answered without a still.', { status: answer.statusCode })
  }
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of answer) {
    chunks.push(chunk as Buffer)
    bytes += (chunk as Buffer).length
    if (bytes > SNAPSHOT_BYTES_MAX) throw new Fault('no-picture', 'The still of this camera is too large.')
  }
  return Buffer.concat(chunks)
}

/** RFC 7616, `auth` and without qop, MD5 and SHA-256. Null for anything else. */
export function digestAnswer(
  challenge: string,
  method: string,
  address: string,
  credential: CameraCredential,
): string | null {
  if (!/^digest\s/i.test(challenge)) return null
  const part = (name: string) => new RegExp(`\\b${name}=(?:"([^"]*)"|([^\\s,]+))`, 'i').exec(challenge)
  const value = (name: string) => part(name)?.[1] ?? part(name)?.[2] ?? null
  const [realm, nonce, opaque] = [value('realm') ?? '', value('nonce') ?? '', value('opaque')]
  const algorithm = (value('algorithm') ?? 'MD5').toUpperCase()
  if (algorithm !== 'MD5' && algorithm !== 'SHA-256') return null
  const hash = (text: string) =>
    createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
      .update(text)
      .digest('hex')
  const url = new URL(address)
  const uri = url.pathname + url.search
  const ha1 = hash(`${credential.username}:${realm}:${credential.password}`)
  const ha2 = hash(`${method}:${uri}`)
  const quoted = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`
  const fields = [`username=${quoted(credential.username)}`, `realm="${realm}"`, `nonce="${nonce}"`, `uri="${uri}"`]
  fields.push(`algorithm=${algorithm}`)
  if (/\bauth\b/.test(value('qop') ?? '')) {
    const cnonce = randomBytes(8).toString('hex')
    const response = hash(`${ha1}:${nonce}:00000001:${cnonce}:auth:${ha2}`)
    fields.push('qop=auth', 'nc=00000001', `cnonce="${cnonce}"`, `response="${response}"`)
  } else fields.push(`response="${hash(`${ha1}:${nonce}:${ha2}`)}"`)
  if (opaque !== null) fields.push(`opaque="${opaque}"`)
  return `Digest ${fields.join(', ')}`
}

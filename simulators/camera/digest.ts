import { createHash, timingSafeEqual } from 'node:crypto'

/** Digest login of the simulated cameras (RFC 2617, RFC 7616): RTSP and ONVIF over HTTP use the same. */
export type DigestAlgorithm = 'MD5' | 'SHA-256'

export interface Account {
  username: string
  password: string
}

export const REALM = 'Vigil simulated camera'

/** `WWW-Authenticate` for one algorithm. */
export function challenge(algorithm: DigestAlgorithm, nonce: string, isStale: boolean, withQop: boolean): string {
  const parts = [`realm="${REALM}"`, `nonce="${nonce}"`, `algorithm=${algorithm}`]
  if (withQop) parts.push('qop="auth"')
  if (isStale) parts.push('stale=true')
  return `Digest ${parts.join(', ')}`
}

export type DigestVerdict = 'accepted' | 'refused' | 'stale' | 'missing'

/**
 * @param authorization the header as received
 * @param method of the request that carries it
 * @param isKnownNonce whether we handed this nonce out and it has not aged
 */
export function checkDigest(
  authorization: string | undefined,
  method: string,
  account: Account,
  isKnownNonce: (nonce: string) => boolean,
): DigestVerdict {
  if (!authorization || !/^Digest /i.test(authorization)) return 'missing'
  const fields = readFields(authorization.slice(7))
  const name = (fields.get('algorithm') ?? 'MD5').toUpperCase()
  const hashName = name === 'SHA-256' ? 'sha256' : name === 'MD5' ? 'md5' : null
  const nonce = fields.get('nonce') ?? ''
  if (!hashName || fields.get('username') !== account.username || fields.get('realm') !== REALM) return 'refused'
  const hash = (text: string) => createHash(hashName).update(text).digest('hex')
  const secret = hash(`${account.username}:${REALM}:${account.password}`)
  const request = hash(`${method}:${fields.get('uri') ?? ''}`)
  const qop = fields.get('qop')
  const middle = qop ? `${nonce}:${fields.get('nc') ?? ''}:${fields.get('cnonce') ?? ''}:${qop}` : nonce
  const expected = Buffer.from(hash(`${secret}:${middle}:${request}`))
  const given = Buffer.from((fields.get('response') ?? '').toLowerCase())
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'refused'
  return isKnownNonce(nonce) ? 'accepted' : 'stale'
}

function readFields(text: string): Map<string, string> {
  const fields = new Map<string, string>()
  for (const match of text.matchAll(/([a-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/gi)) {
    fields.set(match[1]!.toLowerCase(), match[2] ?? match[3] ?? '')
  }
  return fields
}

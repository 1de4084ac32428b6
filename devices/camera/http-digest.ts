import { createHash, randomBytes } from 'node:crypto'

/** A header of this length is no login. */
const CHALLENGE_MAX = 4_096
/** A scheme, or a parameter of the one before it: `name=token` or `name="quoted, with \" inside"`. */
const WORD = /([a-z0-9_-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*)))?/gi

const HASHES: Record<string, string> = { MD5: 'md5', 'SHA-256': 'sha256' }

/**
 * RFC 7616, `auth` and without qop, MD5 and SHA-256. Null for anything else.
 * @param header `WWW-Authenticate`; with several challenges (RFC 9110 §11.6.1), as also several headers come from Node, the first of these
 */
export function digestAnswer(
  header: string,
  method: string,
  address: string,
  credential: { username: string; password: string },
): string | null {
  for (const challenge of digestChallenges(header)) {
    const answer = answerTo(challenge, method, address, credential)
    if (answer !== null) return answer
  }
  return null
}

function digestChallenges(header: string): Map<string, string>[] {
  const challenges: Map<string, string>[] = []
  let parameters = new Map<string, string>()
  for (const [word, name = '', quoted, token] of header.slice(0, CHALLENGE_MAX).matchAll(WORD)) {
    if (!word.includes('=')) {
      parameters = new Map()
      if (name.toLowerCase() === 'digest') challenges.push(parameters)
    } else parameters.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? token ?? '')
  }
  return challenges
}

function answerTo(
  challenge: ReadonlyMap<string, string>,
  method: string,
  address: string,
  credential: { username: string; password: string },
): string | null {
  const realm = challenge.get('realm') ?? ''
  const nonce = challenge.get('nonce') ?? ''
  const opaque = challenge.get('opaque')
  const algorithm = (challenge.get('algorithm') ?? 'MD5').toUpperCase()
  const hashName = HASHES[algorithm]
  if (hashName === undefined || nonce === '') return null
  const hash = (text: string) => createHash(hashName).update(text).digest('hex')
  const url = new URL(address)
  const uri = url.pathname + url.search
  const ha1 = hash(`${credential.username}:${realm}:${credential.password}`)
  const ha2 = hash(`${method}:${uri}`)
  const quoted = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`
  const fields = [
    `username=${quoted(credential.username)}`,
    `realm=${quoted(realm)}`,
    `nonce=${quoted(nonce)}`,
    `uri="${uri}"`,
    `algorithm=${algorithm}`,
  ]
  if ((challenge.get('qop') ?? '').split(',').some((word) => word.trim().toLowerCase() === 'auth')) {
    const cnonce = randomBytes(8).toString('hex')
    const response = hash(`${ha1}:${nonce}:00000001:${cnonce}:auth:${ha2}`)
    fields.push('qop=auth', 'nc=00000001', `cnonce="${cnonce}"`, `response="${response}"`)
  } else fields.push(`response="${hash(`${ha1}:${nonce}:${ha2}`)}"`)
  if (opaque !== undefined) fields.push(`opaque=${quoted(opaque)}`)
  return `Digest ${fields.join(', ')}`
}

import { createHash, randomBytes } from 'node:crypto'
import type { Credential } from './address.ts'
import { byteText } from './message.ts'

/**
 * Answers to `WWW-Authenticate`: Digest by RFC 7616 (MD5 and SHA-256, `qop=auth` or none, -sess) and Basic. Of several
 * challenges the strongest is answered. All texts are bytes, see `byteText`.
 */
interface Challenge {
  scheme: 'digest' | 'basic'
  parameters: Map<string, string>
}

const HASHES: Record<string, string> = { md5: 'md5', 'sha-256': 'sha256' }

export class Login {
  readonly #credential: Credential
  #challenge: Challenge | null = null
  #nonceCount = 0

  constructor(credential: Credential) {
    this.#credential = { username: byteText(credential.username), password: byteText(credential.password) }
  }

  /**
   * A camera counts rejected logins and locks the account, so one request is answered once; only a nonce that the camera
   * itself calls stale earns a second answer. (Many cameras send a fresh nonce with every refusal.)
   * @param values all `WWW-Authenticate` headers of one 401
   * @param wasAnswered this request already carried an answer
   */
  challenged(values: string[], wasAnswered: boolean): 'retry' | 'refused' {
    const best = strongest(values.flatMap(parseChallenges))
    if (!best) return 'refused'
    this.#challenge = best
    this.#nonceCount = 0
    return wasAnswered && best.parameters.get('stale')?.toLowerCase() !== 'true' ? 'refused' : 'retry'
  }

  /** Value of `Authorization`, or null before the first challenge. */
  answer(method: string, uri: string): string | null {
    const challenge = this.#challenge
    if (!challenge) return null
    this.#nonceCount++
    const { username, password } = this.#credential
    if (challenge.scheme === 'basic')
      return `Basic ${Buffer.from(`${username}:${password}`, 'latin1').toString('base64')}`
    return digestAnswer(challenge.parameters, { username, password, method, uri, count: this.#nonceCount })
  }
}

interface DigestQuestion extends Credential {
  method: string
  uri: string
  count: number
}

function digestAnswer(parameters: Map<string, string>, q: DigestQuestion): string {
  const algorithm = parameters.get('algorithm') ?? 'MD5'
  const hashName = HASHES[algorithm.toLowerCase().replace(/-sess$/, '')] ?? 'md5'
  const hash = (text: string) => createHash(hashName).update(text, 'latin1').digest('hex')
  const realm = parameters.get('realm') ?? ''
  const nonce = parameters.get('nonce') ?? ''
  const clientNonce = randomBytes(8).toString('hex')
  const nc = q.count.toString(16).padStart(8, '0')
  const usesQop = (parameters.get('qop') ?? '').split(',').some((word) => word.trim().toLowerCase() === 'auth')
  let secret = hash(`${q.username}:${realm}:${q.password}`)
  if (/-sess$/i.test(algorithm)) secret = hash(`${secret}:${nonce}:${clientNonce}`)
  const deed = hash(`${q.method}:${q.uri}`)
  const response = usesQop
    ? hash(`${secret}:${nonce}:${nc}:${clientNonce}:auth:${deed}`)
    : hash(`${secret}:${nonce}:${deed}`)
  const fields = [
    `username=${quoted(q.username)}`,
    `realm=${quoted(realm)}`,
    `nonce=${quoted(nonce)}`,
    `uri=${quoted(q.uri)}`,
    `response="${response}"`,
  ]
  if (parameters.has('algorithm')) fields.push(`algorithm=${algorithm}`)
  if (parameters.has('opaque')) fields.push(`opaque=${quoted(parameters.get('opaque')!)}`)
  if (usesQop) fields.push('qop=auth', `nc=${nc}`, `cnonce="${clientNonce}"`)
  else if (/-sess$/i.test(algorithm)) fields.push(`cnonce="${clientNonce}"`)
  return `Digest ${fields.join(', ')}`
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, (c) => `\\${c}`)}"`
}

function strongest(challenges: Challenge[]): Challenge | null {
  const rank = (c: Challenge) => {
    if (c.scheme === 'basic') return 1
    const algorithm = (c.parameters.get('algorithm') ?? 'md5').toLowerCase().replace(/-sess$/, '')
    if (!c.parameters.has('nonce') || !(algorithm in HASHES)) return 0
    return algorithm === 'sha-256' ? 3 : 2
  }
  return challenges.filter((c) => rank(c) > 0).sort((a, b) => rank(b) - rank(a))[0] ?? null
}

const SCHEME = /(?:^|,\s*)(digest|basic)\s+/gi
/** `name=token` or `name="quoted, with \" inside"`. */
const PARAMETER = /([a-z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/gi

/** One header may carry several challenges: `Digest realm="…", …, Basic realm="…"`. */
function parseChallenges(header: string): Challenge[] {
  const text = header.slice(0, 4096)
  const starts = [...text.matchAll(SCHEME)]
  return starts.map((start, index) => {
    const from = start.index + start[0].length
    const to = starts[index + 1]?.index ?? text.length
    const parameters = new Map<string, string>()
    for (const p of text.slice(from, to).matchAll(PARAMETER)) {
      parameters.set(p[1]!.toLowerCase(), p[2] === undefined ? p[3]! : p[2].replace(/\\(.)/g, '$1'))
    }
    return { scheme: start[1]!.toLowerCase() as Challenge['scheme'], parameters }
  })
}

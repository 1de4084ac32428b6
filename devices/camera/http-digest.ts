import { createHash, randomBytes } from 'node:crypto'

/** RFC 7616, `auth` and without qop, MD5 and SHA-256. Null for anything else. */
export function digestAnswer(
  challenge: string,
  method: string,
  address: string,
  credential: { username: string; password: string },
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

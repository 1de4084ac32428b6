import { createHash, timingSafeEqual } from 'node:crypto'
import type { Account } from '../digest.ts'
import { textOf } from './soap.ts'

/** Clock difference that a camera bears with; ONVIF leaves it open, cameras take some seconds to minutes. */
const SKEW_MS_MAX = 5 * 60_000

/** WS-Security UsernameToken with password digest: base64(sha1(nonce + created + password)). */
export function checkUsernameToken(xml: string, account: Account, nowMs: number): 'accepted' | 'refused' | 'missing' {
  if (!/<(?:[\w-]+:)?UsernameToken/.test(xml)) return 'missing'
  const created = textOf(xml, 'Created') ?? ''
  const nonce = Buffer.from(textOf(xml, 'Nonce') ?? '', 'base64')
  const given = Buffer.from(textOf(xml, 'Password') ?? '')
  const digest = createHash('sha1').update(nonce).update(created).update(account.password).digest('base64')
  const expected = Buffer.from(digest)
  const isRight = given.length === expected.length && timingSafeEqual(given, expected)
  const skewMs = Math.abs(Date.parse(created) - nowMs)
  if (!isRight || textOf(xml, 'Username') !== account.username || !(skewMs < SKEW_MS_MAX)) return 'refused'
  return 'accepted'
}

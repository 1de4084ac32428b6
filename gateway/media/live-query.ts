import { Fault } from '../../domain/fault.ts'
import { timeSchema } from '../../domain/scalars.ts'

/** A segment lasts twelve seconds at most and a part a fifth of one. */
const PART_MAX = 99

/**
 * What of a player's query goes to the worker: what means something there, in one spelling. Every other spelling would be a question of its own,
 * and a camera lets only so many wait (`WAITERS_MAX`).
 * @param file index.m3u8, loop.m3u8, or a part, segment or init
 * @returns with its `?`, or empty
 * @throws Fault `bad-request`
 */
export function liveQuery(file: string, asked: URLSearchParams): string {
  if (file === 'index.m3u8') return asked.has('plain') ? plainOf(asked) : blockingOf(asked)
  if (file === 'loop.m3u8') return `?from=${msOf(asked, 'from')}&to=${msOf(asked, 'to')}`
  return ''
}

function plainOf(asked: URLSearchParams): string {
  const word = asked.get('plain')
  if (word !== '' && word !== 'now') throw new Fault('bad-request', 'plain has no value, or is "now".')
  return word === '' ? '?plain' : '?plain=now'
}

function blockingOf(asked: URLSearchParams): string {
  const words: string[] = []
  const msn = numberOf(asked, '_HLS_msn', Number.MAX_SAFE_INTEGER)
  const part = numberOf(asked, '_HLS_part', PART_MAX)
  if (msn !== null) words.push(`_HLS_msn=${msn}`)
  if (part !== null) words.push(`_HLS_part=${part}`)
  // v2 may also skip date ranges, of which there are none.
  if (['YES', 'v2'].includes(asked.get('_HLS_skip') ?? '')) words.push('_HLS_skip=YES')
  return words.length === 0 ? '' : `?${words.join('&')}`
}

function numberOf(asked: URLSearchParams, name: string, max: number): number | null {
  const word = asked.get(name)
  if (word === null) return null
  const number = /^\d{1,16}$/.test(word) ? Number(word) : NaN
  if (!(number <= max)) throw new Fault('bad-request', `${name} is a whole number of at most ${max}.`)
  return number
}

/** RFC 3339 as everywhere in the public contract, or plain milliseconds. */
function msOf(asked: URLSearchParams, name: string): number {
  const word = asked.get(name) ?? ''
  if (/^\d{1,15}$/.test(word)) return Number(word)
  if (timeSchema.safeParse(word).success) return Date.parse(word)
  throw new Fault('bad-request', `${name} is an RFC 3339 time (or milliseconds since 1970).`)
}

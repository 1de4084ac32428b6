import { createHash } from 'node:crypto'
import type { LogEvent } from '../../domain/wire/live.ts'

/**
 * JSON with sorted keys, as it comes back from a jsonb column, so that a stored row can be hashed again to the same bytes. What
 * jsonb cannot hold (NUL, half a surrogate pair) must have been removed before, see `storable`.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return '[' + value.map((item) => canonicalJson(item ?? null)).join(',') + ']'
  if (value !== null && typeof value === 'object') {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined)
    fields.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    return '{' + fields.map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`).join(',') + '}'
  }
  return JSON.stringify(value) ?? 'null'
}

/** With the `u` flag only halves that stand alone are `Surrogate`. */
// oxlint-disable-next-line no-control-regex
const UNSTORABLE = /[\p{Surrogate}\u0000]/gu

/** A copy that PostgreSQL's text and jsonb can hold: NUL and lone surrogates become U+FFFD. Devices send what they like. */
export function storable<T>(value: T): T {
  if (typeof value === 'string') return value.replace(UNSTORABLE, '\uFFFD') as T
  if (Array.isArray(value)) return value.map((item: unknown) => storable(item)) as T
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, field]) => [storable(key), storable(field)])) as T
  }
  return value
}

/** One link of the chain: sha256(previous hash ‖ canonical event), 32 bytes. */
export function chainHash(previous: Uint8Array, event: LogEvent): Buffer {
  return createHash('sha256').update(previous).update(canonicalJson(event)).digest()
}

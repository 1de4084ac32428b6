/** What Node and browsers share and the ES library does not declare. `domain/` may use nothing else of its host. */
declare const crypto: { getRandomValues<T extends ArrayBufferView>(array: T): T }
declare class TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>
}
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean })
  decode(input?: ArrayBufferView | ArrayBuffer): string
}
declare class URL {
  constructor(url: string, base?: string)
  protocol: string
  hostname: string
  host: string
  port: string
  pathname: string
  search: string
  hash: string
  username: string
  password: string
  href: string
  toString(): string
}
declare const performance: { now(): number }

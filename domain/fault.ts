/**
 * Everything that is expected to go wrong, by name. The name is part of the public contract (problem `type`) and the key of
 * the officer's sentence in the dictionaries of the command-ui. Anything else that is thrown is a programmer's error.
 */
export const FAULT_STATUS = {
  'bad-request': 400,
  'not-signed-in': 401,
  'wrong-credential': 401,
  forbidden: 403,
  'foreign-jurisdiction': 403,
  'not-found': 404,
  conflict: 409,
  'state-changed': 409,
  'already-acknowledged': 409,
  'patrol-busy': 409,
  gone: 410,
  'too-large': 413,
  'reason-needed': 422,
  'not-allowed-address': 422,
  'too-many-requests': 429,
  'camera-unreachable': 502,
  'camera-refused-login': 502,
  'camera-not-a-camera': 502,
  'camera-silent': 504,
  'camera-has-no-video': 502,
  'camera-login-latched': 502,
  'camera-certificate-unknown': 502,
  'ptz-not-there': 409,
  'no-picture': 503,
  'database-away': 503,
  'streamer-away': 503,
  'broker-away': 503,
  'city-invalid': 500,
  'config-invalid': 500,
  internal: 500,
} as const

export type FaultCode = keyof typeof FAULT_STATUS

export class Fault extends Error {
  readonly code: FaultCode
  /** Plain facts for the reader (ids, names, limits). Never a secret: it goes into answers and logs. */
  readonly facts: Record<string, unknown>
  constructor(code: FaultCode, detail: string, facts: Record<string, unknown> = {}, cause?: unknown) {
    super(detail, cause === undefined ? undefined : { cause })
    this.name = 'Fault'
    this.code = code
    this.facts = facts
  }
  get status(): number {
    return FAULT_STATUS[this.code]
  }
}

/** A programmer's assumption. When it fails, that request or that pipeline ends, loudly; never the centre. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`)
}

/** The message of anything thrown, for logs and reasons. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

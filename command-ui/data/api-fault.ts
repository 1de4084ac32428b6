import { FAULT_STATUS, type FaultCode } from '../../domain/fault.ts'

/** `unreachable`: no answer at all; `unknown`: an answer that is not a problem of the contract. */
export type ApiFaultCode = FaultCode | 'unreachable' | 'unknown'

/** What a request came back with instead of its answer. The dictionaries have a sentence for every code. */
export class ApiFault extends Error {
  readonly code: ApiFaultCode
  readonly status: number
  /** The other members of the problem: names, limits, who owns the alarm. */
  readonly facts: Readonly<Record<string, unknown>>

  constructor(
    code: ApiFaultCode,
    status: number,
    detail: string,
    facts: Record<string, unknown> = {},
    cause?: unknown,
  ) {
    super(detail, cause === undefined ? undefined : { cause })
    this.name = 'ApiFault'
    this.code = code
    this.status = status
    this.facts = facts
  }
}

/** Reads RFC 9457 problem details; anything else keeps its status and becomes `unknown`. */
export function faultOfAnswer(status: number, body: unknown): ApiFault {
  if (typeof body === 'object' && body !== null && 'code' in body) {
    const { code, detail, type: _type, title: _title, status: _status, ...facts } = body as Record<string, unknown>
    const known = typeof code === 'string' && code in FAULT_STATUS ? (code as FaultCode) : 'unknown'
    return new ApiFault(known, status, typeof detail === 'string' ? detail : String(code), facts)
  }
  return new ApiFault(
    status === 401 ? 'not-signed-in' : status === 403 ? 'forbidden' : 'unknown',
    status,
    `HTTP ${status}`,
  )
}

export function asApiFault(error: unknown): ApiFault {
  if (error instanceof ApiFault) return error
  return new ApiFault('unknown', 0, error instanceof Error ? error.message : String(error), {}, error)
}

import { Fault, reasonOf } from '../../domain/fault.ts'

export function silentFault(deadlineMs: number): Fault {
  return new Fault('camera-silent', `The camera did not answer within ${deadlineMs / 1000} s.`)
}

export function unreachableFault(reason: string, cause?: unknown): Fault {
  return new Fault('camera-unreachable', 'Nothing answers at this address.', { reason }, cause)
}

const UNREACHABLE = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'ENOTFOUND', 'EHOSTDOWN'])
const LOGIN = /NotAuthorized|not authorized|unauthorized|Digest authentication|\b401\b|sender not|FailedAuthentication/i

/**
 * What the library has thrown or called back with, which is always an Error with a sentence.
 * @param deadlineMs for the sentence of a socket that has timed out
 */
export function faultOf(error: unknown, deadlineMs: number): Fault {
  if (error instanceof Fault) return error
  const reason = reasonOf(error)
  const { code } = error as { code?: unknown }
  if (typeof code === 'string' && UNREACHABLE.has(code)) return unreachableFault(code, error)
  if (LOGIN.test(reason)) {
    return new Fault('camera-refused-login', 'The camera refuses this name or password.', {}, error)
  }
  if (reason === 'Network timeout') return silentFault(deadlineMs)
  const [, soapFault] = /^ONVIF SOAP Fault: (.{0,200})/s.exec(reason) ?? []
  if (soapFault !== undefined) {
    return new Fault('camera-not-a-camera', `The camera refuses to describe itself: ${soapFault}`, { soapFault }, error)
  }
  const detail = 'What answers there does not speak ONVIF.'
  return new Fault('camera-not-a-camera', detail, { reason: reason.slice(0, 200) }, error)
}

import type { CameraState } from '../../domain/camera.ts'
import type { FaultCode } from '../../domain/fault.ts'

/** Why a camera gives no picture: the word for the tile, the code for the API, and a sentence an operator can act on. */
export interface StreamFailure {
  state: Extract<CameraState, 'offline' | 'stalled' | 'login-refused' | 'not-a-camera'>
  code: Extract<
    FaultCode,
    | 'camera-unreachable'
    | 'camera-refused-login'
    | 'camera-not-a-camera'
    | 'camera-silent'
    | 'camera-has-no-video'
    | 'camera-login-latched'
    | 'camera-certificate-unknown'
  >
  reason: string
  /** Of a refused login: who was refused. */
  refuses?: 'account' | 'stream'
}

export function unreachable(reason: string): StreamFailure {
  return { state: 'offline', code: 'camera-unreachable', reason }
}
/** @param refuses the account as such, or only this stream to it */
export function refusedLogin(reason: string, refuses: 'account' | 'stream' = 'account'): StreamFailure {
  return { state: 'login-refused', code: 'camera-refused-login', reason, refuses }
}
export function untrusted(reason: string): StreamFailure {
  return { state: 'offline', code: 'camera-certificate-unknown', reason }
}
export function notACamera(reason: string): StreamFailure {
  return { state: 'not-a-camera', code: 'camera-not-a-camera', reason }
}
export function silent(reason: string): StreamFailure {
  return { state: 'stalled', code: 'camera-silent', reason }
}
export function noVideo(reason: string): StreamFailure {
  return { state: 'not-a-camera', code: 'camera-has-no-video', reason }
}

const NETWORK_ERRORS = new Map([
  ['ECONNREFUSED', 'the connection was refused: nothing listens there'],
  ['EHOSTUNREACH', 'there is no way to this address'],
  ['ENETUNREACH', 'there is no way to this network'],
  ['ENOTFOUND', 'the name is not known'],
  ['EAI_AGAIN', 'the name could not be looked up'],
  ['ECONNRESET', 'the connection was reset'],
  ['ETIMEDOUT', 'the connection timed out'],
])

/** Of a socket's error, what an operator can act on. */
export function describeNetworkError(error: NodeJS.ErrnoException): string {
  return NETWORK_ERRORS.get(error.code ?? '') ?? error.message
}

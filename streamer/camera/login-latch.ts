import { Fault } from '../../domain/fault.ts'
import type { Credential, RtspAddress } from '../rtsp/address.ts'
import { parseRtspAddress } from '../rtsp/address.ts'
import { HANDSHAKE_TIMEOUT_MS } from '../rtsp/rtsp-session.ts'
import type { CameraOrder } from './camera.ts'

/** Cameras lock an account after three to five wrong passwords; officers must keep theirs. */
const REJECTIONS_MAX = 2
/**
 * Who has played with this login may try once more than others: a recorder that answers 401 for a channel that its user may not see
 * must not shut the others out.
 */
const REJECTIONS_OF_PLAYED_MAX = 3

/** @throws Fault see `parseRtspAddress` */
export function whereAndWho(order: CameraOrder): { address: RtspAddress; credential: Credential | null } {
  const { url, username, password } = order
  const { address, credential } = parseRtspAddress(url)
  return {
    address,
    credential: username === null || username === '' ? credential : { username, password: password ?? '' },
  }
}

/** Whose rejections are counted. */
export interface LatchKeys {
  /** Host, port, user and password. */
  account: string
  /** Both streams of one camera, with this account. */
  camera: string
  stream: string
}

export function latchKeysOf(order: CameraOrder): LatchKeys {
  try {
    const { address, credential } = whereAndWho(order)
    const account = JSON.stringify([address.host, address.port, credential?.username, credential?.password])
    const camera = `${account} ${order.id.split('/', 1)[0]}`
    return { account, camera, stream: `${camera} ${address.target}` }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { account: order.url, camera: order.url, stream: order.url }
  }
}

/**
 * Rejected logins of all cameras of the worker: behind both streams of a camera, and behind all channels of a recorder, is one account. A login
 * that was rejected twice is used no more until no camera has it any longer; a stream that has played with it may try once more, and lets
 * the others in.
 */
export class LoginLatch {
  readonly #rejected = new Map<string, { times: number; triedAtMs: number }>()

  /** @param hasPlayed this stream did, with this login */
  isShut({ account, camera, stream }: LatchKeys, hasPlayed: boolean): boolean {
    const times = (key: string) => this.#rejected.get(key)?.times ?? 0
    if (Math.max(times(camera), times(stream)) >= REJECTIONS_MAX) return true
    return times(account) >= (hasPlayed ? REJECTIONS_OF_PLAYED_MAX : REJECTIONS_MAX)
  }

  /** After a rejection one stream tries at a time, as long as a handshake takes. */
  mayTry({ account }: LatchKeys, nowMs: number): boolean {
    return nowMs - (this.#rejected.get(account)?.triedAtMs ?? -Infinity) >= HANDSHAKE_TIMEOUT_MS
  }

  tries({ account }: LatchKeys, nowMs: number): void {
    const before = this.#rejected.get(account)
    if (before) before.triedAtMs = nowMs
  }

  /** @param refused the account as such, or only this stream to it */
  rejected(keys: LatchKeys, refused: 'account' | 'stream'): void {
    for (const key of refused === 'stream' ? [keys.stream] : [keys.account, keys.camera]) {
      const before = this.#rejected.get(key)
      if (before) before.times++
      else this.#rejected.set(key, { times: 1, triedAtMs: -Infinity })
    }
  }

  accepted({ account, camera, stream }: LatchKeys): void {
    for (const key of [account, camera, stream]) this.#rejected.delete(key)
  }

  /** Forgets what no camera has any more. */
  keep(cameras: readonly { latchKeys: LatchKeys }[]): void {
    if (this.#rejected.size === 0) return
    const kept = new Set(cameras.flatMap(({ latchKeys: { account, camera, stream } }) => [account, camera, stream]))
    for (const key of this.#rejected.keys()) if (!kept.has(key)) this.#rejected.delete(key)
  }
}

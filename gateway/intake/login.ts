import { createHash, timingSafeEqual } from 'node:crypto'
import { reasonOf } from '../../domain/fault.ts'
import { ID_PATTERN } from '../../domain/ids.ts'
import type { Log } from '../../domain/log.ts'
import { PAYLOAD_BYTES_MAX } from '../../domain/wire/mqtt.ts'
import { type Identity, willTopic } from './access.ts'
import type { Credentials } from './credentials.ts'
import type { EdgeClient } from './edge-client.ts'
import { CENTRE_USER, type RefusalReason } from './internal-topics.ts'
import type { Refusals } from './refusals.ts'
import { SELF_TEST_ID } from './self-test.ts'

const FORMER = 'former-credential'

export interface LoginOptions {
  credentials: Pick<Credentials, 'verify'>
  centrePassword: string
  refusals: Refusals
  log: Log
}

/** Finds out who is on a connection. Never rejects: what goes wrong inside is "come again". */
export class Login {
  readonly #options: LoginOptions
  readonly #centreHash: Buffer

  constructor(options: LoginOptions) {
    this.#options = options
    this.#centreHash = sha256(Buffer.from(options.centrePassword))
  }

  /** Gives the connection an id in the name space of its user: whatever client id it asked for, it can never be another device's. */
  async identify(client: EdgeClient, username: string, password: Buffer): Promise<Identity | RefusalReason> {
    if (client.id !== username) client.id = `${username}/${client.id.slice(0, 64)}`
    const address = client.conn.remoteAddress ?? 'unknown'
    try {
      const found = await this.#check(client, username, password)
      if (typeof found === 'object') return found
      // It was given another credential a moment ago and cannot know: no trouble of the device.
      if (found === FORMER) return 'wrong-credential'
      const [reason, detail = ''] = found.split(' ', 2) as [RefusalReason, string?]
      this.#options.refusals.note(reason, username, address, detail)
      return reason
    } catch (error) {
      this.#options.log.error('a login failed', { reason: reasonOf(error) })
      return 'credentials-unavailable'
    }
  }

  /** @returns who it is, or the reason with a word about it */
  async #check(
    client: EdgeClient,
    username: string,
    password: Buffer,
  ): Promise<Identity | typeof FORMER | RefusalReason | `${RefusalReason} ${string}`> {
    if (username === CENTRE_USER) {
      return timingSafeEqual(sha256(password), this.#centreHash) ? { type: 'centre' } : 'wrong-credential'
    }
    if (!ID_PATTERN.test(username) || username === SELF_TEST_ID) return 'bad-name'
    const verdict = await this.#options.credentials.verify(username, password)
    if (verdict.outcome === 'wrong-credential' && verdict.isFormer) return FORMER
    if (verdict.outcome !== 'ok') return verdict.outcome
    const who: Identity = { type: 'device', deviceId: username, kind: verdict.kind }
    const will = client['_will']
    if (will && (will.topic !== willTopic(who) || will.payload.length > PAYLOAD_BYTES_MAX)) {
      return `foreign-will ${will.topic}`
    }
    return who
  }
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest()
}

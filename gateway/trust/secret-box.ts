import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { Fault } from '../../domain/fault.ts'

const IV_BYTES = 12
const TAG_BYTES = 16
/** First byte of every box, so that a later cipher can be told apart. */
const VERSION = 1

/** Keeps camera credentials at rest: AES-256-GCM, layout `version(1) ‖ iv(12) ‖ tag(16) ‖ cipher`. The key is not in the database. */
export interface SecretBox {
  seal(text: string): Buffer
  /** @throws Fault `config-invalid` when the key is another one or the bytes were changed */
  open(box: Uint8Array): string
  /** A key of its own for another purpose, derived by HKDF, 32 bytes. */
  keyFor(purpose: string): Buffer
}

/**
 * @param keyHex VIGIL_SECRET_KEY, 64 hexadecimal digits
 * @throws Fault `config-invalid`
 */
export function createSecretBox(keyHex: string): SecretBox {
  if (!/^[0-9a-f]{64}$/i.test(keyHex)) {
    throw new Fault('config-invalid', 'VIGIL_SECRET_KEY must be 64 hexadecimal digits (32 bytes)')
  }
  const root = Buffer.from(keyHex, 'hex')
  const keyFor = (purpose: string) => Buffer.from(hkdfSync('sha256', root, Buffer.alloc(0), purpose, 32))
  const key = keyFor('camera credentials')
  return {
    seal: (text) => {
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, iv)
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([Buffer.from([VERSION]), iv, cipher.getAuthTag(), body])
    },
    open: (box) => {
      try {
        if (box[0] !== VERSION) throw new Error('another version')
        const decipher = createDecipheriv('aes-256-gcm', key, box.subarray(1, 1 + IV_BYTES))
        decipher.setAuthTag(box.subarray(1 + IV_BYTES, 1 + IV_BYTES + TAG_BYTES))
        const body = box.subarray(1 + IV_BYTES + TAG_BYTES)
        return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8')
      } catch (error) {
        const detail =
          'A stored camera credential cannot be opened: VIGIL_SECRET_KEY is not the one it was stored with.'
        throw new Fault('config-invalid', detail, {}, error)
      }
    },
    keyFor,
  }
}

import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { constants, setPriority } from 'node:os'

/**
 * Hashes passwords in a process of its own, so that twenty sign-ins do not delay an alarm (design §11). Child of core over IPC:
 * `{id, kind: 'hash', password}` → `{id, hash}`; `{id, kind: 'verify', password, hash | null}` → `{id, ok}`. A null hash costs
 * the same time as a wrong password, so that nobody learns which accounts exist.
 */
const N = 2 ** 15
const R = 8
const P = 1
const KEY_BYTES = 32
/** 128 · N · r bytes are needed (32 MiB); twice that is allowed for a later N. */
const MEMORY_BYTES_MAX = 2 * 128 * N * R
/** Two cores: a third would only take memory and time from the two. */
const CONCURRENT_MAX = 2
const NOBODY_SALT = randomBytes(16)

export type HashQuestion =
  { id: number; kind: 'hash'; password: string } | { id: number; kind: 'verify'; password: string; hash: string | null }
export type HashAnswer = { id: number; hash: string } | { id: number; ok: boolean } | { id: number; error: string }

const waiting: HashQuestion[] = []
let running = 0

function derive(password: string, salt: Buffer, n: number, r: number, p: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, KEY_BYTES, { N: n, r, p, maxmem: MEMORY_BYTES_MAX }, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
}

async function answerTo(question: HashQuestion): Promise<HashAnswer> {
  const { id, password } = question
  if (question.kind === 'hash') {
    const salt = randomBytes(16)
    const key = await derive(password, salt, N, R, P)
    return { id, hash: `scrypt$${N}$${R}$${P}$${salt.toString('base64')}$${key.toString('base64')}` }
  }
  const [, n, r, p, salt, key] = question.hash?.split('$') ?? []
  if (!n || !r || !p || !salt || !key) {
    await derive(password, NOBODY_SALT, N, R, P)
    return { id, ok: false }
  }
  const wanted = Buffer.from(key, 'base64')
  const found = await derive(password, Buffer.from(salt, 'base64'), Number(n), Number(r), Number(p))
  return { id, ok: wanted.length === found.length && timingSafeEqual(wanted, found) }
}

function next(): void {
  while (running < CONCURRENT_MAX) {
    const question = waiting.shift()
    if (!question) return
    running++
    void answer(question)
  }
}

async function answer(question: HashQuestion): Promise<void> {
  let found: HashAnswer
  try {
    found = await answerTo(question)
  } catch (error) {
    found = { id: question.id, error: String(error) }
  }
  running--
  // Without its parent this program ends by 'disconnect'.
  if (process.connected) process.send?.(found)
  next()
}

process.on('message', (question: HashQuestion) => {
  waiting.push(question)
  next()
})
// The launcher's Ctrl-C reaches the whole group; the parent decides when sign-ins end.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => process.exit(0))
process.on('disconnect', () => process.exit(0))
setPriority(constants.priority.PRIORITY_BELOW_NORMAL)

import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** `sun_path` holds 108 bytes, the last one is 0. */
const SOCKET_PATH_MAX = 100

/**
 * Where pushed streams are read back: a socket of the file system, which no network reaches and only our own user may open.
 * @param dataDir absolute
 */
export function flvSocketPath(dataDir: string): string {
  const path = join(dataDir, 'rtmp', 'flv.sock')
  if (Buffer.byteLength(path) <= SOCKET_PATH_MAX) return path
  return join(tmpdir(), `vigil-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}.sock`)
}

/** A pushed camera's address in an order: `push:/app/name`; null for any other address. */
export function pushPathOf(url: string): string | null {
  return /^push:(\/[A-Za-z0-9_-]{1,40}\/[A-Za-z0-9_-]{1,80})$/.exec(url)?.[1] ?? null
}

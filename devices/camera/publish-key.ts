import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * The key that a body camera or a vehicle needs to push to a path: `rtmp://host/{app}/{name}?key=…`.
 * @param secretKey `VIGIL_SECRET_KEY`
 * @param streamPath `/app/name`
 * @returns the first 32 hexadecimal characters of HMAC-SHA256
 */
export function publishKey(secretKey: string, streamPath: string): string {
  return createHmac('sha256', secretKey).update(streamPath).digest('hex').slice(0, 32)
}

/** In constant time. */
export function isPublishKey(secretKey: string, streamPath: string, given: string | undefined): boolean {
  const wanted = Buffer.from(publishKey(secretKey, streamPath))
  const offered = Buffer.from(given ?? '')
  return offered.length === wanted.length && timingSafeEqual(offered, wanted)
}

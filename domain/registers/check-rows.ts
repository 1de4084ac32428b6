import type { ReadRow, Report } from './check-import.ts'

/** What a file may not say of a camera besides its cells. Addresses are looked at where networks are known. */
export function checkCameraRow({ values, known }: ReadRow, say: Report): void {
  const { source = 'rtsp', address, username, password } = values
  if (known) {
    // Another address is another camera until somebody has looked: that is done at the desk, one by one.
    if (values['source'] !== undefined && values['source'] !== known['source']) say('source', 'source-fixed')
    if (address !== undefined && address !== known['address']) say('address', 'address-fixed')
    // The name of the account may stand there as it was told; what is typed with a password is not taken.
    if (password !== undefined) say('password', 'login-fixed')
    delete values['username']
    return
  }
  if (source === 'onvif') return say('source', 'source-not-by-file')
  if (source === 'push') return
  if (typeof address !== 'string') return say('address', 'needed')
  if (!/^rtsps?:\/\/[^\s]+$/i.test(address)) return say('address', 'bad-address')
  if (/^[a-z]+:\/\/[^/@\s]*@/i.test(address)) say('address', 'password-in-address')
  if (password !== undefined && username === undefined) say('username', 'needed')
}

/** What a file may not say of a device besides its cells. */
export function checkDeviceRow({ values, known }: ReadRow, say: Report): void {
  if (known && values['kind'] !== undefined && values['kind'] !== known['kind']) say('kind', 'kind-fixed')
  const now = { ...known, ...values }
  const [lng, lat, siteId] = [now['lng'] ?? null, now['lat'] ?? null, now['siteId'] ?? null]
  if ((lng === null) !== (lat === null)) say(lng === null ? 'lng' : 'lat', 'half-a-place')
  if (now['kind'] === 'button' && siteId === null && lng === null) say('site_id', 'no-place')
}

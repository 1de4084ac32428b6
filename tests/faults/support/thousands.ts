import { createHash } from 'node:crypto'
import type { Credential } from './pressing.ts'
import { passwordOf } from './raw-device.ts'
import type { WholeCentre } from './whole-centre.ts'

/**
 * Registers thousands of buttons at the sites of the district, in one statement: by the API that would be thousands of scrypted requests. The core
 * is started anew, so that it knows them as it knows all others.
 */
export async function registerButtons(centre: WholeCentre, count: number): Promise<Credential[]> {
  const sites = await centre.database.query<{ id: string; body: { lng: number; lat: number } }>(
    'select id, body from site order by id',
  )
  const ids = Array.from({ length: count }, (_, i) => `mass-${String(i).padStart(5, '0')}`)
  const bodies = ids.map((id, i) => {
    const { id: siteId, body } = sites[i % sites.length]!
    return JSON.stringify({
      id,
      kind: 'button',
      name: id,
      siteId,
      spot: null,
      lng: body.lng,
      lat: body.lat,
      power: 'mains',
    })
  })
  await centre.database.execute(
    `insert into device (id, kind, body, credential_hash, credential_at)
     select id, 'button', body, hash, now() from unnest($1::text[], $2::jsonb[], $3::bytea[]) as u(id, body, hash)`,
    [ids, bodies, ids.map((id) => createHash('sha256').update(passwordOf(id)).digest())],
  )
  centre.kill('core')
  await centre.untilReady(60_000)
  return ids.map((deviceId) => ({ deviceId, kind: 'button', password: passwordOf(deviceId) }))
}

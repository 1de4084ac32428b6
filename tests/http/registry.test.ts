import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../../domain/device.ts'
import type { AuditRow } from '../../domain/wire/admin.ts'
import { ownRoutes, startFixture, type Client, type Fixture } from './fixture.ts'

let fixture: Fixture
let admin: Client
const cityDir = mkdtempSync(join(tmpdir(), 'vigil-city-'))
const water = JSON.stringify({ type: 'FeatureCollection', features: [], note: '河'.repeat(2000) })

beforeAll(async () => {
  writeFileSync(join(cityDir, 'water.geojson'), water)
  writeFileSync(join(cityDir, 'secret.geojson'), '{}')
  fixture = await startFixture({ routes: (parts) => ownRoutes(parts, cityDir) })
  admin = await fixture.as('admin')
})
afterAll(async () => {
  await fixture.close()
  rmSync(cityDir, { recursive: true })
})

test('a device is registered, given a credential once, changed and removed, each with its event and audit row', async () => {
  const made = await admin.send<Device>('POST', 'devices', { id: 'btn-1', kind: 'button', name: '校门按钮' })
  expect(made).toMatchObject({
    status: 201,
    body: { id: 'btn-1', state: 'init', hasCredential: false, power: 'mains' },
  })
  expect((await admin.send('POST', 'devices', { id: 'btn-1', kind: 'taxi', name: 'x' })).status).toBe(409)
  const credential = await admin.send<{ username: string; password: string }>('POST', 'devices/btn-1/credential')
  expect(credential.status).toBe(201)
  expect(credential.body).toMatchObject({ username: 'btn-1', password: expect.stringMatching(/^[a-z2-7]{32}$/) })
  const rows = await fixture.database.query<{ credential_hash: Buffer }>('select credential_hash from device')
  const { password } = credential.body
  expect(rows[0]!.credential_hash.equals(createHash('sha256').update(password).digest())).toBe(true)
  expect((await fixture.program.send('POST', 'devices/btn-1/credential')).status, 'the simulator asks too').toBe(201)

  const patched = await admin.send<Device>('PATCH', 'devices/btn-1', { spot: '传达室' })
  expect(patched.body).toMatchObject({ spot: '传达室', name: '校门按钮', hasCredential: true })
  expect((await admin.get<Device>('devices/btn-1')).body).toEqual(patched.body)
  expect((await admin.send('DELETE', 'devices/btn-1')).status).toBe(204)
  expect((await admin.get('devices/btn-1')).status).toBe(404)
  const events = await fixture.events.read(0)
  expect(events.filter((event) => event.kind === 'device').map((event) => event.action)).toEqual([
    'added',
    'credential-issued',
    'credential-issued',
    'changed',
    'removed',
  ])
  const audit = (await admin.get<{ items: AuditRow[] }>('audit?objectId=btn-1')).body.items
  expect(audit.map((row) => [row.action, row.actor])).toEqual([
    ['device.write', 'admin'],
    ['device.write', 'admin'],
    ['device.credential', 'centre'],
    ['device.credential', 'admin'],
    ['device.write', 'admin'],
  ])
  expect(JSON.stringify([events, audit])).not.toContain(password)
})

test('lists page: every row once, whatever the size of the page', async () => {
  const ids = Array.from({ length: 23 }, (_, i) => `taxi-${String(i).padStart(2, '0')}`)
  for (const id of ids) await admin.send('POST', 'devices', { id, kind: 'taxi', name: id, power: 'vehicle' })
  await admin.send('POST', 'devices', { id: 'btn-9', kind: 'button', name: 'b', siteId: 's9' })
  for (const limit of [1, 7, 22, 23, 24, 500]) {
    const seen: string[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { items: Device[]; next: string | null } = (
        await admin.get<{ items: Device[]; next: string | null }>(
          `devices?kind=taxi&limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`,
        )
      ).body
      seen.push(...page.items.map((device) => device.id))
      cursor = page.next
    }
    expect(seen, `limit ${limit}`).toEqual(ids)
  }
  expect((await admin.get<{ items: Device[] }>('devices?siteId=s9')).body.items.map((device) => device.id)).toEqual([
    'btn-9',
  ])
  expect((await admin.get('devices?limit=501')).status).toBe(400)
  expect((await admin.get('devices?limit=0')).status).toBe(400)
})

test('sites, zones and patrols are written whole and changed in part', async () => {
  const site = {
    id: 'school-1',
    name: '第一小学',
    nameEn: 'No. 1 Primary',
    kind: 'school',
    address: '中山路 1 号',
    lng: 114.2,
    lat: 22.7,
    contacts: [{ name: '李', role: '保安', phone: '138' }],
    cameraIds: [],
    notes: null,
  }
  expect(await admin.send('POST', 'sites', site)).toMatchObject({ status: 201, body: site })
  expect((await admin.send('POST', 'sites', site)).status).toBe(409)
  expect((await admin.send('PATCH', 'sites/school-1', { notes: '后门' })).body).toEqual({ ...site, notes: '后门' })
  expect((await admin.get('sites/school-1')).body).toMatchObject({ notes: '后门' })
  expect((await admin.send('PATCH', 'sites/none', { notes: 'x' })).status).toBe(404)
  const ring = [
    [114, 22],
    [115, 22],
    [115, 23],
    [114, 22],
  ]
  const zone = { id: 'core', name: '核心区', nameEn: null, kind: 'core', goalS: 60, polygon: [ring] }
  expect((await admin.send('POST', 'zones', zone)).status).toBe(201)
  expect((await admin.send('PATCH', 'zones/core', { goalS: 90 })).body).toMatchObject({ goalS: 90, name: '核心区' })
  expect((await admin.send('PATCH', 'zones/core', { goalS: -1 })).status).toBe(400)
  const patrol = {
    id: 'p1',
    callsign: '巡07',
    kind: 'car',
    crew: [],
    plate: null,
    duty: 'on',
    homeLng: 114,
    homeLat: 22,
    zoneId: 'core',
  }
  expect((await admin.send('POST', 'patrols', patrol)).status).toBe(201)
  expect((await admin.send('PATCH', 'patrols/p1', { duty: 'off' })).body).toMatchObject({
    duty: 'off',
    callsign: '巡07',
  })
  expect((await admin.send('DELETE', 'zones/core')).status).toBe(204)
  expect((await admin.get<{ items: unknown[] }>('zones')).body.items).toEqual([])
})

test('layers of the map come packed, once; only the known names are files', async () => {
  const ask = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${fixture.url}/api/v1/city/${path}`, { headers: { authorization: `Bearer ${admin.token}`, ...headers } })
  const packed = await ask('water.geojson', { 'accept-encoding': 'gzip' })
  expect(packed.headers.get('content-type')).toContain('application/geo+json')
  expect(packed.headers.get('content-encoding')).toBe('gzip')
  expect(Number(packed.headers.get('content-length'))).toBeLessThan(500)
  expect(await packed.text()).toBe(water)
  const etag = packed.headers.get('etag')!
  expect((await ask('water.geojson', { 'if-none-match': etag })).status).toBe(304)
  writeFileSync(join(cityDir, 'water.geojson'), '{"type":"FeatureCollection","features":[]}')
  expect((await ask('water.geojson', { 'if-none-match': etag })).status).toBe(200)
  expect((await ask('rail.geojson')).status).toBe(404)
  expect((await ask('secret.geojson')).status).toBe(400)
  expect((await ask('..%2fwater.geojson')).status).toBe(400)
})

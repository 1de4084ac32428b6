import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listSitePlans } from '../../gateway/city/site-plans.ts'
import { startFixture, type Client, type Fixture } from './fixture.ts'

const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
let cityDir: string
let fixture: Fixture
let admin: Client

beforeAll(async () => {
  cityDir = mkdtempSync(join(tmpdir(), 'vigil-plans-'))
  mkdirSync(join(cityDir, 'plans'))
  writeFileSync(join(cityDir, 'plans', 'school-1.svg'), SVG)
  writeFileSync(join(cityDir, 'plans', 'readme.txt'), 'no plan')
  writeFileSync(join(cityDir, 'secret.svg'), 'not to be served')
  fixture = await startFixture({ cityDir })
  admin = await fixture.as('admin')
  const site = { name: '学校', nameEn: null, kind: 'school', address: '', lng: 114.2, lat: 22.7 }
  for (const id of ['school-1', 'school-2'])
    await admin.send('POST', 'sites', { id, ...site, contacts: [], cameraIds: [], notes: null })
})
afterAll(async () => {
  await fixture.close()
  rmSync(cityDir, { recursive: true })
})

test('a plan is found by the id of its site; what is no picture is nobody’s', async () => {
  expect([...(await listSitePlans(cityDir))]).toEqual([['school-1', 'school-1.svg']])
  expect((await listSitePlans(join(cityDir, 'elsewhere'))).size).toBe(0)
})

test('it is served as a picture in which nothing runs, to who may see the site', async () => {
  const headers = { authorization: `Bearer ${admin.token}` }
  const answer = await fetch(`${fixture.url}/api/v1/sites/school-1/plan`, { headers })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toContain('image/svg+xml')
  expect(answer.headers.get('content-security-policy')).toMatch(/default-src 'none'.*sandbox/)
  expect(await answer.text()).toBe(SVG)
  expect((await fetch(`${fixture.url}/api/v1/sites/school-1/plan`)).status, 'signed in or not at all').toBe(401)
  for (const id of ['school-2', 'nobody', '..%2Fsecret'])
    expect((await fetch(`${fixture.url}/api/v1/sites/${id}/plan`, { headers })).status, id).toBeGreaterThanOrEqual(400)
})

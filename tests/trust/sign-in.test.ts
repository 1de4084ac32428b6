import { tmpdir } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AuditRow } from '../../domain/wire/admin.ts'
import { ensureAdmin } from '../../gateway/trust/first-start.ts'
import { clientOf, ownRoutes, startFixture, type Fixture } from '../http/fixture.ts'

let fixture: Fixture
beforeAll(async () => {
  fixture = await startFixture({ routes: (parts) => ownRoutes(parts, tmpdir()) })
})
afterAll(() => fixture.close())

interface Session {
  token: string
  me: { username: string; mustSetPassword: boolean }
}
const signIn = (body: object) => fixture.anonymous.send<Session>('POST', 'session', body)

test('the first account signs in once by the link, chooses a password, and needs no link after that', async () => {
  const first = await ensureAdmin({ ...fixture, adminPassword: undefined })
  const again = await ensureAdmin({ ...fixture, adminPassword: undefined })
  expect(again.linkToken).not.toBeNull()
  expect((await signIn({ link: first.linkToken })).status, 'an older link').toBe(401)
  const session = await signIn({ link: again.linkToken })
  expect(session).toMatchObject({
    status: 200,
    body: { me: { username: 'admin', role: 'admin', mustSetPassword: true } },
  })
  const cookie = session.headers.get('set-cookie') ?? ''
  expect(cookie).toMatch(/^vigil_session=[\w-]{43}; Path=\/; Max-Age=46800; HttpOnly; SameSite=Strict$/)
  expect((await signIn({ link: again.linkToken })).status, 'the second use').toBe(401)

  const admin = clientOf(fixture.url, session.body.token)
  expect((await admin.send('POST', 'me/password', { password: 'short' })).status).toBe(400)
  expect((await admin.send('POST', 'me/password', { password: 'the-admin-of-all' })).status).toBe(400)
  const set = await admin.send('POST', 'me/password', { password: '长长的密码-2026' })
  expect(set).toMatchObject({ status: 200, body: { mustSetPassword: false } })
  expect((await ensureAdmin({ ...fixture, adminPassword: undefined })).linkToken).toBeNull()
  expect(await ensureAdmin({ ...fixture, adminPassword: 'another-password' })).toEqual({ linkToken: null })
  expect((await signIn({ username: 'admin', password: 'another-password' })).status).toBe(401)
  const second = await signIn({ username: 'admin', password: '长长的密码-2026' })
  expect(second).toMatchObject({ status: 200, body: { me: { mustSetPassword: false } } })

  const change = (current?: string) => admin.send('POST', 'me/password', { password: 'a-newer-password', current })
  expect((await change()).status).toBe(401)
  expect((await change('长长的密码-2026')).status).toBe(200)
  const other = clientOf(fixture.url, second.body.token)
  expect((await other.get('me')).status, 'the other session has ended').toBe(401)
  expect((await admin.get('me')).status).toBe(200)
})

test('a cookie opens what a token opens', async () => {
  const { token } = await fixture.as('supervisor')
  const response = await fetch(`${fixture.url}/api/v1/me`, { headers: { cookie: `a=b; vigil_session=${token}` } })
  expect(await response.json()).toMatchObject({ username: 'supervisor', role: 'supervisor' })
})

test('a disabled account is out at once, and nobody can disable himself', async () => {
  const admin = await fixture.as('admin')
  const made = await admin.send<{ id: string }>('POST', 'users', {
    username: 'lin.wei',
    displayName: '林伟',
    role: 'officer',
    password: 'a-good-password',
  })
  expect(made).toMatchObject({ status: 201, body: { username: 'lin.wei', hasPassword: true } })
  const officer = clientOf(fixture.url, (await signIn({ username: 'lin.wei', password: 'a-good-password' })).body.token)
  expect((await officer.get('me')).status).toBe(200)
  expect((await admin.send('PATCH', `users/${made.body.id}`, { disabled: true })).status).toBe(200)
  expect((await officer.get('me')).status).toBe(401)
  expect((await signIn({ username: 'lin.wei', password: 'a-good-password' })).status).toBe(401)
  const me = await admin.get<{ id: string }>('me')
  expect((await admin.send('PATCH', `users/${me.body.id}`, { disabled: true })).status).toBe(409)
  expect((await admin.send('POST', 'users', { username: 'p', displayName: 'p', role: 'patrol' })).status).toBe(400)
})

test('an account made without a password signs in by its link', async () => {
  const admin = await fixture.as('admin')
  const made = await admin.send<{ id: string }>('POST', 'users', {
    username: 'new',
    displayName: 'n',
    role: 'inspector',
  })
  const link = await admin.send<{ link: string }>('POST', `users/${made.body.id}/link`)
  expect(link.status).toBe(201)
  expect(await signIn({ link: link.body.link })).toMatchObject({ status: 200, body: { me: { mustSetPassword: true } } })
})

test('the inspector sees who signed in, who failed and who changed what', async () => {
  const inspector = await fixture.as('inspector')
  const signIns = await inspector.get<{ items: AuditRow[]; next: string | null }>('audit?action=sign-in&limit=3')
  expect(signIns.body.items).toHaveLength(3)
  expect(signIns.body.next).not.toBeNull()
  const more = await inspector.get<{ items: AuditRow[] }>(`audit?action=sign-in&cursor=${signIns.body.next}`)
  const all = [...signIns.body.items, ...more.body.items]
  expect(all.map((row) => row.n)).toEqual(all.map((row) => row.n).sort((a, b) => b - a))
  expect(all.some((row) => row.outcome === 'refused' && row.actor === 'admin')).toBe(true)
  const text = JSON.stringify((await inspector.get('audit?limit=500')).body)
  expect(text).toContain('set-password')
  expect(text).not.toContain('a-good-password')
  expect((await inspector.get('audit?cursor=abc')).status).toBe(400)
})

test('wrong passwords take as long for accounts that do not exist, and twenty of them must wait', async () => {
  const timeOf = async (username: string) => {
    const startedMs = fixture.clock.monotonicMs()
    const answer = await signIn({ username, password: 'wrong-password' })
    expect(answer).toMatchObject({ status: 401, body: { code: 'wrong-credential' } })
    return fixture.clock.monotonicMs() - startedMs
  }
  const there: number[] = []
  const notThere: number[] = []
  for (let i = 0; i < 4; i++) {
    there.push(await timeOf('admin'))
    notThere.push(await timeOf('nobody-of-this-name'))
  }
  // The quickest of each: what a busy machine adds to the others says nothing about accounts.
  const ratio = Math.min(...there) / Math.min(...notThere)
  expect(ratio).toBeGreaterThan(0.5)
  expect(ratio).toBeLessThan(2)
  const wrong = Array.from({ length: 24 }, () => signIn({ username: 'admin', password: 'wrong-password' }))
  const refused = (await Promise.all(wrong)).find((answer) => answer.status === 429)
  expect(refused).toMatchObject({ status: 429, body: { code: 'too-many-requests' } })
  expect(Number(refused!.headers.get('retry-after'))).toBeGreaterThan(0)
})

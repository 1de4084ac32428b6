import { tmpdir } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { WallLayouts } from '../../domain/wall.ts'
import { ownRoutes, startFixture, type Client, type Fixture } from './fixture.ts'

let fixture: Fixture
let admin: Client

beforeAll(async () => {
  fixture = await startFixture({ routes: (parts) => ownRoutes(parts, tmpdir()) })
  admin = await fixture.as('admin')
})
afterAll(() => fixture.close())

const night: WallLayouts = {
  revision: 0,
  layouts: [{ name: '夜间', tiles: 4, cameraIds: ['cam-1', null, 'cam-2'] }],
  tours: [{ name: '学校', cameraIds: ['cam-1', 'cam-2'], dwellS: 10 }],
  screens: { '1': { tiles: 9, cameraIds: ['cam-2'] } },
}

test('an officer’s walls begin empty, are kept, and are nobody else’s', async () => {
  expect((await admin.get('me/layouts')).body).toEqual({ revision: 0, layouts: [], tours: [], screens: {} })
  const stored = await admin.send<WallLayouts>('PUT', 'me/layouts', night)
  expect(stored).toMatchObject({ status: 200, body: { ...night, revision: 1 } })
  expect((await admin.get('me/layouts')).body).toEqual({ ...night, revision: 1 })
  const other = await fixture.as('officer')
  expect((await other.get<WallLayouts>('me/layouts')).body.layouts).toEqual([])
  expect((await fixture.program.get('me/layouts')).status, 'a program has no wall').toBe(403)
})

test('of two windows that write at once one is told that it has not seen the other’s', async () => {
  const { revision } = (await admin.get<WallLayouts>('me/layouts')).body
  const answers = await Promise.all(
    ['甲', '乙'].map((name) =>
      admin.send<{ code?: string }>('PUT', 'me/layouts', {
        ...night,
        revision,
        layouts: [{ ...night.layouts[0], name }],
      }),
    ),
  )
  expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409])
  expect(answers.find(({ status }) => status === 409)?.body.code).toBe('state-changed')
})

test('what is no wall is refused', async () => {
  const wrong = [
    { ...night, layouts: [{ name: '', tiles: 4, cameraIds: [] }] },
    { ...night, layouts: [{ name: 'x', tiles: 5, cameraIds: [] }] },
    { ...night, screens: { '9': { tiles: 1, cameraIds: [] } } },
    { ...night, tours: [{ name: 'x', cameraIds: ['cam-1'], dwellS: 1 }] },
  ]
  for (const body of wrong) expect((await admin.send('PUT', 'me/layouts', body)).status).toBe(400)
})

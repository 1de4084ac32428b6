import type { Camera } from '../../domain/camera.ts'
import type { Device } from '../../domain/device.ts'
import { checkImport, type FlatThing } from '../../domain/registers/check-import.ts'
import { checkCameraRow, checkDeviceRow } from '../../domain/registers/check-rows.ts'
import { CAMERA_FORMAT, DEVICE_FORMAT } from '../../domain/registers/register-columns.ts'
import type { User } from '../../domain/wire/admin.ts'
import type { CentreSettings } from '../../domain/wire/centre-settings.ts'
import type { BulkAnswer, ImportAnswer } from '../../domain/wire/register.ts'
import { readCsv } from '../../gateway/city/csv-door.ts'
import type { FixtureCentre } from './fixture-centre.ts'
import { ME, SITES } from './fixture-district.ts'

const SETTINGS: CentreSettings = {
  recordDays: 30,
  recordBeforeS: 30,
  recordAfterS: 120,
  recordMaxGb: null,
  testEveryDays: 30,
  slewToCue: true,
  isSimulating: true,
  hasTls: false,
}
const USER = { jurisdiction: '', patrolId: null, disabled: false, hasPassword: true, createdAt: '2026-11-01T00:00:00Z' }

/** Accounts of the made-up centre. */
export function madeUpUsers(): User[] {
  return [
    { ...USER, id: ME.id, username: 'admin', displayName: '管理员', role: 'admin' },
    { ...USER, id: 'u-2', username: 'li', displayName: '李值班', role: 'officer', jurisdiction: '滨海/东' },
    { ...USER, id: 'u-3', username: 'xu', displayName: '许警官', role: 'patrol', patrolId: 'p01', hasPassword: false },
  ]
}

/** What the made-up centre answers about whole registers, its settings and its accounts; undefined: not one of these. */
export function manyAnswerOf(
  centre: FixtureCentre,
  path: string,
  method: string,
  body: Record<string, unknown>,
): unknown {
  const [head = '', id = '', verb = ''] = path.split('/')
  if (path === 'centre-settings') return SETTINGS
  if (head === 'users') return usersAnswerOf(centre, id, verb, method, body)
  if (method === 'POST' && id === 'changes') return change(centre, head, body as never)
  if (method === 'POST' && id === 'import') return take(centre, head, String(body['csv']), body['isWrite'] === true)
  return undefined
}

function change(
  centre: FixtureCentre,
  register: string,
  { ids, patch }: { ids: string[]; patch: Record<string, unknown> },
): BulkAnswer {
  centre.changes.push({ id: register, body: { ids, patch } })
  const rows = ids.map((id): BulkAnswer['rows'][number] => {
    const now = thingOf(centre, register, id)
    if (!now) return { id, outcome: 'not-there' }
    const isSame = Object.entries(patch).every(([member, value]) => now[member] === value)
    if (!isSame) put(centre, register, { ...now, ...patch, id })
    return { id, outcome: isSame ? 'as-it-was' : 'changed' }
  })
  return { act: '01K9FIXTUREACT', rows }
}

function thingOf(centre: FixtureCentre, register: string, id: string): Record<string, unknown> | undefined {
  if (register === 'cameras') return centre.cameras.get(id)
  if (register === 'devices') return centre.devices.get(id)
  return SITES.find((site) => site.id === id)
}

function put(centre: FixtureCentre, register: string, thing: Record<string, unknown> & { id: string }): void {
  if (register === 'cameras') centre.cameras.set(thing.id, thing as unknown as Camera)
  if (register === 'devices') centre.devices.set(thing.id, thing as unknown as Device)
  const kind = register === 'cameras' ? 'camera' : register === 'devices' ? 'device' : 'site'
  centre.put(kind, 'changed', thing, null, 'admin')
}

/** By the very rules of the domain; only the writing is made up. */
function take(centre: FixtureCentre, register: string, csv: string, isWrite: boolean): ImportAnswer {
  const { header, rows } = readCsv(csv, true)
  const isCameras = register === 'cameras'
  const flat = ({ source, ...camera }: Camera): FlatThing => ({
    ...camera,
    source: source.kind,
    address: source.address,
  })
  const known = new Map<string, FlatThing>(
    isCameras
      ? [...centre.cameras.values()].map((camera) => [camera.id, flat(camera)])
      : [...centre.devices.values()].map((device) => [device.id, device as unknown as FlatThing]),
  )
  const plan = checkImport(isCameras ? CAMERA_FORMAT : DEVICE_FORMAT, header, rows, {
    known,
    isTaken: (id) => known.has(id),
    siteIds: new Set(SITES.map(({ id }) => id)),
    mayGive: () => true,
    check: isCameras ? checkCameraRow : checkDeviceRow,
  })
  const written = isWrite && plan.problems.length === 0
  if (written) {
    for (const { id, patch } of plan.changed) put(centre, register, { ...thingOf(centre, register, id), ...patch, id })
  }
  return {
    ...plan,
    added: plan.added.map(({ id }) => id),
    changed: plan.changed.map(({ id, patch }) => ({ id, members: Object.keys(patch) })),
    written,
    act: written ? '01K9FIXTUREACT' : null,
  }
}

function usersAnswerOf(
  centre: FixtureCentre,
  id: string,
  verb: string,
  method: string,
  body: Record<string, unknown>,
): unknown {
  if (method === 'GET') return { items: centre.users, next: null }
  if (verb === 'link') return { link: 'one-time-token', expiresAt: '2026-12-31T00:00:00Z' }
  if (method === 'POST') {
    const added = { ...USER, id: `u-${centre.users.length + 1}`, ...body, hasPassword: 'password' in body } as User
    centre.users = [...centre.users, added]
    return added
  }
  centre.users = centre.users.map((user) => (user.id === id ? { ...user, ...body } : user))
  return centre.users.find((user) => user.id === id)
}

import { createHash, randomBytes } from 'node:crypto'
import { deviceKindSchema, deviceSchema, deviceWriteSchema } from '../../domain/device.ts'
import { idSchema } from '../../domain/scalars.ts'
import { credentialSchema, pageQuerySchema, pageSchema } from '../../domain/wire/http.ts'
import { defineRoute, type Route } from '../http/route.ts'
import { whoOf } from '../live/visibility.ts'
import { thingRows } from '../live/visible-rows.ts'
import { audit, auditBy } from '../trust/audit.ts'
import type { ManyDeps } from './change-many.ts'
import { deviceRegisterRoutes } from './device-register.ts'
import { DEVICE_COLUMNS, readDevice, toDevice, type DeviceRow } from './device-rows.ts'
import { idParamsSchema, type RegistryDeps } from './entity-routes.ts'
import { alreadyThere, notThere, pageOf } from './paging.ts'
import { stayWithin, withMove, type Placed } from './stay-within.ts'

/** 160 random bits in 32 characters that can be read out over a telephone. */
const CREDENTIAL_BYTES = 20
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'

const devicePatchSchema = deviceWriteSchema
  .omit({ id: true, kind: true })
  .extend({ siteId: idSchema.nullable(), spot: deviceSchema.shape.spot, power: deviceSchema.shape.power })
  .extend({ lng: deviceSchema.shape.lng, lat: deviceSchema.shape.lat })
  .partial()

export function deviceRoutes(deps: RegistryDeps & ManyDeps): Route[] {
  const { database, events } = deps
  return [
    ...deviceRegisterRoutes(deps),
    defineRoute({
      method: 'get',
      path: '/devices',
      summary: 'Devices by id; of one kind, of one site',
      action: 'device.list',
      query: pageQuerySchema.extend({ kind: deviceKindSchema.optional(), siteId: idSchema.optional() }),
      answer: pageSchema(deviceSchema),
      handler: async ({ query: { limit, cursor, kind, siteId }, subject }) => {
        const mine = thingRows(whoOf(subject), 'device.body', 5)
        const rows = await database.query<DeviceRow>(
          `select ${DEVICE_COLUMNS} from device
           where ($1::text is null or id > $1) and ($2::text is null or kind = $2)
             and ($3::text is null or body->>'siteId' = $3) and ${mine.where} order by id limit $4`,
          [cursor ?? null, kind ?? null, siteId ?? null, limit + 1, ...mine.params],
        )
        return pageOf(rows, limit, toDevice, (row) => row.id)
      },
    }),
    defineRoute({
      method: 'get',
      path: '/devices/:id',
      summary: 'One device',
      action: 'device.list',
      params: idParamsSchema,
      answer: deviceSchema,
      handler: async ({ params: { id } }) => {
        const row = await readDevice(database, id)
        if (!row) throw notThere('device', id)
        return toDevice(row)
      },
    }),
    defineRoute({
      method: 'post',
      path: '/devices',
      summary: 'Register a device; it can sign in after it has been given a credential',
      action: 'device.write',
      body: deviceWriteSchema,
      answer: deviceSchema,
      status: 201,
      handler: ({ body, subject, actor }) =>
        events.transact(async (tx) => {
          await stayWithin(tx, subject, 'device', null, body)
          const rows = await tx.query<DeviceRow>(
            `insert into device (id, kind, body) values ($1, $2, $3) on conflict do nothing returning ${DEVICE_COLUMNS}`,
            [body.id, body.kind, JSON.stringify(body)],
          )
          if (!rows[0]) throw alreadyThere('device', body.id)
          const device = toDevice(rows[0])
          await audit(tx, auditBy(subject, 'device.write', 'device', body.id, { facts: { verb: 'added' } }))
          await events.append(tx, { kind: 'device', action: 'added', subjectId: body.id, actor, body: device })
          return device
        }),
    }),
    changeRoute(deps),
    removeRoute(deps),
    credentialRoute(deps),
  ]
}

function changeRoute({ events }: RegistryDeps): Route {
  return defineRoute({
    method: 'patch',
    path: '/devices/:id',
    summary: 'Change a device: only the members that are sent',
    action: 'device.write',
    params: idParamsSchema,
    body: devicePatchSchema,
    answer: deviceSchema,
    handler: ({ params: { id }, body, subject, actor }) =>
      events.transact(async (tx) => {
        const [before] = await tx.query<{ body: Placed }>('select body from device where id = $1 for update', [id])
        if (!before) throw notThere('device', id)
        const move = await stayWithin(tx, subject, 'device', before.body, { ...before.body, ...body })
        const rows = await tx.query<DeviceRow>(
          `update device set body = body || $2::jsonb, changed_at = now() where id = $1 returning ${DEVICE_COLUMNS}`,
          [id, JSON.stringify(body)],
        )
        if (!rows[0]) throw notThere('device', id)
        const device = toDevice(rows[0])
        const facts = { verb: 'changed', members: Object.keys(body) }
        await audit(tx, auditBy(subject, 'device.write', 'device', id, { facts }))
        const told = withMove(device, move)
        await events.append(tx, { kind: 'device', action: 'changed', subjectId: id, actor, body: told })
        return device
      }),
  })
}

function removeRoute({ events }: RegistryDeps): Route {
  return defineRoute({
    method: 'delete',
    path: '/devices/:id',
    summary: 'Remove a device; from now on it is a stranger',
    action: 'device.write',
    params: idParamsSchema,
    handler: ({ params: { id }, subject, actor }) =>
      events.transact(async (tx) => {
        if ((await tx.execute('delete from device where id = $1', [id])) === 0) throw notThere('device', id)
        await audit(tx, auditBy(subject, 'device.write', 'device', id, { facts: { verb: 'removed' } }))
        await events.append(tx, { kind: 'device', action: 'removed', subjectId: id, actor, body: { id } })
      }),
  })
}

/** The old credential stops working at once; only the sha256 of the new one is kept. */
function credentialRoute({ events }: RegistryDeps): Route {
  return defineRoute({
    method: 'post',
    path: '/devices/:id/credential',
    summary: 'A new credential for the device’s MQTT sign-in, shown this once',
    action: 'device.credential',
    params: idParamsSchema,
    answer: credentialSchema,
    status: 201,
    handler: ({ params: { id }, subject, actor }) => {
      const password = base32(randomBytes(CREDENTIAL_BYTES))
      return events.transact(async (tx) => {
        const rows = await tx.query<DeviceRow>(
          `update device set credential_hash = $2, credential_at = now(), changed_at = now()
           where id = $1 returning ${DEVICE_COLUMNS}`,
          [id, createHash('sha256').update(password).digest()],
        )
        if (!rows[0]) throw notThere('device', id)
        await audit(tx, auditBy(subject, 'device.credential', 'device', id))
        await events.append(tx, {
          kind: 'device',
          action: 'credential-issued',
          subjectId: id,
          actor,
          body: toDevice(rows[0]),
        })
        return { username: id, password }
      })
    },
  })
}

function base32(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let value = 0
  for (const byte of bytes) {
    value = (value << 8) | byte
    bits += 8
    for (; bits >= 5; bits -= 5) text += BASE32[(value >>> (bits - 5)) & 31]
    value &= (1 << bits) - 1
  }
  return text
}

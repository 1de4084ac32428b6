import { deviceWriteSchema, type Device } from '../../domain/device.ts'
import { Fault } from '../../domain/fault.ts'
import type { FlatThing, ReadRow } from '../../domain/registers/check-import.ts'
import { checkDeviceRow } from '../../domain/registers/check-rows.ts'
import { DEVICE_FORMAT } from '../../domain/registers/register-columns.ts'
import { deviceBulkPatchSchema } from '../../domain/wire/register.ts'
import type { Route } from '../http/route.ts'
import { whoOf } from '../live/visibility.ts'
import { thingRows } from '../live/visible-rows.ts'
import type { Tx } from '../store/database.ts'
import { auditBy, auditMany } from '../trust/audit.ts'
import type { Act, ManyDeps } from './change-many.ts'
import { DEVICE_COLUMNS, toDevice, type DeviceRow } from './device-rows.ts'
import type { RegistryDeps } from './entity-routes.ts'
import type { ImportedRegister } from './import-register.ts'
import { bulkRoute, exportRoute, importRoute } from './many-routes.ts'
import { DEVICE_KIND } from './register-kinds.ts'

/** The register of devices as a whole: many changed at once, taken in from a file, given out as one. */
export function deviceRegisterRoutes(deps: RegistryDeps & ManyDeps): Route[] {
  const { database, events } = deps
  const register: ImportedRegister<Device> = {
    kind: DEVICE_KIND,
    format: DEVICE_FORMAT,
    flat: (device) => device as unknown as FlatThing,
    check: checkDeviceRow,
    add: async (tx, rows, act) => {
      const devices = await insertDevices(tx, rows, act)
      await events.appendAll(
        tx,
        devices.map((device) => ({
          kind: 'device',
          action: 'added',
          subjectId: device.id,
          actor: act.actor,
          body: device,
        })),
      )
    },
  }
  return [
    exportRoute('devices', '/devices', 'device.list', DEVICE_FORMAT, async (subject) => {
      const mine = thingRows(whoOf(subject), 'device.body', 1)
      const rows = await database.query<DeviceRow>(
        `select ${DEVICE_COLUMNS} from device where ${mine.where} order by id`,
        mine.params,
      )
      return rows.map(toDevice).map((device) => ({
        flat: device as unknown as FlatThing,
        told: [
          device.state,
          device.lastSeenAt,
          device.batteryPct,
          device.testedAt,
          device.hasCredential ? 'yes' : 'no',
        ],
      }))
    }),
    bulkRoute(DEVICE_KIND, '/devices', deviceBulkPatchSchema, deps),
    importRoute(register, '/devices', deps),
  ]
}

async function insertDevices(tx: Tx, rows: readonly ReadRow[], { act, subject }: Act): Promise<Device[]> {
  const bodies = rows.map(({ values }) => deviceWriteSchema.parse(values))
  const added = await tx.query<DeviceRow>(
    `insert into device (id, kind, body) select b->>'id', b->>'kind', b from unnest($1::jsonb[]) as b
     on conflict do nothing returning ${DEVICE_COLUMNS}`,
    [bodies.map((body) => JSON.stringify(body))],
  )
  // The ids were free a moment ago; somebody who has added one of them in between has won the whole file.
  if (added.length < rows.length) throw new Fault('state-changed', 'A device of this file was added meanwhile.')
  const facts = { verb: 'added', act, things: added.length }
  await auditMany(
    tx,
    auditBy(subject, 'device.write', 'device', null, { facts }),
    added.map(({ id }) => id),
  )
  return added.map(toDevice)
}

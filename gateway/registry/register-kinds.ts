import type { Camera } from '../../domain/camera.ts'
import type { Device } from '../../domain/device.ts'
import type { Site } from '../../domain/site.ts'
import { toCamera, type CameraRow } from '../cameras/camera-row.ts'
import type { VisibleRows } from '../live/visible-rows.ts'
import type { Queryable, Tx } from '../store/database.ts'
import type { Action } from '../trust/policy.ts'
import { DEVICE_COLUMNS, toDevice, type DeviceRow } from './device-rows.ts'
import type { Placed } from './stay-within.ts'

export interface Patch {
  id: string
  patch: Readonly<Record<string, unknown>>
}

export type Thing = Placed & { id: string }

/** A register whose things can be changed many at a time. */
export interface RegisterKind<T extends Thing> {
  table: 'camera' | 'device' | 'site'
  writeAction: Action
  /** Those of `ids` that there are, locked until the transaction ends, in the order of their ids. Price: one index look-up each. */
  lock(tx: Tx, ids: readonly string[], mine: VisibleRows): Promise<T[]>
  /** One statement for any number. @returns the things as they are now */
  write(tx: Tx, patches: readonly Patch[]): Promise<T[]>
}

/** `$1` is the list of ids; placeholders of `mine` begin at `$2`. The order keeps two acts from waiting for each other. */
const lockSql = (table: string, columns: string, mine: VisibleRows) =>
  `select ${columns} from ${table} where id = any($1::text[]) and ${mine.where} order by id for update`
const PATCHES = 'unnest($1::text[], $2::jsonb[]) as patched(which, patch)'
const patchParams = (patches: readonly Patch[]) => [
  patches.map(({ id }) => id),
  patches.map(({ patch }) => JSON.stringify(patch)),
]

export const CAMERA_KIND: RegisterKind<Camera> = {
  table: 'camera',
  writeAction: 'camera.write',
  lock: async (tx, ids, mine) => {
    const rows = await tx.query<CameraRow>(lockSql('camera', '*', mine), [ids, ...mine.params])
    return rows.map(toCamera)
  },
  write: async (tx, patches) => {
    const rows = await tx.query<CameraRow>(
      `update camera set body = body || (patch - 'enabled'), enabled = coalesce((patch->>'enabled')::boolean, enabled),
         changed_at = now() from ${PATCHES} where id = which returning camera.*`,
      patchParams(patches),
    )
    return rows.map(toCamera)
  },
}

export const DEVICE_KIND: RegisterKind<Device> = {
  table: 'device',
  writeAction: 'device.write',
  lock: async (tx, ids, mine) => {
    const rows = await tx.query<DeviceRow>(lockSql('device', DEVICE_COLUMNS, mine), [ids, ...mine.params])
    return rows.map(toDevice)
  },
  write: async (tx, patches) => {
    const rows = await tx.query<DeviceRow>(
      `update device set body = body || patch, changed_at = now() from ${PATCHES} where id = which
       returning ${DEVICE_COLUMNS}`,
      patchParams(patches),
    )
    return rows.map(toDevice)
  },
}

export const SITE_KIND: RegisterKind<Site> = {
  table: 'site',
  writeAction: 'site.write',
  lock: async (tx, ids, mine) => {
    const rows = await tx.query<{ body: Site }>(lockSql('site', 'body', mine), [ids, ...mine.params])
    return rows.map(({ body }) => body)
  },
  write: async (tx, patches) => {
    const rows = await tx.query<{ body: Site }>(
      `update site set body = body || patch from ${PATCHES} where id = which returning body`,
      patchParams(patches),
    )
    return rows.map(({ body }) => body)
  },
}

/** Sites that who asks may see: only such a one can be given to a camera or a device. */
export async function visibleSiteIds(tx: Queryable, mine: VisibleRows): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }>(`select id from site where ${mine.where}`, mine.params)
  return new Set(rows.map(({ id }) => id))
}

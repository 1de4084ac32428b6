import { cameraWriteSchema, type Camera } from '../../domain/camera.ts'
import { Fault } from '../../domain/fault.ts'
import type { FlatThing, ReadRow } from '../../domain/registers/check-import.ts'
import { checkCameraRow } from '../../domain/registers/check-rows.ts'
import { CAMERA_FORMAT } from '../../domain/registers/register-columns.ts'
import { cameraBulkPatchSchema, type ImportProblemCode } from '../../domain/wire/register.ts'
import type { Route } from '../http/route.ts'
import { whoOf } from '../live/visibility.ts'
import { thingRows } from '../live/visible-rows.ts'
import type { Act, ManyDeps } from '../registry/change-many.ts'
import type { ImportedRegister, Looked } from '../registry/import-register.ts'
import { bulkRoute, exportRoute, importRoute } from '../registry/many-routes.ts'
import { CAMERA_KIND } from '../registry/register-kinds.ts'
import type { Database, Tx } from '../store/database.ts'
import { auditBy, auditMany } from '../trust/audit.ts'
import type { AllowedAddresses } from './allowed-address.ts'
import { insertCameras, toCamera, type CameraRow, type NewCamera } from './camera-row.ts'
import { addressAt, readRtspSource } from './rtsp-source.ts'
import type { StoreDeps } from './store-camera.ts'
import type { StreamerFleet } from './streamer-fleet.ts'

export interface CameraRegisterDeps extends StoreDeps, ManyDeps {
  database: Database
  fleet: Pick<StreamerFleet, 'reload'>
  allowed: AllowedAddresses
}

/** Name servers that are asked at once for the addresses of a file. */
const LOOKS_AT_ONCE = 32

/** The register of cameras as a whole. What a file adds is stored without being tried; its state tells a minute later what is wrong. */
export function cameraRegisterRoutes(deps: CameraRegisterDeps): Route[] {
  const { database, fleet } = deps
  const withReload = { ...deps, onChanged: () => fleet.reload() }
  return [
    exportRoute('cameras', '/cameras', 'camera.list', CAMERA_FORMAT, async (subject) => {
      const mine = thingRows(whoOf(subject), 'camera.body', 1)
      const rows = await database.query<CameraRow>(`select * from camera where ${mine.where} order by id`, mine.params)
      return rows.map(toCamera).map((camera) => ({
        flat: flatCamera(camera),
        told: [
          camera.state,
          camera.stateAt,
          camera.widthPx === null ? null : `${camera.widthPx}x${camera.heightPx} ${camera.codec ?? ''}`.trim(),
          camera.ptz ? 'yes' : 'no',
        ],
      }))
    }),
    bulkRoute(CAMERA_KIND, '/cameras', cameraBulkPatchSchema, withReload),
    importRoute(cameraRegister(deps), '/cameras', withReload),
  ]
}

function cameraRegister(deps: CameraRegisterDeps): ImportedRegister<Camera> {
  return {
    kind: CAMERA_KIND,
    format: CAMERA_FORMAT,
    flat: flatCamera,
    check: checkCameraRow,
    look: (rows) => lookAtAddresses(rows, deps.allowed),
    add: (tx, rows, act, looked) => addCameras(tx, rows, act, looked, deps),
  }
}

function flatCamera({ source, ...camera }: Camera): FlatThing {
  return { ...camera, source: source.kind, address: source.address }
}

/** Where cameras may live, for every row that names an RTSP address; those that cannot be read are the row's own problem. */
async function lookAtAddresses(
  rows: readonly Readonly<Record<string, string>>[],
  allowed: AllowedAddresses,
): Promise<Looked> {
  const problems = new Map<string, ImportProblemCode>()
  const addresses = new Map<string, string>()
  const asked = new Map<string, Promise<string>>()
  const look = async ({ id = '', address = '' }: Readonly<Record<string, string>>) => {
    if (!/^rtsps?:\/\//i.test(address)) return
    try {
      const source = readRtspSource(address)
      const { host, port } = source
      const key = `${host} ${port}`
      const ip = asked.get(key) ?? allowed.resolve(host, port)
      asked.set(key, ip)
      addresses.set(id, addressAt(source, await ip))
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      problems.set(id, error.code === 'bad-request' ? 'bad-address' : 'address-not-allowed')
    }
  }
  for (let i = 0; i < rows.length; i += LOOKS_AT_ONCE) await Promise.all(rows.slice(i, i + LOOKS_AT_ONCE).map(look))
  return { problems, addresses }
}

async function addCameras(
  tx: Tx,
  rows: readonly ReadRow[],
  { act, subject, actor }: Act,
  { addresses }: Looked,
  { box, events }: CameraRegisterDeps,
): Promise<void> {
  const inserted = await insertCameras(
    tx,
    box,
    rows.map((row) => newCamera(row, addresses.get(row.id) ?? null)),
  )
  // The ids were free a moment ago; somebody who has added one of them in between has won the whole file.
  if (inserted.length < rows.length) throw new Fault('state-changed', 'A camera of this file was added meanwhile.')
  const cameras = inserted.map(toCamera)
  const facts = { verb: 'added', act, things: cameras.length }
  await auditMany(
    tx,
    auditBy(subject, 'camera.write', 'camera', null, { facts }),
    cameras.map(({ id }) => id),
  )
  await events.appendAll(
    tx,
    cameras.map((body) => ({ kind: 'camera', action: 'added', subjectId: body.id, actor, body })),
  )
}

/** @param streamAddress as it was looked at; null: nobody has */
function newCamera({ id, values }: ReadRow, streamAddress: string | null): NewCamera {
  const { source: kind = 'rtsp', address = '', username, password, enabled = true, ...typed } = values
  const isPush = kind === 'push'
  const source = isPush ? { kind: 'push' } : { kind: 'rtsp', url: address }
  const { source: _source, id: _id, ...written } = cameraWriteSchema.parse({ ...typed, source })
  const plain = isPush ? null : readRtspSource(String(address)).address
  if (!isPush && streamAddress === null) throw new Error(`the address of camera ${id} has not been looked at`)
  const hasLogin = typeof username === 'string'
  return {
    id,
    body: {
      ...written,
      source: { kind: isPush ? 'push' : 'rtsp', address: plain ?? '', username: hasLogin ? username : null },
      onvif: null,
    },
    enabled: enabled === true,
    credential: hasLogin ? { username, password: typeof password === 'string' ? password : '' } : null,
    streamAddress: isPush ? null : streamAddress,
    snapshotAddress: null,
    ptz: false,
    mainAddress: null,
  }
}

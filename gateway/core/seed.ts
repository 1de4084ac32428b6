import type { CityCamera } from '../../domain/city/city.ts'
import type { Log } from '../../domain/log.ts'
import type { CityPlaces } from '../city/known-city.ts'
import { insertCameras, type CameraCredential, type NewCamera, type OnvifPlace } from '../cameras/camera-row.ts'
import type { Database, Queryable, Tx } from '../store/database.ts'
import type { SecretBox } from '../trust/secret-box.ts'

/** Where the simulated cameras listen; a city folder names them `{sim-rtsp}` and `{sim-onvif}`. */
export interface SimulatedCameras {
  rtspPort: number
  onvifPort: number
  /** User `vigil`; none: the folder's simulated cameras are added without a credential. */
  password: string | undefined
}

const SIM_USERNAME = 'vigil'
const SEEDED = 'seeded'

/** Whether a first start has taken the city in. */
export async function isSeeded(database: Queryable): Promise<boolean> {
  return (await database.query('select key from setting where key = $1', [SEEDED])).length > 0
}

/**
 * First start: the city folder becomes rows. Later starts leave everything as people have changed it, except the ports of the
 * simulated cameras, which are a setting. In one transaction: a crash in between begins again.
 * @returns true when it was the first start
 */
export async function seedCity(
  database: Database,
  city: CityPlaces,
  box: SecretBox,
  simulated: SimulatedCameras,
  log: Log,
): Promise<boolean> {
  return await database.tx(async (tx) => {
    await tx.execute('select pg_advisory_xact_lock(741852963)')
    if (await isSeeded(tx)) {
      await moveSimulatedCameras(tx, city.cameras, simulated)
      return false
    }
    await insertBodies(tx, 'site', city.sites)
    await insertBodies(tx, 'zone', city.zones)
    await insertBodies(tx, 'patrol', city.patrols)
    await insertDevices(tx, city)
    await insertVehicles(tx, city)
    await insertCameras(
      tx,
      box,
      city.cameras.map((camera) => toNewCamera(camera, simulated)),
    )
    await tx.execute('insert into setting (key, value) values ($1, $2)', [SEEDED, JSON.stringify({ city: city.name })])
    log.info('the city has been taken in', {
      city: city.name,
      sites: city.sites.length,
      zones: city.zones.length,
      devices: city.devices.length,
      cameras: city.cameras.length,
      patrols: city.patrols.length,
      vehicles: city.vehicles.length,
    })
    return true
  })
}

async function insertBodies(
  tx: Tx,
  table: 'site' | 'zone' | 'patrol',
  entities: readonly { id: string }[],
): Promise<void> {
  await tx.execute(
    `insert into ${table} (id, body) select b->>'id', b from unnest($1::jsonb[]) as b on conflict (id) do nothing`,
    [entities.map((entity) => JSON.stringify(entity))],
  )
}

async function insertDevices(tx: Tx, city: CityPlaces): Promise<void> {
  await tx.execute(
    `insert into device (id, kind, body) select b->>'id', b->>'kind', b from unnest($1::jsonb[]) as b
     on conflict (id) do nothing`,
    [city.devices.map((device) => JSON.stringify(device))],
  )
}

async function insertVehicles(tx: Tx, city: CityPlaces): Promise<void> {
  await tx.execute(
    `insert into vehicle (id, kind, body) select v->>'id', v->>'kind', v from unnest($1::jsonb[]) as v
     on conflict (id) do nothing`,
    [city.vehicles.map((vehicle) => JSON.stringify(vehicle))],
  )
}

/** A camera of the folder as a row. Only simulated ones have a credential here; of real ones an installer types it. */
function toNewCamera(camera: CityCamera, simulated: SimulatedCameras): NewCamera {
  const { id, name, siteId, lng, lat, bearingDeg, fovDeg, rangeM, warm, audio, ptz, jurisdiction } = camera
  const credential: CameraCredential | null =
    isSimulated(camera) && simulated.password ? { username: SIM_USERNAME, password: simulated.password } : null
  const address = placed(camera.source.address, simulated)
  const onvif = camera.onvif === null ? null : onvifPlace(placed(camera.onvif, simulated))
  return {
    id,
    body: {
      name,
      siteId,
      lng,
      lat,
      bearingDeg,
      fovDeg,
      rangeM,
      warm,
      audio,
      jurisdiction,
      source: { kind: camera.source.kind, address, username: credential?.username ?? null },
      onvif,
    },
    enabled: true,
    credential,
    streamAddress: camera.source.kind === 'rtsp' ? address : null,
    snapshotAddress: null,
    mainAddress: camera.mainAddress === null ? null : placed(camera.mainAddress, simulated),
    ptz: ptz && onvif !== null,
  }
}

/** The simulator's ports may be others at this start. */
async function moveSimulatedCameras(
  tx: Tx,
  cameras: readonly CityCamera[],
  simulated: SimulatedCameras,
): Promise<void> {
  for (const camera of cameras) {
    if (!isSimulated(camera)) continue
    const address = placed(camera.source.address, simulated)
    const onvif = camera.onvif === null ? null : onvifPlace(placed(camera.onvif, simulated))
    const main = camera.mainAddress === null ? null : placed(camera.mainAddress, simulated)
    // Only where it still is a simulated one: somebody may have put a real camera in its place.
    const pattern = camera.source.address.replace('{sim-rtsp}', '127.0.0.1:%').replace('{sim-onvif}', '127.0.0.1:%')
    await tx.execute(
      `update camera set stream_address = $2, main_address = $5, changed_at = now(),
              body = jsonb_set(jsonb_set(body, '{source,address}', to_jsonb($2::text)), '{onvif}', coalesce($3::jsonb, 'null'))
        where id = $1 and stream_address like $4 and (stream_address <> $2 or main_address is distinct from $5)`,
      [camera.id, address, onvif === null ? null : JSON.stringify(onvif), pattern, main],
    )
  }
}

function isSimulated(camera: CityCamera): boolean {
  return /\{sim-(rtsp|onvif)\}/.test(`${camera.source.address} ${camera.onvif ?? ''}`)
}

function placed(address: string, { rtspPort, onvifPort }: SimulatedCameras): string {
  return address.replace('{sim-rtsp}', `127.0.0.1:${rtspPort}`).replace('{sim-onvif}', `127.0.0.1:${onvifPort}`)
}

/** `http://host:port/path` of an ONVIF device service; null when it is not an address. */
function onvifPlace(address: string): OnvifPlace | null {
  if (!URL.canParse(address)) return null
  const url = new URL(address)
  return { host: url.hostname, port: Number(url.port || 80), path: url.pathname, profileToken: null }
}

import type { CameraWrite } from '../../domain/camera.ts'
import type { Clock } from '../../domain/clock.ts'
import { Fault } from '../../domain/fault.ts'
import type { OnvifDoor, OnvifTarget } from '../../devices/camera/onvif-door.ts'
import type { AllowedAddresses } from './allowed-address.ts'
import type { CameraBody, CameraCredential, OnvifPlace } from './camera-row.ts'
import { addressAt, readRtspSource } from './rtsp-source.ts'
import { probeStream, type ProbedStream } from './worker-client.ts'

/** What an installer waits for at most is 6 s (issue: "each its own clear message within 6 s"); half a second is for the rest. */
const EXAMINE_MS = 5_500
/** Also after a slow ONVIF answer the stream gets a fair chance. */
const PROBE_MS_MIN = 500

export interface ExamineDeps {
  allowed: AllowedAddresses
  onvif: OnvifDoor
  clock: Clock
  internalToken: string
  /** Base URL of a live streamer worker; null when none lives. */
  worker: () => string | null
  /** The simulated cameras are added without typing the password that this start has given them; null when nothing is simulated. */
  simulated?: { ports: readonly number[]; credential: CameraCredential } | null
}

/** What is known about a camera's source after it has been looked at; everything in it has been checked. */
export interface ExaminedSource {
  source: CameraBody['source']
  credential: CameraCredential | null
  streamAddress: string | null
  snapshotAddress: string | null
  mainAddress: string | null
  onvif: OnvifPlace | null
  ptz: boolean
  stream: ProbedStream | null
}

/** Nothing to look at: it has no address before its key is issued. */
const PUSHED: ExaminedSource = {
  source: { kind: 'push', address: '', username: null },
  credential: null,
  streamAddress: null,
  snapshotAddress: null,
  mainAddress: null,
  onvif: null,
  ptz: false,
  stream: null,
}

/**
 * Looks at a camera before it is stored: address allowed, ONVIF answered, stream opened by a streamer worker.
 * @param kept the stored credential, used where none was typed
 * @param isForced store it although it does not answer now (it is being mounted); an address that is not allowed stays refused
 * @throws Fault: `bad-request`, `not-allowed-address`, `camera-…`, `streamer-away`
 */
export async function examineSource(
  written: CameraWrite['source'],
  kept: CameraCredential | null,
  isForced: boolean,
  deps: ExamineDeps,
): Promise<ExaminedSource> {
  if (written.kind === 'push') return PUSHED
  const endMs = deps.clock.monotonicMs() + EXAMINE_MS
  const found =
    written.kind === 'rtsp' ? await atRtsp(written, kept, deps) : await byOnvif(written, kept, isForced, deps)
  if (found.streamAddress === null) return found
  try {
    const baseUrl = deps.worker()
    if (baseUrl === null) throw new Fault('streamer-away', 'No streamer runs that could check this camera.')
    const leftMs = Math.max(PROBE_MS_MIN, Math.round(endMs - deps.clock.monotonicMs()))
    const worker = { baseUrl, internalToken: deps.internalToken }
    const certificate = found.source.certificateSha256 ?? null
    return { ...found, stream: await probeStream(worker, found.streamAddress, found.credential, certificate, leftMs) }
  } catch (error) {
    if (isForced && isAboutTheCamera(error)) return found
    throw error
  }
}

async function atRtsp(
  written: Extract<CameraWrite['source'], { kind: 'rtsp' }>,
  kept: CameraCredential | null,
  deps: ExamineDeps,
): Promise<ExaminedSource> {
  const { allowed } = deps
  const read = readRtspSource(written.url)
  const ip = await allowed.resolve(read.host, read.port)
  const credential =
    typedCredential(written, kept) ?? read.credential ?? kept ?? simulatedCredential(ip, read.port, deps)
  const main = written.mainUrl === undefined ? null : readRtspSource(written.mainUrl)
  return {
    source: {
      kind: 'rtsp',
      address: read.address,
      username: credential?.username ?? null,
      certificateSha256: written.certificateSha256?.replaceAll(':', '').toLowerCase() ?? null,
      mainAddress: main?.address ?? null,
    },
    credential,
    streamAddress: addressAt(read, ip),
    snapshotAddress: null,
    mainAddress: main && addressAt(main, await allowed.resolve(main.host, main.port)),
    onvif: null,
    ptz: false,
    stream: null,
  }
}

async function byOnvif(
  written: Extract<CameraWrite['source'], { kind: 'onvif' }>,
  kept: CameraCredential | null,
  isForced: boolean,
  deps: ExamineDeps,
): Promise<ExaminedSource> {
  const { host, port } = written
  const path = written.path.startsWith('/') ? written.path : `/${written.path}`
  if (!/^[A-Za-z0-9._:[\]-]+$/.test(host) || /\s/.test(path)) {
    throw new Fault('bad-request', `"${host}" is not a host.`)
  }
  const ip = await deps.allowed.resolve(host, port)
  const credential = typedCredential(written, kept) ?? kept ?? simulatedCredential(ip, port, deps)
  const { username = null, password = null } = credential ?? {}
  const target = { host: ip, port, path, username, password }
  const empty: ExaminedSource = {
    source: { kind: 'onvif', address: `http://${host}:${port}${path}`, username: credential?.username ?? null },
    credential,
    streamAddress: null,
    snapshotAddress: null,
    mainAddress: null,
    onvif: { host, port, path, profileToken: null },
    ptz: false,
    stream: null,
  }
  try {
    const camera = await deps.onvif.describe(target)
    return {
      ...empty,
      streamAddress: await toldStream(camera.streamUri, ip, deps.allowed),
      snapshotAddress: await toldSnapshot(camera.snapshotUri, ip, deps.allowed),
      mainAddress: camera.mainUri === camera.streamUri ? null : await toldMain(camera.mainUri, ip, deps.allowed),
      onvif: { host, port, path, profileToken: camera.profile.token },
      ptz: camera.hasPtz,
    }
  } catch (error) {
    if (isForced && isAboutTheCamera(error)) return empty
    throw error
  }
}

/**
 * What a camera tells of itself is looked for at the host that was asked, whatever host it names: its login must not go to another
 * machine, and one behind a translator names an address that only it can reach. Port and path are as it told them.
 * @param ip of its ONVIF service
 * @throws Fault `not-allowed-address` for a port that is not for cameras; `bad-request` for what is no address of a stream
 */
async function toldStream(uri: string, ip: string, allowed: AllowedAddresses): Promise<string> {
  const told = readRtspSource(uri)
  return addressAt(told, await allowed.resolve(ip, told.port))
}

/** A larger stream is an extra: a camera that names nonsense for it still has its smaller one. */
async function toldMain(uri: string | null, ip: string, allowed: AllowedAddresses): Promise<string | null> {
  try {
    return uri === null ? null : await toldStream(uri, ip, allowed)
  } catch (error) {
    if (error instanceof Fault) return null
    throw error
  }
}

/** @throws Fault `not-allowed-address`, `camera-unreachable` */
export async function onvifTarget(
  place: Pick<OnvifPlace, 'host' | 'port' | 'path'>,
  credential: CameraCredential | null,
  allowed: AllowedAddresses,
): Promise<OnvifTarget> {
  return {
    host: await allowed.resolve(place.host, place.port),
    port: place.port,
    path: place.path,
    username: credential?.username ?? null,
    password: credential?.password ?? null,
  }
}

/** The address of stills that the camera has told, at the host that was asked, as for its stream; null for what is not HTTP. */
export async function toldSnapshot(uri: string | null, ip: string, allowed: AllowedAddresses): Promise<string | null> {
  if (uri === null || !URL.canParse(uri)) return null
  const url = new URL(uri)
  if (url.protocol !== 'http:') return null
  try {
    await allowed.resolve(ip, Number(url.port || 80))
    url.username = ''
    url.password = ''
    url.hostname = ip.includes(':') ? `[${ip}]` : ip
    return url.href
  } catch (error) {
    // Stills are an extra: a camera that names a port that is not for cameras still has its stream.
    if (error instanceof Fault) return null
    throw error
  }
}

function simulatedCredential(ip: string, port: number, { simulated }: ExamineDeps): CameraCredential | null {
  return simulated && ip === '127.0.0.1' && simulated.ports.includes(port) ? simulated.credential : null
}

/** A user name alone is the kept login, when it is that user's. */
function typedCredential(
  { username, password }: { username?: string; password?: string },
  kept: CameraCredential | null,
): CameraCredential | null {
  if (username === undefined || username === '') return null
  if (password === undefined && kept?.username === username) return kept
  return { username, password: password ?? '' }
}

/** Faults that pass when the camera or a streamer comes back. */
function isAboutTheCamera(error: unknown): boolean {
  return error instanceof Fault && (error.code.startsWith('camera-') || error.code === 'streamer-away')
}

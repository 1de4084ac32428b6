import { Agent } from 'node:http'
import type { Socket } from 'node:net'
import onvif from 'onvif'
import { Fault, reasonOf } from '../../domain/fault.ts'
import { silentLog, type Log } from '../../domain/log.ts'
import { chooseProfile, readProfiles, type OnvifProfile } from './onvif-profiles.ts'
import { RECEIVE_BUFFER_BYTES } from './ws-discovery.ts'

/** All calls of one question together; a camera that needs longer is as good as silent. */
export const ONVIF_DEADLINE_MS = 5_000
/** A camera's whole answer to GetProfiles is 20–60 KB; a stranger's endless one must not fill the memory. */
const ANSWER_BYTES_MAX = 1024 * 1024
const WATCH_MS = 50

/** Where to ask. `host` is an address that has been checked, never a name. */
export interface OnvifTarget {
  host: string
  port: number
  path: string
  username: string | null
  password: string | null
}

/** What a camera has told about itself. Addresses are as it told them: check them before use. */
export interface OnvifCamera {
  profiles: OnvifProfile[]
  /** The one for the wall: the smallest H.264 that is still a picture. */
  profile: OnvifProfile
  streamUri: string
  snapshotUri: string | null
  hasPtz: boolean
}

export type PtzMove = { pan: number; tilt: number; zoom: number; durationMs: number }

/** The one door to `onvif`. Every question has one deadline over all its calls; questions to one camera wait for each other. */
export interface OnvifDoor {
  /** @throws Fault `camera-unreachable`, `camera-refused-login`, `camera-not-a-camera`, `camera-silent`, `camera-has-no-video` */
  describe(target: OnvifTarget): Promise<OnvifCamera>
  /** The camera is told the duration, and told to stop after it as well: some do not know the time-out. */
  move(target: OnvifTarget, profileToken: string, move: PtzMove): Promise<void>
  stop(target: OnvifTarget, profileToken: string): Promise<void>
  gotoPreset(target: OnvifTarget, profileToken: string, preset: string): Promise<void>
  gotoHome(target: OnvifTarget, profileToken: string): Promise<void>
  /** WS-Discovery by multicast: the raw answers of everybody who answers in time, hostile ones included. */
  search(timeoutMs: number): Promise<string[]>
}

type Cam = InstanceType<typeof onvif.Cam>
type Callback = (error: Error | null, answer?: unknown) => void
type Ask = <T>(call: (camera: Cam, callback: Callback) => void) => Promise<T>

export function createOnvifDoor(log: Log = silentLog): OnvifDoor {
  const queues = new Map<string, Promise<unknown>>()
  // Unreadable answers of strangers, a network without multicast; without a listener they would end the program.
  onvif.Discovery.on('error', (error: unknown) => log.debug('a search met an error', { reason: reasonOf(error) }))

  /** One after another per camera, so that a stop never overtakes its move. */
  function inTurn<T>(target: OnvifTarget, work: (ask: Ask) => Promise<T>): Promise<T> {
    const key = `${target.host}:${target.port}${target.path}`
    const before = queues.get(key) ?? Promise.resolve()
    const turn = before.then(
      () => question(target, work),
      () => question(target, work),
    )
    queues.set(key, turn)
    const leave = () => {
      if (queues.get(key) === turn) queues.delete(key)
    }
    turn.then(leave, leave)
    return turn
  }

  /** A camera that speaks ONVIF and refuses (no such preset, no motor) is not a stranger. */
  async function turning(target: OnvifTarget, work: (ask: Ask) => Promise<void>): Promise<void> {
    try {
      await inTurn(target, work)
    } catch (error) {
      const said = error instanceof Fault ? error.facts['soapFault'] : undefined
      if (typeof said !== 'string') throw error
      throw new Fault('ptz-not-there', `The camera refuses this: ${said}`, {}, error)
    }
  }

  return {
    describe: (target) =>
      inTurn(target, async (ask) => {
        await prepare(ask)
        const profiles = readProfiles(await ask((camera, done) => camera.getProfiles(done)))
        const profile = chooseProfile(profiles)
        if (!profile) throw new Fault('camera-has-no-video', 'The camera has no H.264 video profile.')
        const profileToken = profile.token
        const stream = await ask<{ uri?: unknown }>((camera, done) =>
          camera.getStreamUri({ protocol: 'RTSP', profileToken }, done),
        )
        if (typeof stream.uri !== 'string' || stream.uri === '') {
          throw new Fault('camera-has-no-video', 'The camera named no address for its stream.')
        }
        // Optional in the standard; many cameras answer with a fault.
        const snapshot = await ask<{ uri?: unknown } | null>((camera, done) =>
          camera.getSnapshotUri({ profileToken }, (_error, answer) => done(null, answer ?? null)),
        )
        const snapshotUri = typeof snapshot?.uri === 'string' && snapshot.uri !== '' ? snapshot.uri : null
        return { profiles, profile, streamUri: stream.uri, snapshotUri, hasPtz: profile.hasPtz }
      }),
    move: (target, profileToken, { pan, tilt, zoom, durationMs }) =>
      turning(target, async (ask) => {
        await prepare(ask)
        await ask((camera, done) =>
          camera.continuousMove({ profileToken, x: pan, y: tilt, zoom, timeout: durationMs }, done),
        )
      }),
    stop: (target, profileToken) =>
      turning(target, async (ask) => {
        await prepare(ask)
        await ask((camera, done) => camera.stop({ profileToken, panTilt: true, zoom: true }, done))
      }),
    gotoPreset: (target, profileToken, preset) =>
      turning(target, async (ask) => {
        await prepare(ask)
        await ask((camera, done) => camera.gotoPreset({ profileToken, preset: xmlText(preset) }, done))
      }),
    gotoHome: (target, profileToken) =>
      turning(target, async (ask) => {
        await prepare(ask)
        await ask((camera, done) => camera.gotoHomePosition({ profileToken }, done))
      }),
    search: searchNetwork,
  }
}

/** Answers kept of one search; a network with more cameras is searched again, by its parts. */
const ANSWERS_MAX = 2_000
const ANSWER_XML_MAX = 64 * 1024

let searching: Promise<string[]> | null = null

/** The library has one search for all: who asks while one runs gets its answers. */
function searchNetwork(timeoutMs: number): Promise<string[]> {
  searching ??= new Promise<string[]>((resolve) => {
    const answers: string[] = []
    const onDevice = (_camera: unknown, _remote: unknown, xml: string) => {
      if (answers.length < ANSWERS_MAX && xml.length <= ANSWER_XML_MAX) answers.push(xml)
    }
    onvif.Discovery.on('device', onDevice)
    onvif.Discovery.probe({ timeout: timeoutMs, resolve: false, bufferSize: RECEIVE_BUFFER_BYTES })
    setTimeout(() => {
      searching = null
      onvif.Discovery.removeListener('device', onDevice)
      resolve(answers)
    }, timeoutMs + 100)
  })
  return searching
}

/** The library's own `connect()` never calls back when a profile has no encoder, so its steps are taken one by one here. */
async function prepare(ask: Ask): Promise<void> {
  await ask((camera, done) =>
    camera.getSystemDateAndTime((error, time) => {
      // A refused login ends as a TypeError inside the library; the next question gets the true answer.
      done(error instanceof TypeError ? null : error, time)
    }),
  )
  await ask((camera, done) =>
    camera.getServices(true, (error) => (error ? camera.getCapabilities(done) : done(null, null))),
  )
}

/** Runs calls against one camera until they are done, fail, or the deadline cuts the sockets. */
async function question<T>(target: OnvifTarget, work: (ask: Ask) => Promise<T>): Promise<T> {
  const sockets = new Set<Socket>()
  const agent = new Agent({ keepAlive: false })
  const camera = new onvif.Cam({
    hostname: target.host,
    port: target.port,
    path: target.path,
    username: target.username ?? undefined,
    password: target.password ?? undefined,
    timeout: ONVIF_DEADLINE_MS,
    autoconnect: false,
    // A camera behind a translator names an address of its own; service calls stay with the one that was checked.
    preserveAddress: true,
    agent,
  })
  let cut: (fault: Fault) => void = () => undefined
  const ended = new Promise<Fault>((resolve) => {
    cut = resolve
  })
  const timer = setTimeout(() => {
    const isConnecting = [...sockets].some((socket) => socket.connecting)
    cut(isConnecting ? unreachableFault('no answer') : silentFault())
  }, ONVIF_DEADLINE_MS)
  const watch = setInterval(() => {
    for (const list of Object.values(agent.sockets)) for (const socket of list ?? []) sockets.add(socket)
    for (const socket of sockets) {
      if (socket.bytesRead > ANSWER_BYTES_MAX)
        cut(new Fault('camera-not-a-camera', 'What answers there talks without end.'))
    }
  }, WATCH_MS)
  const ask: Ask = <A>(call: (camera: Cam, callback: Callback) => void) => {
    const answer = new Promise<A>((resolve, reject) => {
      const done: Callback = (error, value) => (error ? reject(faultOf(error)) : resolve(value as A))
      try {
        call(camera, done)
      } catch (error) {
        reject(faultOf(error))
      }
    })
    const over = ended.then((fault) => {
      throw fault
    })
    return Promise.race([answer, over])
  }
  try {
    return await work(ask)
  } finally {
    clearTimeout(timer)
    clearInterval(watch)
    agent.destroy()
  }
}

function silentFault(): Fault {
  return new Fault('camera-silent', `The camera did not answer within ${ONVIF_DEADLINE_MS / 1000} s.`)
}

function unreachableFault(reason: string, cause?: unknown): Fault {
  return new Fault('camera-unreachable', 'Nothing answers at this address.', { reason }, cause)
}

/** The library puts what it is given into its XML as it is. */
function xmlText(text: string): string {
  return text.replace(/[<>&"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

const UNREACHABLE = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'ENOTFOUND', 'EHOSTDOWN'])
const LOGIN = /NotAuthorized|not authorized|unauthorized|Digest authentication|\b401\b|sender not|FailedAuthentication/i

/** The library reports everything as an Error with a sentence. */
function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error
  const reason = reasonOf(error)
  const { code } = error as { code?: unknown }
  if (typeof code === 'string' && UNREACHABLE.has(code)) {
    return unreachableFault(code, error)
  }
  if (LOGIN.test(reason)) {
    return new Fault('camera-refused-login', 'The camera refuses this name or password.', {}, error)
  }
  if (reason === 'Network timeout') return silentFault()
  const [, soapFault] = /^ONVIF SOAP Fault: (.{0,200})/s.exec(reason) ?? []
  if (soapFault !== undefined) {
    return new Fault('camera-not-a-camera', `The camera refuses to describe itself: ${soapFault}`, { soapFault }, error)
  }
  const detail = 'What answers there does not speak ONVIF.'
  return new Fault('camera-not-a-camera', detail, { reason: reason.slice(0, 200) }, error)
}

import { Agent } from 'node:http'
import type { Socket } from 'node:net'
import onvif from 'onvif'
import { systemClock, type Clock } from '../../domain/clock.ts'
import { Fault, reasonOf } from '../../domain/fault.ts'
import { silentLog, type Log } from '../../domain/log.ts'
import { Metrics } from '../../domain/metrics.ts'
import { faultOf, silentFault, unreachableFault } from './onvif-faults.ts'
import { chooseMain, chooseProfile, readPosition, readPresets, readProfiles } from './onvif-profiles.ts'
import type { OnvifPreset, OnvifProfile, PtzPosition } from './onvif-profiles.ts'
import { OnvifQueue } from './onvif-queue.ts'
import { searchNetwork } from './ws-discovery.ts'

/** All calls of one question together; a camera that needs longer is as good as silent. */
export const ONVIF_DEADLINE_MS = 5_000
/** One call. The library loses callbacks now and then, and a camera may know three of four calls: the fourth must not cost the question. */
export const ONVIF_CALL_MS = 3_000
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
  /** The one for the wall: the smallest H.264 that is still a picture, else such an H.265. */
  profile: OnvifProfile
  streamUri: string
  /** Of its larger stream; null: it has none that serves. */
  mainUri: string | null
  snapshotUri: string | null
  hasPtz: boolean
}

export type PtzMove = { pan: number; tilt: number; zoom: number; durationMs: number }

export interface ClockReading {
  /** Positive: the camera is ahead of us. */
  offsetMs: number
  /** The answer has whole seconds and took its time: the truth is so near on either side. */
  uncertainMs: number
}

/**
 * The one door to `onvif`. Every call has a deadline and every question one over all its calls; questions to one camera wait for
 * each other in a bounded line. Refusals are counted by reason in `vigil_onvif_failed_total`.
 */
export interface OnvifDoor {
  /** @throws Fault `camera-unreachable`, `camera-refused-login`, `camera-not-a-camera`, `camera-silent`, `camera-has-no-video` */
  describe(target: OnvifTarget): Promise<OnvifCamera>
  /** The camera is told the duration, and told to stop after it as well: some do not know the time-out. */
  move(target: OnvifTarget, profileToken: string, move: PtzMove): Promise<void>
  /** To a position in the generic space; refused with `ptz-not-there` by cameras that know no absolute moves. */
  moveTo(target: OnvifTarget, profileToken: string, position: PtzPosition): Promise<void>
  /** Where it looks now in the generic space; null: it does not tell. */
  position(target: OnvifTarget, profileToken: string): Promise<PtzPosition | null>
  stop(target: OnvifTarget, profileToken: string): Promise<void>
  gotoPreset(target: OnvifTarget, profileToken: string, preset: string): Promise<void>
  gotoHome(target: OnvifTarget, profileToken: string): Promise<void>
  presets(target: OnvifTarget, profileToken: string): Promise<OnvifPreset[]>
  /** How far its clock is from ours, asked without a login; null: it does not tell. */
  readClock(target: OnvifTarget): Promise<ClockReading | null>
  /** Where its events are asked for, with the offset of its clock for those logins; null: it has no events. */
  eventService(target: OnvifTarget): Promise<{ path: string; offsetMs: number } | null>
  /** WS-Discovery by multicast: the raw answers of everybody who answers in time, hostile ones included. */
  search(timeoutMs: number): Promise<string[]>
}

type Cam = InstanceType<typeof onvif.Cam>
type Callback = (error: Error | null, answer?: unknown) => void
type Ask = <T>(call: (camera: Cam, callback: Callback) => void) => Promise<T>

export interface OnvifDoorOptions {
  clock?: Clock
  log?: Log
  metrics?: Metrics
}

export function createOnvifDoor(options: OnvifDoorOptions = {}): OnvifDoor {
  const { clock = systemClock, log = silentLog, metrics = new Metrics() } = options
  const failed = metrics.counter('vigil_onvif_failed_total', 'Questions to cameras by ONVIF that failed, by reason')
  const queue = new OnvifQueue({ monotonicMs: clock.monotonicMs, count: (reason) => failed.of({ reason }).add() })
  // Unreadable answers of strangers, a network without multicast; without a listener they would end the program.
  onvif.Discovery.on('error', (error: unknown) => log.debug('a search met an error', { reason: reasonOf(error) }))

  async function counted<T>(target: OnvifTarget, work: (ask: Ask) => Promise<T>): Promise<T> {
    try {
      return await question(target, work)
    } catch (error) {
      failed.of({ reason: error instanceof Fault ? error.code : 'internal' }).add()
      throw error
    }
  }

  function inTurn<T>(target: OnvifTarget, work: (ask: Ask) => Promise<T>, isStop = false): Promise<T> {
    return queue.run(`${target.host}:${target.port}${target.path}`, () => counted(target, work), isStop)
  }

  /** A camera that speaks ONVIF and refuses (no such preset, no motor) is not a stranger. */
  async function turning<T>(
    target: OnvifTarget,
    call: (camera: Cam, done: Callback) => void,
    read: (answer: unknown) => T,
    isStop = false,
  ): Promise<T> {
    try {
      return await inTurn(
        target,
        async (ask) => {
          await prepare(ask)
          return read(await ask(call))
        },
        isStop,
      )
    } catch (error) {
      const said = error instanceof Fault ? error.facts['soapFault'] : undefined
      if (typeof said !== 'string') throw error
      throw new Fault('ptz-not-there', `The camera refuses this: ${said}`, {}, error)
    }
  }
  const nothing = () => undefined

  return {
    describe: (target) => inTurn(target, describe),
    move: (target, profileToken, { pan: x, tilt: y, zoom, durationMs: timeout }) =>
      turning(target, (camera, done) => camera.continuousMove({ profileToken, x, y, zoom, timeout }, done), nothing),
    moveTo: (target, profileToken, { pan: x, tilt: y, zoom }) =>
      turning(target, (camera, done) => camera.absoluteMove({ profileToken, x, y, zoom }, done), nothing),
    position: (target, profileToken) =>
      turning(target, (camera, done) => camera.getStatus({ profileToken }, done), readPosition),
    stop: (target, profileToken) =>
      turning(target, (camera, done) => camera.stop({ profileToken, panTilt: true, zoom: true }, done), nothing, true),
    gotoPreset: (target, profileToken, preset) =>
      turning(target, (camera, done) => camera.gotoPreset({ profileToken, preset: xmlText(preset) }, done), nothing),
    gotoHome: (target, profileToken) =>
      turning(target, (camera, done) => camera.gotoHomePosition({ profileToken }, done), nothing),
    presets: (target, profileToken) =>
      turning(
        target,
        // What the library calls back with is by name, and two presets may have one: all of them are in its member.
        (camera, done) => camera.getPresets({ profileToken }, (error) => done(error, camera.presets)),
        readPresets,
      ),
    readClock: (target) => inTurn(target, (ask) => readClock(ask, clock)),
    eventService: (target) =>
      inTurn(target, async (ask) => {
        const reading = await readClock(ask, clock)
        await prepare(ask)
        const path = await ask<string | null>((camera, done) => done(null, camera.uri?.['events']?.path ?? null))
        return path === null ? null : { path, offsetMs: reading?.offsetMs ?? 0 }
      }),
    search: (timeoutMs) => searchNetwork(onvif.Discovery, timeoutMs),
  }
}

/** The library's own `connect()` never calls back when a profile has no encoder, so its steps are taken one by one here. */
async function prepare(ask: Ask): Promise<void> {
  // Its answer also becomes the time in the login: a camera with a wrong clock refuses ours.
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

async function readClock(ask: Ask, clock: Clock): Promise<ClockReading | null> {
  const sinceMs = clock.monotonicMs()
  const time = await ask<unknown>((camera, done) => camera.getSystemDateAndTime(done))
  const toldMs = time instanceof Date ? time.getTime() : Number.NaN
  if (!Number.isFinite(toldMs)) return null
  // It cut its fraction of a second off, and told the time somewhere between question and answer.
  const halfMs = (clock.monotonicMs() - sinceMs) / 2
  return {
    offsetMs: Math.round(toldMs + 500 - (clock.nowMs() - halfMs)),
    uncertainMs: Math.round(500 + halfMs),
  }
}

async function describe(ask: Ask): Promise<OnvifCamera> {
  await prepare(ask)
  const profiles = readProfiles(
    await ask((camera, done) =>
      camera.getProfiles((error, found) => {
        if (!error || camera.media2Support !== true) return done(error, found)
        // Some announce the newer media service and do not know it.
        camera.media2Support = false
        camera.getProfiles(done)
      }),
    ),
  )
  const profile = chooseProfile(profiles)
  if (!profile) throw new Fault('camera-has-no-video', 'The camera has no H.264 or H.265 video profile.')
  const profileToken = profile.token
  const stream = await ask<{ uri?: unknown }>((camera, done) =>
    camera.getStreamUri({ protocol: 'RTSP', profileToken }, done),
  )
  if (typeof stream.uri !== 'string' || stream.uri === '') {
    throw new Fault('camera-has-no-video', 'The camera named no address for its stream.')
  }
  const main = chooseMain(profiles, profile)
  return {
    profiles,
    profile,
    streamUri: stream.uri,
    mainUri:
      main &&
      (await uriOf(ask, (camera, done) => camera.getStreamUri({ protocol: 'RTSP', profileToken: main.token }, done))),
    snapshotUri: await uriOf(ask, (camera, done) => camera.getSnapshotUri({ profileToken }, done)),
    hasPtz: profile.hasPtz,
  }
}

/** What a camera can do without: many answer with a fault, some not at all, and have a stream all the same. */
async function uriOf(ask: Ask, call: (camera: Cam, done: Callback) => void): Promise<string | null> {
  try {
    const still = await ask<{ uri?: unknown } | null>((camera, done) =>
      call(camera, (_error, answer) => done(null, answer ?? null)),
    )
    return typeof still?.uri === 'string' && still.uri !== '' ? still.uri : null
  } catch (error) {
    if (error instanceof Fault && error.code === 'camera-silent') return null
    throw error
  }
}

/** Runs calls against one camera until they are done, fail, or a deadline cuts the sockets. */
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
  const late = (deadlineMs: number) =>
    [...sockets].some((socket) => socket.connecting) ? unreachableFault('no answer') : silentFault(deadlineMs)
  const timer = setTimeout(() => cut(late(ONVIF_DEADLINE_MS)), ONVIF_DEADLINE_MS)
  const watch = setInterval(() => {
    for (const list of Object.values(agent.sockets)) for (const socket of list ?? []) sockets.add(socket)
    for (const socket of sockets) {
      if (socket.bytesRead > ANSWER_BYTES_MAX)
        cut(new Fault('camera-not-a-camera', 'What answers there talks without end.'))
    }
  }, WATCH_MS)
  const ask: Ask = async <A>(call: (camera: Cam, callback: Callback) => void) => {
    let lost: NodeJS.Timeout | undefined
    const answer = new Promise<A>((resolve, reject) => {
      lost = setTimeout(() => reject(late(ONVIF_CALL_MS)), ONVIF_CALL_MS)
      const done: Callback = (error, value) => (error ? reject(faultOf(error, ONVIF_DEADLINE_MS)) : resolve(value as A))
      try {
        call(camera, done)
      } catch (error) {
        reject(faultOf(error, ONVIF_DEADLINE_MS))
      }
    })
    const over = ended.then((fault) => {
      throw fault
    })
    try {
      return await Promise.race([answer, over])
    } finally {
      clearTimeout(lost)
    }
  }
  try {
    return await work(ask)
  } finally {
    clearTimeout(timer)
    clearInterval(watch)
    agent.destroy()
  }
}

/** The library puts what it is given into its XML as it is. */
function xmlText(text: string): string {
  return text.replace(/[<>&"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

import { afterEach, describe, expect, it } from 'vitest'
import type { CameraOrder } from '../../streamer/camera/camera.ts'
import { mainIdOf } from '../../streamer/camera/fleet.ts'
import { readPictures } from './support/annex-b.ts'
import type { Worker } from './support/harness.ts'
import { sleep, startWorker, until } from './support/harness.ts'
import { TestCamera } from './support/test-camera.ts'

const pictures = readPictures('baseline-256x144.h264')
const MAIN = mainIdOf('c1')
const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

/** A camera with two streams behind one account. */
async function bringUp(order: Partial<CameraOrder> = {}): Promise<{
  camera: TestCamera
  worker: Worker
  assign(changes: Partial<CameraOrder>): void
}> {
  const camera = await TestCamera.start({ pictures, login: { username: 'vigil', password: 'first' } })
  cleanUps.push(() => camera.stop())
  const login = { username: 'vigil', password: 'first' }
  const whole = { id: 'c1', name: '', url: camera.url, mainUrl: `${camera.url}-main`, ...login, warm: true, ...order }
  const worker = await startWorker([whole])
  cleanUps.push(() => worker.stop())
  return { camera, worker, assign: (changes) => worker.fleet.assign([{ ...whole, ...changes }]) }
}

const state = (worker: Worker) => worker.fleet.status()[0]!.state
const online = (worker: Worker) => until('online', () => state(worker) === 'online')
const latched = (worker: Worker, id: string) =>
  until(`${id} latched`, () => worker.fleet.cameras.get(id)!.isLatched, 20_000)

describe('a password that was changed at the camera', () => {
  it('is tried twice with the old one, not twice by each stream; what plays goes on', async () => {
    const { camera, worker } = await bringUp()
    await online(worker)
    camera.options.login!.password = 'second'
    const refused = await worker.get('/live/c1/main/index.m3u8')
    expect(await refused.json()).toMatchObject({ code: 'camera-refused-login' })
    await latched(worker, MAIN)
    expect(state(worker)).toBe('online')
    expect((await worker.get('/live/c1/index.m3u8')).status).toBe(200)
    camera.dropAll()
    await until('told', () => state(worker) === 'login-refused')
    await sleep(3_500)
    expect(camera.connections, 'one that played, two that were refused').toBe(3)
  })

  it('stays latched when anything but the login changes, and is tried anew with another one', async () => {
    const { camera, worker, assign } = await bringUp({ password: 'wrong' })
    await latched(worker, 'c1')
    assign({ password: 'wrong', audio: true })
    assign({ password: 'wrong', audio: true, url: `${camera.url}-other`, certificateSha256: 'ab'.repeat(32) })
    await sleep(3_500)
    expect(camera.connections).toBe(2)
    expect(state(worker)).toBe('login-refused')
    camera.options.login!.password = 'wrong'
    assign({ password: 'another' })
    expect(state(worker)).toBe('connecting')
    assign({ password: 'wrong' })
    await online(worker)
  })
})

describe('a stream that this user may not see (403)', () => {
  it('is asked twice, and shuts no other stream of the account', async () => {
    const { camera, worker } = await bringUp({ warm: false })
    camera.options.answers = { DESCRIBE: 'RTSP/1.0 403 Forbidden\r\nCSeq: {cseq}\r\n\r\n' }
    await worker.get('/live/c1/main/index.m3u8')
    await latched(worker, MAIN)
    delete camera.options.answers
    expect((await worker.get('/live/c1/index.m3u8')).status).toBe(200)
    expect(camera.connections).toBe(3)
  })
})

describe('a recorder, with one account behind many cameras', () => {
  const login = { username: 'vigil', password: 'first' }
  async function bringUpAll(
    refusesAt?: string,
  ): Promise<{ camera: TestCamera; worker: Worker; orders: CameraOrder[] }> {
    const camera = await TestCamera.start({ pictures, login: { ...login, ...(refusesAt ? { refusesAt } : {}) } })
    cleanUps.push(() => camera.stop())
    const orders = ['c1', 'c2', 'c3'].map((id) => ({ id, name: '', url: `${camera.url}/${id}`, ...login, warm: true }))
    const worker = await startWorker(orders.filter(({ id }) => id !== refusesAt))
    cleanUps.push(() => worker.stop())
    return { camera, worker, orders }
  }
  const all = (worker: Worker, ...states: string[]) =>
    until(states.join(), () => worker.fleet.status().every((row, i) => row.state === states[i]), 30_000)

  it('is not asked by each of them with a password that was changed', async () => {
    const { camera, worker } = await bringUpAll()
    await all(worker, 'online', 'online', 'online')
    camera.options.login!.password = 'second'
    camera.dropAll()
    await all(worker, 'login-refused', 'login-refused', 'login-refused')
    await sleep(3_500)
    expect(camera.connections, 'three that played, three that were refused').toBe(6)
  }, 45_000)

  it('goes on with the others when one of them is refused the login', async () => {
    const { camera, worker, orders } = await bringUpAll('c3')
    await all(worker, 'online', 'online')
    worker.fleet.assign(orders)
    await latched(worker, 'c3')
    camera.dropAll()
    await until('dropped', () => worker.fleet.status()[0]!.state === 'offline')
    await all(worker, 'online', 'online', 'login-refused')
    expect(camera.requests.filter((r) => r.target.endsWith('c3') && r.headers['authorization'])).toHaveLength(2)
  }, 45_000)
})

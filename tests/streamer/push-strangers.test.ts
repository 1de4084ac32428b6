import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { publishKey } from '../../devices/camera/publish-key.ts'
import { flvSocketPath } from '../../streamer/push/flv-socket.ts'
import type { Program } from '../support/program.ts'
import { until } from './support/harness.ts'
import {
  amf,
  command,
  connectPush,
  DATA,
  handshake,
  header,
  message,
  openRtmpDevice,
  picture,
  publishing,
  readFlv,
  SET_CHUNK_SIZE,
  VIDEO,
  wideChunks,
  type RtmpDevice,
} from './support/rtmp-device.ts'
import { startRtmp } from './support/rtmp-program.ts'

const SECRET = 'cd'.repeat(32)
const TOKEN = 'inside'
/** A message that the program passes over. */
const ACKNOWLEDGED = 3
const WRONG = '0'.repeat(32)
/** Longer than the program's patience of ten seconds, on a machine that is busy. */
const CUT_OFF_MS = 40_000

describe('the RTMP port, and who has no key for it', () => {
  let folder: string
  let port: number
  let rtmp: Program
  const devices: RtmpDevice[] = []

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vigil-strangers-'))
    ;({ rtmp, port } = await startRtmp(folder, SECRET, TOKEN))
  }, 60_000)
  afterAll(async () => {
    for (const { socket } of devices) socket.destroy()
    await rtmp.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const keyOf = (name: string) => publishKey(SECRET, `/push/${name}`)
  const read = (name: string, isIdle = false) => readFlv(flvSocketPath(folder), TOKEN, `/push/${name}`, isIdle)
  const isAlive = () => rtmp.child.exitCode === null && rtmp.child.signalCode === null
  async function device(from?: string): Promise<RtmpDevice> {
    const opened = await openRtmpDevice(port, from)
    devices.push(opened)
    return opened
  }
  /** With its key, and seen on air with a configuration and a first picture. */
  async function publisher(name: string): Promise<RtmpDevice> {
    const [own, reader] = [await device(), await read(name)]
    own.write(publishing(name, keyOf(name)), picture(`${name} config`, { isConfig: true }), picture(`${name} first`))
    await until('it is on air', () => reader.texts.includes(`${name} first`))
    reader.stop()
    return own
  }
  async function leave(own: RtmpDevice): Promise<void> {
    own.socket.destroy()
    await own.closed
  }

  it('never put a picture into a stream: not behind a wrong key, not behind a play, not without either, not beside who is there', async () => {
    const own = await publisher('GUARDED')
    const reader = await read('GUARDED')
    const play = [handshake, wideChunks, connectPush, command('play', null, `GUARDED?key=${WRONG}`)]
    const attempts = [
      [publishing('GUARDED', WRONG)],
      play,
      [handshake, wideChunks, connectPush],
      // With the key, but the path is taken.
      [publishing('GUARDED', keyOf('GUARDED'))],
      // With the key of another path.
      [publishing('OTHER', keyOf('OTHER')), command('publish', null, `GUARDED?key=${WRONG}`, 'live')],
    ]
    for (const [i, attempt] of attempts.entries()) {
      const stranger = await device()
      stranger.write(...attempt, picture(`stranger ${i}`), picture(Buffer.alloc(60_000, 's')))
      await stranger.closed
    }
    own.write(picture('GUARDED last'))
    await until('the reader sees the last picture', () => reader.texts.includes('GUARDED last'))
    expect(reader.texts).toEqual(['GUARDED config', 'GUARDED last'])
    reader.stop()
    await leave(own)
  }, 60_000)

  it('never put one into a path that is free either', async () => {
    const reader = await read('FREE')
    const stranger = await device()
    stranger.write(publishing('FREE', WRONG), picture('stranger'))
    await stranger.closed
    const own = await publisher('FREE')
    await until('the reader sees who has the key', () => reader.texts.includes('FREE first'))
    expect(reader.texts).toEqual(['FREE config', 'FREE first'])
    reader.stop()
    await leave(own)
  })

  const opened = [handshake, wideChunks]
  const cut = Buffer.alloc(128)
  const nonsense: [string, Buffer[]][] = [
    ['a connect without an address', [...opened, command('connect', { app: 'push' })]],
    ['a publish without a name', [...opened, connectPush, command('publish')]],
    ['a play without a name', [...opened, connectPush, command('play', null)]],
    ['a command that is a member of every object', [...opened, command('constructor')]],
    ['a command that is not AMF', [...opened, message(20, Buffer.from([3, 0]))]],
    ['a chunk size that is missing', [...opened, message(SET_CHUNK_SIZE, Buffer.alloc(0)), connectPush]],
    ['a message of 16 MiB', [handshake, header(VIDEO, 0xffffff), cut]],
    [
      'many messages',
      [handshake, ...[...Array(30).keys()].flatMap((i) => [header(VIDEO, 2_000, { chunkStream: i + 3 }), cut])],
    ],
    [
      'many chunk streams',
      [...opened, ...[...Array(40).keys()].map((i) => message(ACKNOWLEDGED, Buffer.alloc(0), { chunkStream: i + 3 }))],
    ],
    [
      'a message that becomes shorter on its way',
      [handshake, header(ACKNOWLEDGED, 1_000), cut, header(ACKNOWLEDGED, 10), cut],
    ],
    [
      'a message that becomes longer on its way',
      [handshake, header(ACKNOWLEDGED, 1_000), cut, header(ACKNOWLEDGED, 9_000), cut],
    ],
    ['answers that it does not read', [...opened, ...Array<Buffer>(100_000).fill(connectPush)]],
  ]
  it.each(nonsense)('cannot stop the program, nor fill it: %s', async (name, bytes) => {
    const path = name.replaceAll(' ', '-')
    const own = await publisher(path)
    const stranger = await device()
    const from = `127.0.0.1:${stranger.socket.localPort}`
    if (name.startsWith('answers')) stranger.socket.pause()
    stranger.write(...bytes)
    const isWarned = () => rtmp.lines.some((line) => line.includes('"level":"warn"') && line.includes(`"${from}"`))
    await until('it is cut off for what it said', () => isWarned() || !isAlive(), 20_000)
    expect(isAlive()).toBe(true)
    const reader = await read(path)
    own.write(picture('still here'))
    await until('the publisher is still on air', () => reader.texts.includes('still here'))
    reader.stop()
    await leave(own)
    await leave(stranger)
  })

  it('with a key may send nonsense beside its pictures: it is not passed on', async () => {
    const own = await publisher('ODD')
    const reader = await read('ODD')
    own.write(message(DATA, amf('@setDataFrame')), message(DATA, Buffer.from([0xff])), message(VIDEO, Buffer.alloc(0)))
    own.write(picture('after it'))
    await until('its pictures go on', () => reader.texts.includes('after it'))
    expect(reader.texts).toEqual(['ODD config', 'after it'])
    reader.stop()
    await leave(own)
  })

  it('do not take the place of a device that has gone for a moment', async () => {
    await leave(await publisher('GRACE'))
    const stranger = await device('127.0.0.2')
    stranger.write(publishing('GRACE', WRONG))
    await stranger.closed
    const reader = await read('GRACE')
    await until('its configuration is still known', () => reader.texts.includes('GRACE config'))
    reader.stop()
  })

  it('have nothing to do with a device that comes back from another address: it is found again', async () => {
    await leave(await publisher('MOVED'))
    const own = await device('127.0.0.2')
    own.write(publishing('MOVED', keyOf('MOVED')))
    const from = `127.0.0.2:${own.socket.localPort}`
    await until('it is accepted', () => rtmp.lines.some((line) => line.includes('accepted') && line.includes(from)))
    const reader = await read('MOVED')
    own.write(picture('from elsewhere'))
    await until('a reader finds it', () => reader.texts.includes('from elsewhere'))
    reader.stop()
    await leave(own)
  })

  it('end a path for nobody by asking for a second one on its connection', async () => {
    const own = await publisher('FIRST')
    own.write(command('publish', null, `SECOND?key=${WRONG}`, 'live'))
    await own.closed
    const again = await publisher('FIRST')
    const reader = await read('FIRST')
    again.write(picture('again'))
    await until('it is on air again', () => reader.texts.includes('again'))
    reader.stop()
    await leave(again)
  })

  it('are cut off when they only hold on, and so is a device that has fallen silent; one that sends is not', async () => {
    const [slow, silent, own] = [await device(), await publisher('SILENT'), await publisher('LASTING')]
    const sending = setInterval(() => {
      slow.write(Buffer.from([3]))
      own.write(picture('on and on'))
    }, 500)
    try {
      await until('both are', () => slow.isClosed && silent.isClosed, CUT_OFF_MS)
      expect(own.isClosed).toBe(false)
    } finally {
      clearInterval(sending)
    }
    await leave(own)
  }, 60_000)

  it('however many they are leave room for who has a key', async () => {
    const own = await publisher('CROWDED')
    const crowd: RtmpDevice[] = []
    for (let i = 0; i < 300; i++) crowd.push(await device())
    await until('the first of them have had to go', () => crowd.slice(0, 40).every((one) => one.isClosed))
    const second = await publisher('CROWDED2')
    const reader = await read('CROWDED2')
    second.write(picture('through'))
    await until('it gets through', () => reader.texts.includes('through'))
    expect(own.isClosed).toBe(false)
    reader.stop()
    await Promise.all([...crowd, own, second].map(leave))
  }, 40_000)

  it('a streamer that takes nothing is not waited for: what is meant for it does not pile up', async () => {
    const own = await publisher('HEAVY')
    const idle = await read('HEAVY', true)
    const reader = await read('HEAVY')
    for (let i = 1; i <= 48; i++) {
      own.write(picture(Buffer.alloc(1024 * 1024, i)))
      await until('the other sees it', () => reader.texts.length > i)
    }
    idle.wake()
    await until('it was cut off long ago', () => idle.isClosed)
    reader.stop()
    await leave(own)
  }, 60_000)
})

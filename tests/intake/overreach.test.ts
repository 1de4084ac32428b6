import { connect as tcp, type Socket } from 'node:net'
import { expect, it } from 'vitest'
import { quantile } from '../bench/figures.ts'
import { connectPacket, packetOf, publishPacket, subscribePacket } from '../faults/support/raw-device.ts'
import { centre, closed, device, EVENT, granted, port, refused, taken } from './edge-harness.ts'

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const OWN = 'vigil/1/taxi/taxi-'

/** A taxi that says what it likes, from `each` connection on again when it is cut off. */
function rogue(id: string, say: (socket: Socket) => void): { cuts: () => number; stop(): void } {
  const state = { cuts: 0, isOver: false }
  const open = () => {
    const socket = tcp(port, '127.0.0.1')
    let isIn = false
    let timer: NodeJS.Timeout | undefined
    socket.on('error', () => undefined)
    socket.on('data', () => {
      if (isIn) return
      isIn = true
      timer = setInterval(() => say(socket), 20)
      say(socket)
    })
    socket.on('close', () => {
      clearInterval(timer)
      if (state.isOver) return
      state.cuts++
      setTimeout(open, 200)
    })
    socket.write(connectPacket(id, id, 'three'))
    if (state.isOver) socket.destroy()
    stops.push(() => socket.destroy())
  }
  const stops: (() => void)[] = []
  open()
  return {
    cuts: () => state.cuts,
    stop: () => {
      state.isOver = true
      for (const stop of stops) stop()
    },
  }
}

/** What each of them tries, and under which name it is counted. */
const ROGUES = {
  'foreign-subscription': (socket: Socket) => socket.write(subscribePacket('#')),
  'foreign-topic': (socket: Socket) =>
    socket.write(publishPacket('vigil/1/button/school-1/event', '{"id":"forged"}', 1)),
  'half-open-qos2': (() => {
    let id = 0
    return (socket: Socket) => socket.write(publishPacket(`${OWN}2/event`, `{"id":"q${++id}"}`, 2, (id % 60_000) + 1))
  })(),
  'too-large': (socket: Socket) => socket.write(packetOf(0x30, Buffer.alloc(100_000, 'x'))),
  'too-many-subscriptions': (() => {
    let n = 0
    return (socket: Socket) => socket.write(subscribePacket(`${OWN}4/${n++}`))
  })(),
  'bad-packet': (socket: Socket) => socket.write(publishPacket('a/'.repeat(100) + 'a', '{}', 1)),
  retain: (socket: Socket) => {
    const packet = publishPacket(`${OWN}6/event`, '{}', 1)
    packet[0]! |= 1
    socket.write(packet)
  },
} as const

it('devices that overreach are refused, counted by what they tried, and cut off when they go on; a press beside them is not held up', async () => {
  const school = await device('school-1')
  const presses = async (prefix: string) => {
    const took: number[] = []
    for (let i = 0; i < 30; i++) {
      const startedMs = performance.now()
      await school.publishAsync(EVENT, `{"id":"${prefix}${i}"}`, { qos: 1 })
      took.push(performance.now() - startedMs)
      await pause(100)
    }
    return took
  }
  const before = await presses('calm')
  const slow = Array.from({ length: 20 }, () => tcp(port, '127.0.0.1').on('error', () => undefined))
  for (const one of slow) one.write(Buffer.from([0x10, 12, 0, 4, 77]))
  const rogues = Object.entries(ROGUES).map(([reason, say], i) => ({ reason, rogue: rogue(`taxi-${i}`, say) }))
  const during = await presses('storm')
  for (const { reason, rogue: one } of rogues) {
    await expect.poll(() => refused(reason), { timeout: 20_000, message: reason }).toBeGreaterThan(0)
    await expect.poll(() => one.cuts(), { timeout: 20_000, message: `${reason}: cut off` }).toBeGreaterThan(0)
  }
  await expect.poll(() => refused('slow-login'), { timeout: 20_000 }).toBe(20)
  for (const { rogue: one } of rogues) one.stop()
  for (const one of slow) one.destroy()
  const ms = (took: number[]) => `p50 ${quantile(took, 0.5).toFixed(1)}, p99 ${quantile(took, 0.99).toFixed(1)} ms`
  process.stdout.write(
    `press beside ${rogues.length} that overreach and 20 slow strangers: ${ms(during)}; alone: ${ms(before)}\n`,
  )
  const mine = taken.filter(({ deviceId }) => deviceId === 'school-1').map(({ payload }) => payload.toString())
  expect(mine.filter((text) => text.includes('storm'))).toHaveLength(30)
  expect(mine.some((text) => text.includes('forged'))).toBe(false)
  expect(school.connected).toBe(true)
  // What a device that overreaches says within its rights is heard all the same.
  expect(taken.some(({ deviceId }) => deviceId === 'taxi-2')).toBe(true)
}, 90_000)

it('a device that asks once for too much is told no and stays; its own channels it may ask for again and again', async () => {
  const client = await device('school-1')
  for (let i = 0; i < 10; i++) expect(await granted(client, '#')).toBe(128)
  for (let i = 0; i < 50; i++) expect(await granted(client, 'vigil/1/button/school-1/command')).toBe(1)
  expect(client.connected).toBe(true)
  const gone = closed(client)
  client.subscribe('#', { qos: 1 })
  await gone
  expect(refused('foreign-subscription')).toBe(11)
})

it('thousands of filters in one packet end the connection, and are not kept with its session', async () => {
  const client = await device('school-1', { clean: false })
  const gone = closed(client)
  const many = Array.from({ length: 1_000 }, (_, i) => `vigil/1/button/school-1/none-${i}`)
  client.subscribe([...many, 'vigil/1/button/school-1/receipt'], { qos: 1 })
  await gone
  expect(refused('too-many-subscriptions')).toBeGreaterThan(0)
  const sender = await centre()
  await sender.publishAsync('vigil/1/button/school-1/receipt', '{}', { qos: 1 })
  const heard: string[] = []
  const again = await device('school-1', { clean: false })
  again.on('message', (topic) => heard.push(topic))
  await sender.publishAsync('vigil/1/button/school-1/receipt', '{}', { qos: 1 })
  await again.publishAsync(EVENT, '{"id":"pressed"}', { qos: 1 })
  expect(heard).toEqual([])
  // Its session is full of what it asked for; a press is heard all the same, and a clean session helps.
  expect(await granted(again, 'vigil/1/button/school-1/command')).toBe(128)
  expect(again.connected).toBe(true)
  await again.endAsync()
  expect(await granted(await device('school-1'), 'vigil/1/button/school-1/command')).toBe(1)
})

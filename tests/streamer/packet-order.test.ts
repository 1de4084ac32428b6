import { describe, expect, it } from 'vitest'
import { PacketOrder, REORDER_PACKETS_MAX, REORDER_WAIT_MS } from '../../streamer/rtp/packet-order.ts'
import { seeded } from '../support/seeded.ts'

function createOrder(): {
  order: PacketOrder
  passed: number[]
  lost: () => number
  push: (n: number, nowMs?: number) => void
} {
  const passed: number[] = []
  let lostSum = 0
  const order = new PacketOrder({
    onOrdered: (bytes, start, _end, lost) => {
      passed.push(bytes.readUInt32BE(start))
      lostSum += lost
    },
  })
  const shared = Buffer.alloc(16)
  return {
    order,
    passed,
    lost: () => lostSum,
    push: (n, nowMs = 0) => {
      shared.writeUInt32BE(n, 4)
      order.push(n & 0xffff, shared, 4, 12, nowMs)
    },
  }
}

describe('the order of packets', () => {
  it('is restored within the window, over the wrap of the sequence number', () => {
    const seed = 7
    const random = seeded(seed)
    const { order, passed, push } = createOrder()
    const sent = Array.from({ length: 70_000 }, (_, i) => i + 65_000)
    push(sent[0]!)
    // Swap neighbours up to ten apart; the first stays first, because counting begins with it.
    const shuffled = sent
      .slice(1)
      .map((n) => ({ n, key: n + random() * 10 }))
      .sort((a, b) => a.key - b.key)
    for (const { n } of shuffled) push(n)
    expect(passed, `seed ${seed}`).toEqual(sent)
    expect(order.counts.lost).toBe(0)
    expect(order.counts.reordered).toBeGreaterThan(10_000)
  })

  it('counts what is lost and tells it with the next packet', () => {
    const { order, passed, lost, push } = createOrder()
    for (const n of [1, 2, 5, 6]) push(n, 0)
    expect(passed).toEqual([1, 2])
    order.tick(REORDER_WAIT_MS + 1)
    expect(passed).toEqual([1, 2, 5, 6])
    expect(order.counts.lost).toBe(2)
    expect(lost()).toBe(2)
  })

  it('waits no longer than its window of packets', () => {
    const { order, passed, push } = createOrder()
    push(0)
    for (let n = 2; n < REORDER_PACKETS_MAX + 3; n++) push(n)
    expect(passed.length).toBe(REORDER_PACKETS_MAX + 2)
    expect(order.counts.lost).toBe(1)
  })

  it('drops repeated and late packets and counts them', () => {
    const { order, passed, push } = createOrder()
    for (const n of [10, 11, 11, 10, 12]) push(n)
    expect(passed).toEqual([10, 11, 12])
    expect(order.counts.late).toBe(2)
  })

  it('believes a restarted count after two packets in a row', () => {
    const { order, passed, push } = createOrder()
    for (const n of [100, 101, 40_000, 102, 20_000, 20_001, 20_002]) push(n)
    expect(passed).toEqual([100, 101, 102, 20_001, 20_002])
    expect(order.counts.restarts).toBe(1)
  })

  it('survives random loss, doubling and disorder without ever going back or standing still', () => {
    const seed = 99
    const random = seeded(seed)
    const { order, passed, push } = createOrder()
    let sentCount = 0
    const queue: { n: number; key: number }[] = []
    for (let n = 0; n < 20_000; n++) {
      if (random() < 0.02) continue
      sentCount++
      queue.push({ n, key: n + random() * 5 })
      if (random() < 0.01) queue.push({ n, key: n + random() * 50 })
    }
    queue.sort((a, b) => a.key - b.key).forEach(({ n }, i) => push(n, i))
    order.tick(1e9)
    expect(
      passed.every((n, i) => i === 0 || n > passed[i - 1]!),
      `seed ${seed}`,
    ).toBe(true)
    expect(passed.length / sentCount).toBeGreaterThan(0.999)
  })
})

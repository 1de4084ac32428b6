import { describe, expect, it } from 'vitest'
import { manualClock } from '../../domain/clock.ts'
import { newId } from '../../domain/ids.ts'
import { createLog } from '../../domain/log.ts'
import { Metrics } from '../../domain/metrics.ts'
import { emptyDot, encodeDots, openDots, type Dot } from '../../domain/wire/dots.ts'
import { parseTopic, topicOf } from '../../domain/wire/mqtt.ts'
import { cameraReportSchema } from '../../domain/wire/streamers.ts'

describe('topics', () => {
  it('are read back as they were written', () => {
    expect(parseTopic(topicOf('button', 'btn-01', 'event'))).toEqual({
      kind: 'button',
      deviceId: 'btn-01',
      channel: 'event',
    })
  })
  it('refuse wildcards, other roots, other ids and extra levels', () => {
    for (const topic of [
      'vigil/1/button/+/event',
      'vigil/1/#',
      'vigil/2/button/a/event',
      'vigil/1/lamp/a/event',
      'vigil/1/button/a b/event',
      'vigil/1/button/a/event/x',
      'vigil/1/button//event',
      'vigil/1/button/a/other',
    ])
      expect(parseTopic(topic), topic).toBeNull()
  })
})

describe('dots', () => {
  it('survive the wire within a centimetre, a hundredth of a degree and a tenth of a second', () => {
    const dots: Dot[] = [
      { key: 1, lng: 114.1234567, lat: 22.7654321, speedMps: 12.34, bearingDeg: 359.99, ageS: 1.2, flags: 5 },
      { key: 4_000_000_000, lng: -0.5, lat: -33.1, speedMps: 0, bearingDeg: NaN, ageS: 9999, flags: 0 },
    ]
    const frame = openDots(encodeDots(1_790_000_000_123.5, dots).buffer)!
    expect([frame.baseMs, frame.count]).toEqual([1_790_000_000_123.5, 2])
    const dot = emptyDot()
    expect(frame.read(0, dot)).toBe(dot)
    expect(dot).toMatchObject({ key: 1, speedMps: 12.34, bearingDeg: 359.99, ageS: 1.2, flags: 5 })
    expect(dot.lng).toBeCloseTo(114.1234567, 7)
    expect(frame.read(1, dot)).toMatchObject({ key: 4_000_000_000, bearingDeg: NaN, ageS: 6553.4 })
  })
  it('that are cut or of another type are not dots', () => {
    const bytes = encodeDots(0, [{ key: 1, lng: 0, lat: 0, speedMps: 0, bearingDeg: 0, ageS: 0, flags: 0 }])
    expect(openDots(bytes.buffer.slice(0, -1))).toBeNull()
    bytes[0] = 9
    expect(openDots(bytes.buffer)).toBeNull()
  })
})

describe('what a worker says of a camera', () => {
  const report = { id: 'a', state: 'not-a-camera', codec: null, widthPx: null, heightPx: null, bitrateBps: null }
  it('is made printable and not refused, else one camera would cost the reports of all', () => {
    const reason = '500 Internal\0Error\u001b[2J\u0085 东门 😀 \ud83d'
    const told = '500 Internal\ufffdError\ufffd[2J\ufffd 东门 😀 \ufffd'
    expect(cameraReportSchema.parse({ ...report, reason }).reason).toBe(told)
    expect(cameraReportSchema.safeParse({ ...report, reason: 'x'.repeat(501) }).success).toBe(false)
  })
})

describe('ids, logs, metrics', () => {
  it('ids sort by the time of their making', () => {
    const clock = manualClock()
    const first = newId(clock.nowMs())
    clock.advance(1)
    const second = newId(clock.nowMs())
    expect(first < second).toBe(true)
    expect(first).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/)
  })
  it('a secret never reaches the log, whatever its key is called', () => {
    const lines: string[] = []
    const log = createLog('test', manualClock(), (line) => lines.push(line))
    log.warn('login', { password: 'hunter2', apiToken: 'hunter2', user: 'a' })
    expect(lines.join()).not.toContain('hunter2')
    expect(lines.join()).toContain('"user":"a"')
  })
  it('a label from strangers cannot fill the memory', () => {
    const metrics = new Metrics()
    const family = metrics.counter('x_total', 'x')
    for (let i = 0; i < 5000; i++) family.of({ stranger: String(i) }).add()
    expect(family.total()).toBe(5000)
    expect(metrics.text().split('\n').length).toBeLessThan(2010)
  })
  it('a histogram tells quantiles by its bounds', () => {
    const h = new Metrics().histogram('t_seconds', 't', [0.1, 0.5, 1])
    for (const value of [0.05, 0.06, 0.3, 0.9]) h.observe(value)
    expect([h.quantile(0.5), h.quantile(0.75), h.quantile(1), h.count]).toEqual([0.1, 0.5, 1, 4])
  })
})

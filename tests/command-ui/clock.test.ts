import { describe, expect, it } from 'vitest'
import { ServerClock } from '../../command-ui/data/clock.ts'
import { toIso } from '../../domain/clock.ts'

const SERVER_MS = 1_795_000_000_000

function browser(aheadMs: number) {
  let monotonicMs = 5000
  return {
    local: { wallMs: () => SERVER_MS + aheadMs + monotonicMs, monotonicMs: () => monotonicMs },
    advance: (ms: number) => {
      monotonicMs += ms
    },
    serverMs: () => SERVER_MS + monotonicMs,
  }
}

describe('the clock of the desk', () => {
  it('tells the server’s time on a computer whose clock is a day ahead', () => {
    const { local, advance, serverMs } = browser(86_400_000)
    const clock = new ServerClock(local)
    clock.sample(toIso(serverMs()))
    advance(90_000)
    expect(clock.nowMs()).toBe(serverMs())
    expect(clock.browserAheadMs()).toBe(86_400_000)
  })

  it('believes the message that was fastest on its way', () => {
    const { local, advance, serverMs } = browser(0)
    const clock = new ServerClock(local)
    for (const delayMs of [400, 20, 900]) {
      const sentAt = toIso(serverMs())
      advance(delayMs)
      clock.sample(sentAt)
    }
    expect(serverMs() - clock.nowMs()).toBe(20)
  })

  it('follows a server whose clock was set right, after a minute of pulses', () => {
    const { local, advance, serverMs } = browser(0)
    const clock = new ServerClock(local)
    clock.sample(toIso(serverMs() + 5000))
    for (let i = 0; i < 31; i++) {
      advance(2000)
      clock.sample(toIso(serverMs()))
    }
    expect(clock.nowMs()).toBe(serverMs())
  })

  it('ignores a time that cannot be read', () => {
    const clock = new ServerClock(browser(0).local)
    clock.sample('yesterday')
    expect(clock.isSet).toBe(false)
  })
})

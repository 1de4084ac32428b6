import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { findChromium } from '../support/browser.ts'
import { mayMount, mayTrace } from '../faults/support/privileges.ts'
import { isRequired } from '../support/required.ts'

/** A skipped leg looks like a green one; where VIGIL_REQUIRE names it, its absence is a failure. */
describe('legs that this run insists on', () => {
  it.runIf(isRequired('timescale'))('TimescaleDB is configured', () => {
    expect(process.env['VIGIL_TEST_TIMESCALE_URL'] ?? '').toMatch(/^postgres(ql)?:\/\//)
  })
  it.runIf(isRequired('mosquitto'))('mosquitto is installed', () => {
    expect(existsSync('/usr/sbin/mosquitto')).toBe(true)
  })
  it.runIf(isRequired('browser'))('Chromium is installed', () => {
    expect(findChromium()).not.toBeNull()
  })
  it.runIf(isRequired('strace'))('strace is installed and permitted', () => {
    expect(mayTrace()).toBe(true)
  })
  it.runIf(isRequired('mount'))('a small disk may be mounted', () => {
    expect(mayMount()).toBe(true)
  })
  it('are named one by one', () => {
    const before = process.env['VIGIL_REQUIRE']
    process.env['VIGIL_REQUIRE'] = 'timescale,browser'
    expect([isRequired('timescale'), isRequired('browser'), isRequired('mosquitto')]).toEqual([true, true, false])
    if (before === undefined) delete process.env['VIGIL_REQUIRE']
    else process.env['VIGIL_REQUIRE'] = before
  })
})

import { describe, expect, it } from 'vitest'
import { heldByGoal } from '../../command-ui/desk/held-by-goal.ts'
import { frozenOrder, stackOrder } from '../../command-ui/desk/order.ts'
import { sceneCameras } from '../../command-ui/desk/scene-cameras.ts'
import { stageOf } from '../../command-ui/desk/stage.ts'
import { alarmLoad } from '../../command-ui/data/load-meter.ts'
import { countUp, goalMinutes, minutesSeconds } from '../../command-ui/i18n/durations.ts'
import { enDesk } from '../../command-ui/i18n/en-desk.ts'
import { enPages } from '../../command-ui/i18n/en-pages.ts'
import { enWords } from '../../command-ui/i18n/en-words.ts'
import { chooseSiren, MUTE_MS } from '../../command-ui/sound/choose-siren.ts'
import { toneSamples } from '../../command-ui/sound/tones.ts'
import { timeMs } from '../../command-ui/data/clock.ts'
import { FixtureCentre } from './fixture-centre.ts'
import { CAMERAS, ME, SITES } from './fixture-district.ts'

const raised = (deviceId: string, priority: 1 | 2 | 3 | 4 = 1) => new FixtureCentre().raise(deviceId, 'panic', priority)

describe('what Enter does', () => {
  const alarm = raised('btn-1')
  const mine = { ...alarm, state: 'acknowledged' as const, owner: ME.username }

  it('acknowledges what nobody has, and dispatches what is mine', () => {
    expect(stageOf(alarm, undefined, [], ME)).toBe('acknowledge')
    expect(stageOf(mine, undefined, [], ME)).toBe('dispatch')
  })

  it('does nothing for the loser of a race', () => {
    expect(stageOf({ ...mine, owner: 'somebody' }, undefined, [], ME)).toBe('others')
  })

  it('sends no second car while one is on its way, and a new one after that one was cancelled', () => {
    const centre = new FixtureCentre()
    const pressed = centre.raise('btn-1')
    const assignment = centre.dispatch(pressed.incidentId!, 'p01')
    expect(stageOf(mine, centre.incidents.get(pressed.incidentId!), [assignment], ME)).toBe('underway')
    const cancelled = { ...assignment, state: 'cancelled' as const }
    expect(stageOf(mine, centre.incidents.get(pressed.incidentId!), [cancelled], ME)).toBe('dispatch')
  })
})

describe('the siren', () => {
  const p1 = raised('btn-1')
  const p3 = raised('btn-2', 3)
  const startMs = timeMs(p1.raisedAt)

  it('sounds for the most urgent alarm that nobody has, and ends when anybody has it', () => {
    expect(chooseSiren([p3, p1], null, startMs).tone).toBe('p1')
    expect(chooseSiren([p3, { ...p1, state: 'acknowledged', owner: 'x' }], null, startMs).tone).toBe('p3')
    expect(chooseSiren([], null, startMs).tone).toBeNull()
    expect(chooseSiren([raised('btn-3', 4)], null, startMs).tone).toBeNull()
  })

  it('is silent for thirty seconds after a mute, unless there is a new signal', () => {
    const { newestSignalMs } = chooseSiren([p1], null, startMs)
    const mute = { untilMs: startMs + MUTE_MS, newestSignalMs }
    expect(chooseSiren([p1], mute, startMs + MUTE_MS - 1).tone).toBeNull()
    expect(chooseSiren([p1], mute, startMs + MUTE_MS).tone).toBe('p1')
    const again = { ...p1, lastOccurrenceAt: new Date(newestSignalMs + 1000).toISOString(), occurrences: 2 }
    expect(chooseSiren([again], mute, startMs + 2000).tone).toBe('p1')
  })

  it('never clips, and each tone begins and ends without a click', () => {
    for (const name of ['p1', 'p2', 'p3', 'blind', 'test'] as const) {
      const samples = toneSamples(name, 48_000)
      expect(samples.every((sample) => Math.abs(sample) <= 1)).toBe(true)
      expect(samples.some((sample) => Math.abs(sample) > 0.2)).toBe(true)
      expect(Math.abs(samples[0]!)).toBeLessThan(0.02)
      expect(Math.abs(samples.at(-1)!)).toBeLessThan(0.02)
    }
  })
})

describe('the stack', () => {
  it('is ordered by priority, then by who has nobody, then newest first', () => {
    const base = raised('btn-1')
    const at = (s: number) => new Date(timeMs('2026-11-21T12:00:00Z') + s * 1000).toISOString()
    const make = (id: string, priority: 1 | 2, state: 'raised' | 'acknowledged' | 'closed', s: number) => ({
      ...base,
      id,
      priority,
      state,
      raisedAt: at(s),
    })
    const rows = [
      make('e', 2, 'raised', 9),
      make('c', 1, 'acknowledged', 8),
      make('b', 1, 'raised', 1),
      make('gone', 1, 'closed', 7),
      make('a', 1, 'raised', 5),
    ]
    expect(stackOrder(rows).map(({ id }) => id)).toEqual(['a', 'b', 'c', 'e'])
  })

  it('does not move under the pointer: new rows wait, gone rows leave', () => {
    const { rows, waiting } = frozenOrder(['a', 'b', 'c'], [{ id: 'new' }, { id: 'c' }, { id: 'a' }])
    expect(rows.map(({ id }) => id)).toEqual(['a', 'c'])
    expect(waiting).toBe(1)
  })

  it('calls more than ten alarms in ten minutes a flood', () => {
    const alarms = Array.from({ length: 11 }, () => raised('btn-1'))
    const nowMs = timeMs(alarms[10]!.raisedAt)
    expect(alarmLoad(alarms, nowMs)).toEqual({ count: 11, level: 'flood' })
    expect(alarmLoad(alarms.slice(0, 10), nowMs).level).toBe('busy')
    expect(alarmLoad(alarms, nowMs + 600_001)).toEqual({ count: 0, level: 'calm' })
  })
})

describe('the scene', () => {
  it('shows the cameras the centre named first, then the nearest enabled ones', () => {
    const site = SITES[0]!
    const dark = CAMERAS.map((camera) => (camera.id === 'cam-3' ? { ...camera, enabled: false } : camera))
    const found = sceneCameras(dark, ['cam-2', 'gone', 'cam-1'], site, 5)
    expect(found.slice(0, 2).map(({ camera }) => camera.id)).toEqual(['cam-2', 'cam-1'])
    expect(found).toHaveLength(5)
    const near = found.slice(2)
    expect(near.every(({ isScene, camera }) => !isScene && camera.enabled)).toBe(true)
    const distances = near.map(({ distanceM }) => distanceM)
    expect(distances).toEqual([...distances].sort((a, b) => a - b))
  })

  it('weighs zones of one promise by the length of their roads', () => {
    const zone = (goalS: number, share: number, roadKm: number) => ({
      zoneId: `z${goalS}${roadKm}`,
      name: '',
      goalS,
      share,
      roadKm,
      freePatrols: 1,
    })
    const coverage = { at: '', computedInMs: 1, zones: [zone(180, 1, 10), zone(60, 0.5, 4), zone(180, 0, 30)] }
    expect(heldByGoal(coverage)).toEqual([
      { goalS: 60, share: 0.5 },
      { goalS: 180, share: 0.25 },
    ])
  })
})

describe('words', () => {
  it('tells durations as they are read on the radio', () => {
    expect(minutesSeconds(130)).toBe('2′10″')
    expect(minutesSeconds(59.7)).toBe('1′00″')
    expect(countUp(9_000)).toBe('00:09')
    expect(countUp(3_760_000)).toBe('1:02:40')
    expect(countUp(-5)).toBe('00:00')
    expect(goalMinutes(300)).toBe('5')
    expect(goalMinutes(90)).toBe('1.5')
  })

  it('leaves no Chinese in the English dictionary but the name of the other language', () => {
    const left: string[] = []
    const walk = (value: unknown, path: string): void => {
      if (typeof value === 'string' && /[\u4e00-\u9fff]/.test(value)) left.push(path)
      else if (typeof value === 'function' && /[\u4e00-\u9fff]/.test(String(value))) left.push(path)
      else if (typeof value === 'object' && value !== null) {
        for (const [key, inner] of Object.entries(value)) walk(inner, `${path}.${key}`)
      }
    }
    walk({ ...enDesk, ...enPages, ...enWords }, 'en')
    expect(left).toEqual(['en.language.switch'])
  })
})

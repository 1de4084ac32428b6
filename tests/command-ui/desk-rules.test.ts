import { describe, expect, it } from 'vitest'
import { heldByGoal } from '../../command-ui/desk/held-by-goal.ts'
import { frozenOrder, shelvedOrder, stackOrder, stackRows } from '../../command-ui/desk/order.ts'
import { sceneCameras } from '../../command-ui/desk/scene-cameras.ts'
import { canShelve, stageOf } from '../../command-ui/desk/stage.ts'
import { alarmLoad } from '../../command-ui/data/load-meter.ts'
import { Store } from '../../command-ui/data/store.ts'
import { countUp, goalMinutes, minutesSeconds } from '../../command-ui/i18n/durations.ts'
import { enDesk } from '../../command-ui/i18n/en-desk.ts'
import { enPages } from '../../command-ui/i18n/en-pages.ts'
import { enWords } from '../../command-ui/i18n/en-words.ts'
import { chooseSiren, MUTE_MS } from '../../command-ui/sound/choose-siren.ts'
import { toneSamples } from '../../command-ui/sound/tones.ts'
import { clock, timeMs } from '../../command-ui/data/clock.ts'
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

  it('asks for the end when the crew has cleared, and sends nobody a second time', () => {
    const centre = new FixtureCentre()
    const pressed = centre.raise('btn-1')
    const incident = centre.incidents.get(pressed.incidentId!)
    const cleared = { ...centre.dispatch(pressed.incidentId!, 'p01'), state: 'cleared' as const }
    expect(stageOf(mine, incident, [cleared], ME)).toBe('finish')
    const second = { ...cleared, id: 'second', state: 'enRoute' as const }
    expect(stageOf(mine, incident, [second, cleared], ME)).toBe('underway')
    expect(stageOf({ ...mine, owner: 'somebody' }, incident, [cleared], ME)).toBe('others')
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

  it('keeps the row of an alarm that ends under the pointer until the pointer leaves', () => {
    const gone = (id: string) => (id === 'b' ? { id, isOver: true } : undefined)
    const { rows, waiting } = frozenOrder<{ id: string }>(['a', 'b', 'c'], [{ id: 'c' }, { id: 'a' }], gone)
    expect(rows.map(({ id }) => id)).toEqual(['a', 'b', 'c'])
    expect(waiting).toBe(0)
  })

  it.each([12, 500])(
    'in a flood of %i alarms groups by place, shows every first priority singly and loses none',
    (n) => {
      const base = raised('btn-1')
      const alarms = Array.from({ length: n }, (_, i) => ({
        ...base,
        id: `a${i}`,
        deviceId: `btn-${i}`,
        siteId: i % 4 === 3 ? null : `site-${i % 3}`,
        priority: (i % 5 === 0 ? 1 : 3) as 1 | 3,
      }))
      const ordered = stackOrder(alarms)
      expect(stackRows(ordered, false, new Set()).map(({ id }) => id)).toEqual(ordered.map(({ id }) => id))
      const rows = stackRows(ordered, true, new Set())
      const urgent = alarms.filter(({ priority }) => priority === 1)
      expect(rows.slice(0, urgent.length).every(({ among, alarm }) => among === null && alarm.priority === 1)).toBe(
        true,
      )
      const shown = rows.flatMap(({ alarm, among }) => among ?? [alarm])
      expect(new Set(shown.map(({ id }) => id))).toEqual(new Set(alarms.map(({ id }) => id)))
      expect(shown).toHaveLength(n)
      const groups = rows.filter(({ among }) => among !== null)
      expect(new Set(groups.map(({ id }) => id))).toEqual(new Set(['group:site-0', 'group:site-1', 'group:site-2']))
      const opened = stackRows(ordered, true, new Set(['group:site-1']))
      expect(opened).toHaveLength(rows.length + groups.find(({ id }) => id === 'group:site-1')!.among!.length)
    },
  )

  it('keeps shelved alarms apart, the next to come back on top, and offers shelving only where it is allowed', () => {
    const answered = { ...raised('btn-1', 3), state: 'acknowledged' as const, owner: ME.username }
    const shelf = (id: string, until: string) => ({ ...answered, id, shelved: { until, by: 'li', why: 'x' } })
    const alarms = [shelf('late', '2026-11-21T14:00:00Z'), shelf('soon', '2026-11-21T13:00:00Z'), answered]
    expect(stackOrder(alarms)).toEqual([answered])
    expect(shelvedOrder(alarms).map(({ id }) => id)).toEqual(['soon', 'late'])
    expect(canShelve(answered)).toBe(true)
    for (const alarm of [raised('btn-1', 3), { ...answered, priority: 1 as const }, alarms[0], undefined]) {
      expect(canShelve(alarm)).toBe(false)
    }
  })

  it('takes the answer of an outage over a raised alarm, and never an old press over a newer one', () => {
    const store = new Store(clock)
    const alarm = raised('btn-1')
    const tell = (change: object) => store.follow({ type: 'provisional', alarm: { ...alarm, ...change } })
    tell({})
    tell({ state: 'acknowledged', owner: 'li' })
    expect(store.alarms.get(alarm.id)).toMatchObject({ state: 'acknowledged', owner: 'li', provisional: true })
    tell({ state: 'raised' })
    expect(store.alarms.get(alarm.id)?.state).toBe('acknowledged')
    tell({ occurrences: 2, owner: 'li' })
    expect(store.alarms.get(alarm.id)).toMatchObject({ state: 'raised', occurrences: 2 })
    tell({ state: 'acknowledged', owner: 'li' })
    expect(store.alarms.get(alarm.id)?.state).toBe('raised')
  })

  it('calls more than ten alarms in ten minutes a flood', () => {
    const alarms = Array.from({ length: 11 }, () => raised('btn-1'))
    const nowMs = timeMs(alarms[10]!.raisedAt)
    expect(alarmLoad(alarms, nowMs)).toEqual({ count: 11, level: 'flood' })
    expect(alarmLoad(alarms.slice(0, 10), nowMs).level).toBe('busy')
    expect(alarmLoad(alarms, nowMs + 600_001)).toEqual({ count: 0, level: 'calm' })
    expect(alarmLoad(alarms.slice(0, 5), nowMs, true).level, 'it ends below five').toBe('flood')
    expect(alarmLoad(alarms.slice(0, 4), nowMs, true).level).toBe('busy')
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

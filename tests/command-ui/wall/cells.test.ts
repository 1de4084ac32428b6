import fc from 'fast-check'
import { expect, test } from 'vitest'
import { alarmCell, wallAlarm } from '../../../command-ui/wall/alarm-cell.ts'
import { tourPage, tourPages } from '../../../command-ui/wall/tour-pages.ts'
import {
  cellForNext,
  EMPTY_WALL,
  stepWall,
  TILE_COUNTS,
  type Wall,
  type WallStep,
} from '../../../command-ui/wall/wall-cells.ts'
import { wallKey } from '../../../command-ui/wall/wall-keys.ts'
import type { Alarm } from '../../../domain/alarm.ts'

const walk = (columns: number, rows: number): WallStep => ({ do: 'walk', columns, rows })
const after = (wall: Wall, ...steps: WallStep[]) => steps.reduce(stepWall, wall)
const nine: Wall = after(EMPTY_WALL, { do: 'show', tiles: 9, cameraIds: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'] })
const FREE = { hasWaitingAlarm: false, isSteering: false }

test('arrows walk the tiles and stop at the border', () => {
  expect(after(nine, walk(1, 0), walk(0, 1)).focus).toBe(4)
  expect(after(nine, walk(-1, 0), walk(0, -1)).focus).toBe(0)
  expect(after(nine, walk(1, 0), walk(1, 0), walk(1, 0)).focus, 'not into the next row').toBe(2)
})

test('a smaller layout hides the rest, a larger one brings it back, and the focus stays on the wall', () => {
  const small = after(nine, { do: 'focus', cell: 8 }, { do: 'tiles', tiles: 4 })
  expect(small.focus).toBe(3)
  expect(after(small, { do: 'tiles', tiles: 9 }).cameraIds).toEqual(nine.cameraIds)
})

test('a picture that is asked for before the wall has come from the centre stays large', () => {
  const asked = after(EMPTY_WALL, { do: 'focus', cell: 5 }, { do: 'full', isFull: true })
  expect(after(asked, { do: 'restore', tiles: 9, cameraIds: ['a'] })).toMatchObject({ focus: 5, isFull: true })
  expect(after(asked, { do: 'restore', tiles: 4, cameraIds: ['a'] })).toMatchObject({ focus: 3, isFull: true })
  expect(after(asked, { do: 'restore', tiles: 1, cameraIds: ['a'] })).toMatchObject({ focus: 0, isFull: false })
})

test('a camera that is on the wall already changes places instead of standing there twice', () => {
  const { cameraIds, focus } = after(nine, { do: 'place', cell: 0, cameraId: 'i' })
  expect([cameraIds[0], cameraIds[8], focus]).toEqual(['i', 'a', 0])
})

test('whatever is done, no camera stands twice, nothing appears from nowhere and the focus is on the wall', () => {
  const cell = fc.nat(15)
  const camera = fc.constantFrom('a', 'b', 'c', 'x', 'y')
  const step: fc.Arbitrary<WallStep> = fc.oneof(
    fc.constantFrom(...TILE_COUNTS).map((tiles): WallStep => ({ do: 'tiles', tiles })),
    fc.record({ do: fc.constant('swap' as const), from: cell, to: cell }),
    fc.record({ do: fc.constant('clear' as const), cell }),
    fc.record({
      do: fc.constant('walk' as const),
      columns: fc.constantFrom(-1, 0, 1),
      rows: fc.constantFrom(-1, 0, 1),
    }),
    fc.boolean().map((isFull): WallStep => ({ do: 'full', isFull })),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), camera, (steps, placed) => {
      const wall = steps.reduce((now, next) => {
        const focused = stepWall(now, next)
        // As the list does it: onto a tile of the wall as it is now.
        const put = stepWall(focused, { do: 'place', cell: cellForNext(focused), cameraId: placed })
        const shown = put.cameraIds.slice(0, put.tiles).filter((id) => id !== null)
        expect(new Set(shown).size).toBe(shown.length)
        expect(put.cameraIds).toHaveLength(16)
        return stepWall(put, { do: 'focus', cell: put.focus })
      }, nine)
      expect(wall.focus).toBeLessThan(wall.tiles)
    }),
  )
})

test('the next camera from the list goes to the tile in hand when it is empty, else to an empty one', () => {
  const holed = after(nine, { do: 'clear', cell: 6 })
  expect(cellForNext(holed)).toBe(6)
  expect(cellForNext(after(holed, { do: 'clear', cell: 2 }, { do: 'focus', cell: 2 }))).toBe(2)
  expect(cellForNext(after(nine, { do: 'focus', cell: 5 }))).toBe(5)
})

test('a tour shows every camera once before one comes again, forwards and backwards', () => {
  const stops = Array.from({ length: 21 }, (_, i) => `c${i}`)
  expect(tourPages(21, 9)).toBe(3)
  const seen = [0, 1, 2].flatMap((page) => tourPage(stops, 9, page))
  expect(new Set(seen)).toEqual(new Set(stops))
  expect(tourPage(stops, 9, 2), 'filled up from the beginning').toEqual([...stops.slice(18), ...stops.slice(0, 6)])
  expect(tourPage(stops, 9, -1)).toEqual(tourPage(stops, 9, 2))
  expect(tourPage(stops, 9, 3)).toEqual(tourPage(stops, 9, 0))
  expect(tourPage(['only'], 4, 5), 'no camera twice on one page').toEqual(['only', null, null, null])
  expect(tourPage([], 4, 1)).toEqual([null, null, null, null])
})

test('the wall shows the alarm that nobody has taken before one in hand, the urgent before the older, and none when all are closed', () => {
  const alarm = (id: string, priority: number, state: string, raisedAt: string) =>
    ({ id, priority, state, raisedAt }) as unknown as Alarm
  const acknowledged = alarm('a', 1, 'acknowledged', '2026-01-01T00:00:00.000Z')
  const raised = alarm('b', 2, 'raised', '2026-01-01T00:01:00.000Z')
  const urgent = alarm('c', 1, 'raised', '2026-01-01T00:02:00.000Z')
  const later = alarm('d', 1, 'raised', '2026-01-01T00:03:00.000Z')
  expect(wallAlarm([acknowledged, raised])?.id).toBe('b')
  expect(wallAlarm([later, acknowledged, urgent, raised])?.id).toBe('c')
  expect(wallAlarm([alarm('e', 3, 'raised', ''), alarm('f', 1, 'closed', '')])).toBeNull()
})

test('an alarm takes the tile that shows the scene already, else an empty one, else the last', () => {
  expect(alarmCell(['a', null, 'b'], 'b')).toBe(2)
  expect(alarmCell(['a', null, 'b'], 'x')).toBe(1)
  expect(alarmCell(['a', 'c', 'b', 'd'], 'x')).toBe(3)
})

test('Enter belongs to an alarm that waits, arrows to the camera that is being turned', () => {
  expect(wallKey('Enter', nine, FREE)).toEqual({ do: 'full', isFull: true })
  expect(wallKey('Enter', nine, { ...FREE, hasWaitingAlarm: true })).toBeNull()
  expect(wallKey('ArrowLeft', nine, FREE)).toEqual({ do: 'walk', columns: -1, rows: 0 })
  expect(wallKey('ArrowLeft', nine, { ...FREE, isSteering: true })).toBeNull()
  expect(wallKey('3', nine, FREE)).toEqual({ do: 'tiles', tiles: 9 })
  expect(wallKey('a', nine, FREE), 'the desk’s own keys stay the desk’s').toBeNull()
})

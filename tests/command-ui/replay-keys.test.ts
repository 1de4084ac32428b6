import { expect, it } from 'vitest'
import { replayKey } from '../../command-ui/replay/replay-keys.ts'

const past = { fromMs: 0, toMs: 100_000, eventsMs: [10_000, 30_000, 60_000] }
const press = (key: string, atMs: number, shiftKey = false) => replayKey({ key, shiftKey }, { atMs, rate: 2 }, past)

it('the hand goes by seconds, from event to event, and to both ends', () => {
  expect(press('ArrowRight', 20_000)).toEqual({ do: 'seek', atMs: 25_000 })
  expect(press('ArrowLeft', 50_000, true)).toEqual({ do: 'seek', atMs: 20_000 })
  expect(press(']', 10_000), 'it stands on the first').toEqual({ do: 'seek', atMs: 30_000 })
  expect(press('[', 30_200), 'it has just left the second').toEqual({ do: 'seek', atMs: 10_000 })
  expect(press('[', 10_000)).toEqual({ do: 'seek', atMs: 0 })
  expect(press(']', 70_000)).toEqual({ do: 'seek', atMs: 100_000 })
  expect(press('End', 5)).toEqual({ do: 'seek', atMs: 100_000 })
})

it('speed stays among what there is, and other keys belong to the desk', () => {
  expect(press('.', 0)).toEqual({ do: 'rate', rate: 4 })
  expect(replayKey({ key: '.', shiftKey: false }, { atMs: 0, rate: 4 }, past)).toEqual({ do: 'rate', rate: 4 })
  expect(press(',', 0)).toEqual({ do: 'rate', rate: 1 })
  for (const key of ['Enter', 'n', '1', 'ArrowUp']) expect(press(key, 0), key).toBeNull()
})

import { expect, test } from 'vitest'
import { manualClock } from '../../domain/clock.ts'
import { Provisional } from '../../gateway/alarms/provisional.ts'
import { Positions } from '../../gateway/fleet/positions.ts'
import { CentreState } from '../../gateway/live/centre-state.ts'
import { button, button2, CENTRE, signal } from './harness.ts'

function start() {
  const state = new CentreState(new Positions())
  for (const device of [button, button2]) state.devices.set(device.id, device)
  return new Provisional({ state, clock: manualClock(), centre: CENTRE })
}
const idsOf = (alarms: readonly { deviceId: string }[]) => alarms.map(({ deviceId }) => deviceId)

test('a journal that has taken effect takes back its own provisional alarms and those of no other', () => {
  const provisional = start()
  provisional.take('intake-1', signal({ id: 'a', type: 'panic' }, button))
  provisional.take('intake-2', signal({ id: 'b', type: 'panic' }, button2))
  expect(idsOf(provisional.settle('intake-1'))).toEqual([button.id])
  expect(idsOf(provisional.alarms), 'that of the other journal still stands').toEqual([button2.id])
  expect(provisional.settle('intake-1')).toEqual([])
  expect(idsOf(provisional.settle('intake-2'))).toEqual([button2.id])
  expect(provisional.alarms).toEqual([])
})

test('an alarm that two journals have shown stands until both have taken effect', () => {
  const provisional = start()
  const first = provisional.take('intake-1', signal({ id: 'a', type: 'panic' }, button))
  const again = provisional.take('intake-2', signal({ id: 'b', type: 'panic' }, button))
  expect(again).toMatchObject({ id: first!.id, occurrences: 2 })
  expect(provisional.settle('intake-1')).toEqual([])
  expect(provisional.alarms).toMatchObject([{ id: first!.id, occurrences: 2 }])
  expect(provisional.settle('intake-2')).toMatchObject([{ id: first!.id }])
  expect(provisional.alarms).toEqual([])
})

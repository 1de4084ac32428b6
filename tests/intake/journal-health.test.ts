import { expect, it } from 'vitest'
import { manualClock } from '../../domain/clock.ts'
import { JournalHealth } from '../../gateway/intake/journal-health.ts'
import { eventRecord } from '../../gateway/intake/take-event.ts'

const clock = manualClock()

/** A disk with room for so many more records. */
function onDisk(disk: { room: number }) {
  const take = () => (disk.room-- > 0 ? Promise.resolve() : Promise.reject(new Error('ENOSPC')))
  const health = new JournalHealth(take, () => 'intake-1-abc', clock)
  const say = (deviceId: string) => {
    const from = { deviceId, kind: 'button', topic: `vigil/1/button/${deviceId}/event` } as const
    return health.take(eventRecord(from, Buffer.from('{}'), clock)).then(
      () => 'taken',
      () => 'refused',
    )
  }
  return { health, say }
}

it('whichever devices meet it, a journal that refuses is one trouble, of the journal', async () => {
  const disk = { room: 1 }
  const { health, say } = onDisk(disk)
  expect(await say('a')).toBe('taken')
  expect(health.conditions()).toEqual([])
  for (const device of ['a', 'b', 'c']) expect(await say(device)).toBe('refused')
  expect(health.conditions()).toMatchObject([
    { code: 'journal-failed', subjectKind: 'journal', subjectId: 'intake-1-abc', facts: { count: 3 } },
  ])
})

it('it does not come and go while the disk stays full and a small record fits now and then', async () => {
  const disk = { room: 0 }
  const { health, say } = onDisk(disk)
  await say('a')
  for (let second = 0; second < 30; second++) {
    disk.room = second % 2
    await say('b')
    clock.advance(1_000)
    expect(health.conditions(), `after ${second} s`).toHaveLength(1)
  }
})

it('it stands as long as nothing has succeeded, and is over three seconds after the last refusal', async () => {
  const disk = { room: 0 }
  const { health, say } = onDisk(disk)
  await say('a')
  clock.advance(60_000)
  expect(health.conditions(), 'nobody pressed: nobody knows').toHaveLength(1)
  disk.room = 10
  await say('a')
  expect(health.conditions(), 'the last refusal was long ago').toEqual([])
  disk.room = 0
  await say('a')
  expect(health.conditions()).toMatchObject([{ facts: { count: 1 } }])
  disk.room = 10
  await say('a')
  expect(health.conditions()).toHaveLength(1)
  clock.advance(3_000)
  expect(health.conditions()).toEqual([])
})

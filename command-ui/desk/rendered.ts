import { useEffect } from 'react'
import { clock } from '../data/clock.ts'
import { store, tell } from '../data/centre.ts'
import { markTiming } from '../data/timing-marks.ts'

/** Alarms that this desk has told about; beyond this the oldest are forgotten (a re-send is harmless). */
const TOLD_MAX = 5000
const told = new Set<string>()
/** Painted while the stream was away; told when it is back. */
const untold = new Map<string, number>()

store.live.subscribe(() => {
  if (store.live.get() !== 'live') return
  for (const [alarmId, atMs] of untold) if (tell({ type: 'rendered', alarmId, atMs })) untold.delete(alarmId)
})

function painted(alarmId: string): void {
  if (told.has(alarmId)) return
  told.add(alarmId)
  if (told.size > TOLD_MAX) told.delete(told.values().next().value ?? '')
  const atMs = Math.round(clock.nowMs())
  markTiming(`vigil:rendered:${alarmId}`)
  if (!tell({ type: 'rendered', alarmId, atMs }) && untold.size < TOLD_MAX) untold.set(alarmId, atMs)
}

/**
 * Tells the centre that these alarms are on the glass: two animation frames after the commit, when the frame that contains them
 * has been painted. A hidden tab has no frames, so it never claims to have shown anything.
 * @param alarmIds separated by spaces, so that the same alarms are the same value; "" for none
 */
export function useRendered(alarmIds: string): void {
  useEffect(() => {
    const fresh = alarmIds.split(' ').filter((id) => id !== '' && !told.has(id))
    if (fresh.length === 0) return
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => fresh.forEach((id) => painted(id)))
    })
    return () => cancelAnimationFrame(frame)
  }, [alarmIds])
}

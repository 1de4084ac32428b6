import { useMemo } from 'react'
import type { Alarm } from '../../domain/alarm.ts'
import { sceneCameras } from '../desk/scene-cameras.ts'
import { store } from '../data/centre.ts'
import { useAll, useOne } from '../data/use-store.ts'
import { alarmCell, wallAlarm } from './alarm-cell.ts'

export interface AlarmTile {
  alarm: Alarm
  cell: number
  cameraId: string
}

/** The tile that the alarm in question has taken, and with which camera; null when the wall is the officer's own. */
export function useWallAlarm(shown: readonly (string | null)[]): AlarmTile | null {
  const alarms = useAll(store.alarms)
  const cameras = useAll(store.cameras)
  const alarm = wallAlarm(alarms)
  const incident = useOne(store.incidents, alarm?.incidentId ?? null)
  const site = useOne(store.sites, alarm?.siteId ?? null)
  const wanted = incident?.cameraIds ?? site?.cameraIds
  const cameraId = useMemo(() => {
    if (!alarm) return null
    return sceneCameras(cameras, wanted ?? [], alarm.place, 1)[0]?.camera.id ?? null
  }, [alarm, cameras, wanted])
  return alarm && cameraId !== null ? { alarm, cell: alarmCell(shown, cameraId), cameraId } : null
}

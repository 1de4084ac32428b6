import type { Health } from '../../domain/wire/live.ts'
import type { CentreState } from './centre-state.ts'

export type Word = Health['intake']

/** What the strip is told by those who know; each answers from memory. */
export interface HealthSources {
  intake: () => Word
  database: () => Word
  broker: () => Word
  /** Streamers that report; without any, video is away. */
  video: () => Word
  desks: () => number
}

/** The state of the centre as the strip of a desk shows it, from memory. */
export function readHealth(sources: HealthSources, state: CentreState): Health {
  let camerasOnline = 0
  let camerasWanted = 0
  for (const camera of state.cameras.values()) {
    if (!camera.enabled) continue
    if (camera.warm || camera.state !== 'idle') camerasWanted++
    if (camera.state === 'online') camerasOnline++
  }
  let devicesReady = 0
  let devicesLost = 0
  for (const device of state.devices.values()) {
    if (device.state === 'ready' || device.state === 'alert' || device.state === 'sleeping') devicesReady++
    else if (device.state === 'lost') devicesLost++
  }
  return {
    intake: sources.intake(),
    database: sources.database(),
    video: sources.video(),
    broker: sources.broker(),
    camerasOnline,
    camerasWanted,
    devicesReady,
    devicesLost,
    desks: sources.desks(),
  }
}

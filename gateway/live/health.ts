import type { Health } from '../../domain/wire/live.ts'
import type { Device } from '../../domain/device.ts'
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
export function readHealth(
  sources: HealthSources,
  state: CentreState,
  deviceNow: (device: Device) => Device,
): Omit<Health, 'camerasOnline' | 'camerasWanted'> {
  let devicesReady = 0
  let devicesLost = 0
  for (const device of state.devices.values()) {
    const { state: word } = deviceNow(device)
    if (word === 'ready' || word === 'alert' || word === 'sleeping') devicesReady++
    else if (word === 'lost') devicesLost++
  }
  return {
    intake: sources.intake(),
    database: sources.database(),
    video: sources.video(),
    broker: sources.broker(),
    devicesReady,
    devicesLost,
    desks: sources.desks(),
  }
}

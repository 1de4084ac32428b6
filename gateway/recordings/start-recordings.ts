import type { Alarm } from '../../domain/alarm.ts'
import type { Clock } from '../../domain/clock.ts'
import type { Settings } from '../../domain/config.ts'
import type { Log } from '../../domain/log.ts'
import type { Metrics } from '../../domain/metrics.ts'
import type { CentreState } from '../live/centre-state.ts'
import type { EventLog } from '../live/event-log.ts'
import type { Troubles } from '../live/troubles.ts'
import type { Database } from '../store/database.ts'
import { FollowVehicles } from './follow-vehicles.ts'
import { KeepRecordings } from './keep-recordings.ts'
import { RecordingSpans } from './recording-spans.ts'

export interface RecordingsDeps {
  core: { events: EventLog; troubles: Troubles; state: CentreState; provisional: () => readonly Alarm[] }
  database: Database
  settings: Settings
  recordDir: string
  clock: Clock
  log: Log
  metrics: Metrics
}

/** The core's part of recording: what is wanted, and how long it is kept. @throws Fault `database-away` */
export async function startRecordings(deps: RecordingsDeps): Promise<{
  spans: RecordingSpans
  keeper: KeepRecordings
  stop(): void
}> {
  const { core, settings } = deps
  const spans = new RecordingSpans({
    ...deps,
    ...core,
    beforeMs: settings.VIGIL_RECORD_BEFORE_S * 1000,
    afterMs: settings.VIGIL_RECORD_AFTER_S * 1000,
  })
  const keeper = new KeepRecordings({
    ...deps,
    ...core,
    daysDefault: settings.VIGIL_RECORD_DAYS,
    bytesMax: settings.VIGIL_RECORD_MAX_GB === undefined ? null : settings.VIGIL_RECORD_MAX_GB * 1e9,
  })
  const follower = new FollowVehicles({ ...deps, ...core, want: (span) => spans.want(span) })
  await spans.start()
  follower.start()
  keeper.start()
  return {
    spans,
    keeper,
    stop: () => {
      follower.stop()
      spans.stop()
      keeper.stop()
    },
  }
}

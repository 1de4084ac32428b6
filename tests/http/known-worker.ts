import { silentLog } from '../../domain/log.ts'
import { Metrics } from '../../domain/metrics.ts'
import { CoreBeat } from '../../streamer/core-beat.ts'
import { startWorker, until, type Worker } from '../streamer/support/harness.ts'
import { INTERNAL_TOKEN, type Fixture } from './fixture.ts'

/** A real streamer worker that the centre of the fixture knows and gives its cameras to. `stop()` ends both. */
export async function startKnownWorker(fixture: Fixture): Promise<{ worker: Worker; beat: CoreBeat; stop(): void }> {
  const worker = await startWorker()
  const beat = new CoreBeat({
    coreUrl: fixture.url,
    workerId: 'streamer-1',
    token: INTERNAL_TOKEN,
    baseUrl: worker.baseUrl,
    metricsPort: 1,
    fleet: worker.fleet,
    log: silentLog,
    metrics: new Metrics(),
  })
  beat.start()
  await until('the worker is known', () => fixture.fleet.anyWorker() !== null)
  const stop = () => {
    beat.stop()
    worker.stop()
  }
  return { worker, beat, stop }
}

import { CAMERA_STATES } from '../../domain/camera.ts'
import type { Clock } from '../../domain/clock.ts'
import type { Metrics, Series } from '../../domain/metrics.ts'
import type { AudioTrack } from '../audio/audio-track.ts'
import type { SlabPool } from '../fmp4/slab.ts'
import type { Pipeline } from '../pipeline.ts'
import type { ReadModeration } from '../read-moderation.ts'
import type { Camera, CameraSession } from './camera.ts'

/** Counters of one stream, named as on `/metrics` (`vigil_stream_<name>_total`). */
const COUNTERS = {
  packets: 'RTP packets received',
  bytes: 'bytes of RTP packets received',
  bad_packets: 'packets that are no RTP of the video',
  lost_packets: 'RTP packets that never came',
  reordered_packets: 'RTP packets that came early and were held',
  late_packets: 'RTP packets that came twice or too late',
  resyncs: 'times the connection fell out of step and was brought back',
  garbage_bytes: 'bytes skipped to come into step again',
  units: 'access units',
  key_units: 'key access units',
  damaged_units: 'access units dropped because something of them was missing',
  repaired_times: 'RTP times that jumped, repeated or ran backwards',
  gap_ticks: 'media time left out because of gaps, 90 kHz ticks',
  marker_lies: 'markers before the end of a picture',
  codec_lies: 'streams whose description named another codec than came',
  unsupported_payloads: 'RTP payloads of a kind that is not read',
  skipped_leading_units: 'access units before a first CRA that nobody can decode',
  start_codes: 'RTP payloads with Annex B start codes in them',
  refused_parameter_sets: 'parameter sets that cannot be read or ask for an impossible picture',
  byes: 'RTCP BYE packets, after which cameras mostly go on',
  insane_reports: 'RTCP sender reports whose clock is a second and more off',
  sound_packets: 'RTP packets of sound',
  sound_bad_packets: 'packets that are no RTP of the sound',
  sound_silent_frames: 'frames of silence in place of sound that did not come',
  sound_dropped_frames: 'frames of sound left out to stay in step with the picture',
  sound_resyncs: 'times sound and picture were brought together again',
} as const
type CounterName = keyof typeof COUNTERS

interface MeasuredFleet {
  cameras: ReadonlyMap<string, Camera>
  slabs: SlabPool
  clock: Clock
  moderation: ReadModeration
}

/** Sums over all streams, past and present; filled when somebody reads, so that the hot path only counts. */
export class FleetMetrics {
  readonly brokenTicks: Series
  readonly #retired = Object.fromEntries(Object.keys(COUNTERS).map((name) => [name, 0])) as Record<CounterName, number>

  constructor(metrics: Metrics, fleet: MeasuredFleet) {
    this.brokenTicks = metrics
      .counter('vigil_camera_internal_errors_total', 'camera sessions ended by an internal error')
      .of()
    const series = Object.entries(COUNTERS).map(
      ([name, help]) => [name as CounterName, metrics.counter(`vigil_stream_${name}_total`, help).of()] as const,
    )
    const states = metrics.gauge('vigil_cameras', 'cameras of this worker by state')
    const moderated = metrics.gauge('vigil_streams_moderated', 'streams that nobody watches, read in rounds').of()
    const lateRounds = metrics.counter('vigil_stream_late_rounds_total', 'rounds of reads that came a slot late').of()
    const early = metrics
      .counter('vigil_stream_early_segments_total', 'segments that left a ring before their time: too many bytes')
      .of()
    const slabs = metrics.gauge('vigil_stream_memory_bytes', 'memory of the rings')
    const counters = {
      connects: metrics.counter('vigil_camera_connects_total', 'connections begun').of(),
      failures: metrics.counter('vigil_camera_failures_total', 'connections that failed or ended').of(),
      parts: metrics.counter('vigil_stream_parts_total', 'parts made').of(),
      lateParts: metrics
        .counter('vigil_stream_late_parts_total', 'parts made more than 200 ms after they could be')
        .of(),
      discontinuities: metrics
        .counter('vigil_stream_discontinuities_total', 'new init sections or resumed streams')
        .of(),
      waitersRefused: metrics
        .counter('vigil_live_waiters_refused_total', 'blocking reloads refused: too many wait')
        .of(),
    }
    metrics.onRead(() => {
      const sums = { ...this.#retired }
      const byState = new Map<string, number>(CAMERA_STATES.map((state) => [state, 0]))
      const totals = { connects: 0, failures: 0, parts: 0, lateParts: 0, discontinuities: 0, waitersRefused: 0 }
      let earlySegments = 0
      const nowMs = fleet.clock.monotonicMs()
      for (const camera of fleet.cameras.values()) {
        if (camera.pipeline && camera.session) addCounts(sums, camera.pipeline, camera.session)
        const { state } = camera.verdict(nowMs)
        byState.set(state, (byState.get(state) ?? 0) + 1)
        for (const key of ['connects', 'failures'] as const) totals[key] += camera.counts[key]
        for (const key of ['parts', 'lateParts', 'discontinuities', 'waitersRefused'] as const)
          totals[key] += camera.stream.counts[key]
        earlySegments += camera.stream.ring.counts.earlySegments
      }
      for (const [name, cell] of series) cell.set(sums[name])
      for (const key of Object.keys(totals) as (keyof typeof totals)[]) counters[key].set(totals[key])
      early.set(earlySegments)
      moderated.set(fleet.moderation.size)
      lateRounds.set(fleet.moderation.counts.lateSlots)
      for (const [state, count] of byState) states.of({ state }).set(count)
      slabs.of({ use: 'held' }).set(fleet.slabs.usedBytes)
      slabs.of({ use: 'free' }).set(fleet.slabs.freeBytes)
    })
  }

  /** A session ends: its counts stay in the sums. */
  retire(pipeline: Pipeline, session: CameraSession): void {
    addCounts(this.#retired, pipeline, session)
  }
}

function addCounts(sums: Record<CounterName, number>, pipeline: Pipeline, session: CameraSession): void {
  const { order, units, clock, counts } = pipeline
  const cut = session.splitter.counts
  sums.packets += counts.packets
  sums.bytes += counts.bytes
  sums.bad_packets += counts.badPackets + counts.otherSource
  sums.lost_packets += order.counts.lost
  sums.reordered_packets += order.counts.reordered
  sums.late_packets += order.counts.late
  sums.resyncs += cut.resyncs
  sums.garbage_bytes += cut.garbageBytes
  sums.units += units.counts.units
  sums.key_units += units.counts.keys
  sums.damaged_units += units.counts.damaged
  sums.repaired_times += clock.counts.jumps + clock.counts.repeats
  sums.gap_ticks += Math.round(counts.clippedTicks)
  sums.marker_lies += units.counts.markerLies
  sums.codec_lies += counts.codecLies
  sums.unsupported_payloads += units.counts.unsupported
  sums.skipped_leading_units += units.counts.skippedLeading
  sums.start_codes += units.counts.startCodes
  sums.refused_parameter_sets += units.parameters.counts.unreadable
  sums.byes += pipeline.report.counts.byes
  sums.insane_reports += pipeline.report.counts.insane
  if (pipeline.audio) addSoundCounts(sums, pipeline.audio.counts)
}

function addSoundCounts(sums: Record<CounterName, number>, counts: AudioTrack['counts']): void {
  sums.sound_packets += counts.packets
  sums.sound_bad_packets += counts.badPackets + counts.late
  sums.sound_silent_frames += counts.silentFrames
  sums.sound_dropped_frames += counts.droppedFrames
  sums.sound_resyncs += counts.resyncs
}

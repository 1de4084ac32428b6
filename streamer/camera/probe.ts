import type { Clock } from '../../domain/clock.ts'
import type { FaultCode } from '../../domain/fault.ts'
import { SlabPool } from '../fmp4/slab.ts'
import { LiveStream } from '../hls/live-stream.ts'
import { Pipeline } from '../pipeline.ts'
import type { Credential, RtspAddress } from '../rtsp/address.ts'
import type { StreamFailure } from '../rtsp/failure.ts'
import { silent } from '../rtsp/failure.ts'
import { RtspSession } from '../rtsp/rtsp-session.ts'

/** The installer's verdict comes within six seconds, whatever the camera does. */
const PROBE_TIMEOUT_MS = 5_800
/** Packets come and the SDP told size and codec: a long key frame interval need not be waited out. */
const KEY_WAIT_MS = 1_500
const TICK_MS = 50

export type ProbeResult =
  | { ok: true; codec: string | null; widthPx: number | null; heightPx: number | null }
  | { ok: false; code: FaultCode; detail: string }

/** Does with a camera what serving it would do, up to its first picture, and leaves it again. Never rejects. */
export function probeCamera(
  address: RtspAddress,
  credential: Credential | null,
  clock: Clock,
  certificateSha256: string | null = null,
): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const beganMs = clock.monotonicMs()
    let pipeline: Pipeline | null = null
    let firstPacketMs = 0
    const finish = (result: ProbeResult) => {
      clearInterval(timer)
      session.stop()
      pipeline?.close()
      pipeline = null
      resolve(result)
    }
    const fail = (failure: StreamFailure) => finish({ ok: false, code: failure.code, detail: failure.reason })
    const succeed = () => {
      const facts = pipeline?.units.parameters.facts ?? null
      finish({
        ok: true,
        codec: facts?.codec ?? null,
        widthPx: facts?.widthPx ?? null,
        heightPx: facts?.heightPx ?? null,
      })
    }
    const session = new RtspSession({
      address,
      credential,
      clock,
      certificateSha256,
      listener: {
        onVideo: (video) => {
          const stream = new LiveStream(1_000, 0)
          pipeline = new Pipeline({ ...video, stream, clock, slabs: new SlabPool() })
        },
        onPlaying: () => {},
        onRtp: (bytes, start, end, nowMs) => pipeline?.packet(bytes, start, end, nowMs),
        onEnded: fail,
      },
    })
    const timer = setInterval(() => {
      const nowMs = clock.monotonicMs()
      session.tick(nowMs)
      if (!pipeline) return
      if (firstPacketMs === 0) firstPacketMs = pipeline.lastPacketMs
      const hasFacts = pipeline.units.parameters.facts !== null
      if (pipeline.lastKeyMs > 0 && hasFacts) succeed()
      else if (firstPacketMs > 0 && hasFacts && nowMs - firstPacketMs > KEY_WAIT_MS) succeed()
      else if (nowMs - beganMs >= PROBE_TIMEOUT_MS) {
        if (firstPacketMs > 0) succeed()
        else fail(silent('the camera agreed to play but sends nothing'))
      }
    }, TICK_MS)
  })
}

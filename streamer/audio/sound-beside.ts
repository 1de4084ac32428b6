import type { PartWriter } from '../fmp4/part-writer.ts'
import { RtpHeader } from '../rtp/rtp-header.ts'
import type { SenderReport } from '../rtp/sender-report.ts'
import type { AudioTrack, PictureTime } from './audio-track.ts'
import type { SoundBuffer } from './sound-buffer.ts'

/** The sound's place in a pipeline: it is told of every picture, takes its own packets and gives its frames to the part that closes. */
export class SoundBeside {
  readonly track: AudioTrack
  readonly #rtp = new RtpHeader()
  /** Reused; 0 ms: no picture yet. */
  readonly #picture: PictureTime

  /** @param report of the video; @param clockHz of the video's RTP times */
  constructor(track: AudioTrack, report: SenderReport, clockHz: number) {
    this.track = track
    this.#picture = { rtpTicks: 0, mediaTicks: 0, atMs: 0, clockHz, report }
  }

  /** @param mediaTicks when it is shown; @param atMs monotonic, when it came */
  pictureCame(rtpTicks: number, mediaTicks: number, atMs: number): void {
    this.#picture.rtpTicks = rtpTicks
    this.#picture.mediaTicks = mediaTicks
    this.#picture.atMs = atMs
  }

  /** Before the first picture there is nothing that it could lie beside. */
  packet(bytes: Buffer, start: number, end: number, nowMs: number): void {
    if (this.#picture.atMs === 0) return
    if (this.#rtp.read(bytes, start, end)) this.track.packet(bytes, this.#rtp, this.#picture, nowMs)
    else this.track.counts.badPackets++
  }

  /** Puts what there is behind the pictures of the part that closes. The run is cleared by the caller, when its head is written. */
  addTo(writer: PartWriter, startTicks: number, endTicks: number, nowMs: number): SoundBuffer {
    const { run } = this.track
    this.track.complete(startTicks, endTicks, nowMs)
    if (run.bytes > 0) writer.insert(run.content, run.bytes)
    return run
  }
}

import type { AudioFacts } from '../fmp4/audio-entry.ts'
import type { RtpHeader } from '../rtp/rtp-header.ts'
import { SenderReport } from '../rtp/sender-report.ts'
import type { AudioMedia } from '../rtsp/audio-media.ts'
import { SoundBuffer } from './sound-buffer.ts'
import type { SoundSource } from './sound-source.ts'
import { createSoundSource } from './sound-source.ts'

/** Sound and picture may be apart by this much; the ear notices 125 ms. Corrected by whole frames of 20–64 ms. */
const APART_MAX_MS = 100
/** Further apart is a jump, not the drift of two clocks, and is corrected at once. */
const JUMP_MS = 500
/** A mean over so many packets decides about drift; one late packet does not. */
const DRIFT_PACKETS = 16
/** Sound that has not come for this long has stopped: silence fills its place, so that players do not wait for it. */
const STOPPED_MS = 1_000
/** While it comes it may lie this far behind the pictures before silence goes ahead of it. */
const LAG_MAX_MS = 500
/** Fewer lost samples than this are replaced by silence. */
const LOST_MAX_S = 1

/** Where the picture is: what ties the sound to the media's time. */
export interface PictureTime {
  rtpTicks: number
  /** Presentation time of that picture in the media, 90 kHz ticks. */
  mediaTicks: number
  /** Our monotonic clock. */
  atMs: number
  clockHz: number
  report: SenderReport
}

/**
 * The sound of one camera: packets to frames to the open part. Its time is counted in samples without holes, kept beside the
 * picture's by sender reports (by arrival until both have come) and corrected with silence or by leaving frames out. Parts close
 * by picture alone; sound that stops becomes silence.
 */
export class AudioTrack {
  readonly counts = { packets: 0, badPackets: 0, late: 0, frames: 0, silentFrames: 0, droppedFrames: 0, resyncs: 0 }
  readonly facts: AudioFacts
  readonly run: SoundBuffer
  readonly report = new SenderReport()
  readonly #source: SoundSource
  readonly #payloadType: number
  readonly #rateHz: number
  #sequence = -1
  #nextRtpTicks = 0
  #isPlaced = false
  #apartMs = 0
  #skipFrames = 0
  #lastPacketMs = 0
  readonly #take = (bytes: Buffer, start: number, end: number): void => this.#frame(bytes, start, end)

  constructor(media: AudioMedia) {
    this.#source = createSoundSource(media)
    this.#payloadType = media.payloadType
    this.#rateHz = media.clockHz
    this.facts = this.#source.facts
    this.run = new SoundBuffer(this.#source.frameSamples)
  }

  /**
   * @param rtp read of this packet
   * @param picture the newest one
   * @param nowMs monotonic
   */
  packet(bytes: Buffer, rtp: RtpHeader, picture: PictureTime, nowMs: number): void {
    const { payloadStart, payloadEnd } = rtp
    const isOurs = rtp.payloadType === this.#payloadType
    const samples = isOurs ? this.#source.samplesIn(bytes, payloadStart, payloadEnd) : 0
    if (samples === 0) {
      this.counts.badPackets++
      return
    }
    const ahead = (rtp.sequence - this.#sequence) & 0xffff
    if (this.#sequence >= 0 && (ahead === 0 || ahead > 0xff00)) {
      this.counts.late++
      return
    }
    this.counts.packets++
    this.#lastPacketMs = nowMs
    // Where no packet is missing a leap of its time is the camera's mistake, or a pause; either shows in where it belongs.
    if (this.#sequence >= 0 && ahead > 1) this.#fillLoss((rtp.rtpTicks - this.#nextRtpTicks) | 0)
    this.#sequence = rtp.sequence
    this.#nextRtpTicks = (rtp.rtpTicks + samples) >>> 0
    this.#keepTogether(this.#placeOf(rtp.rtpTicks, picture, nowMs))
    this.#source.payload(bytes, payloadStart, payloadEnd, this.#take)
  }

  /**
   * Before a part is closed: what sound lacks of it becomes silence.
   * @param startTicks of the part, in the media's time; @param endTicks where it ends
   * @param nowMs monotonic
   */
  complete(startTicks: number, endTicks: number, nowMs: number): void {
    const endSamples = (endTicks * this.#rateHz) / 90_000
    if (!this.#isPlaced) this.#place((startTicks * this.#rateHz) / 90_000)
    const hasStopped = nowMs - this.#lastPacketMs > STOPPED_MS
    const lagMax = hasStopped ? 0 : (LAG_MAX_MS * this.#rateHz) / 1000
    if (endSamples - this.run.endSamples <= lagMax) return
    const wanted = endSamples - lagMax / 2
    while (this.run.endSamples + this.run.frameSamples <= wanted) if (!this.#silence()) return
  }

  /** Where this packet's first sample belongs, in samples of the media's time. */
  #placeOf(rtpTicks: number, picture: PictureTime, nowMs: number): number {
    const arrivedMs = picture.mediaTicks / 90 + (nowMs - picture.atMs)
    let mediaMs = arrivedMs
    if (this.report.wallMs > 0 && picture.report.wallMs > 0) {
      const soundMs = this.report.wallMsAt(rtpTicks, this.#rateHz)
      const pictureMs = picture.report.wallMsAt(picture.rtpTicks, picture.clockHz)
      const reportedMs = picture.mediaTicks / 90 + soundMs - pictureMs
      // Reports of two clocks that were set between them are of no use.
      if (Math.abs(reportedMs - arrivedMs) < 2_000) mediaMs = reportedMs
    }
    return (mediaMs * this.#rateHz) / 1000
  }

  #keepTogether(placeSamples: number): void {
    if (!this.#isPlaced) return this.#place(placeSamples)
    const skipped = this.#skipFrames * this.run.frameSamples
    const apartSamples = placeSamples - (this.run.endSamples + this.#source.openSamples - skipped)
    const apartMs = (apartSamples * 1000) / this.#rateHz
    this.#apartMs += (apartMs - this.#apartMs) / DRIFT_PACKETS
    if (Math.abs(apartMs) < JUMP_MS && Math.abs(this.#apartMs) < APART_MAX_MS) return
    const frames = Math.round(apartSamples / this.run.frameSamples)
    this.counts.resyncs++
    this.#apartMs = 0
    if (frames < 0) this.#skipFrames -= frames
    else for (let i = 0; i < frames; i++) if (!this.#silence()) return this.#place(placeSamples)
  }

  /** The first frame, or the first after a gap that silence cannot fill. */
  #place(samples: number): void {
    this.#isPlaced = true
    if (this.run.count === 0) this.run.startSamples = Math.max(0, Math.round(samples))
  }

  #fillLoss(lostSamples: number): void {
    if (lostSamples <= 0 || lostSamples > this.#rateHz * LOST_MAX_S) return
    for (let i = Math.round(lostSamples / this.run.frameSamples); i > 0; i--) if (!this.#silence()) return
  }

  #silence(): boolean {
    const before = this.run.count
    this.counts.silentFrames++
    this.#source.silence(this.#take)
    return this.run.count > before
  }

  #frame(bytes: Buffer, start: number, end: number): void {
    if (this.#skipFrames > 0) {
      this.#skipFrames--
      this.counts.droppedFrames++
    } else if (this.run.add(bytes, start, end)) this.counts.frames++
    else this.counts.droppedFrames++
  }
}

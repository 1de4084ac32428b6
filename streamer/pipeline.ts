import type { Clock } from '../domain/clock.ts'
import type { AudioTrack } from './audio/audio-track.ts'
import { SoundBeside } from './audio/sound-beside.ts'
import type { InitSection } from './fmp4/init-section.ts'
import { createInitSection } from './fmp4/init-section.ts'
import { partHeadBytes, SampleList, SAMPLES_MAX, writePartHead } from './fmp4/part-head.ts'
import { PART_BYTES_MAX, PartWriter } from './fmp4/part-writer.ts'
import type { SlabPool } from './fmp4/slab.ts'
import { StillWatch } from './health/still-watch.ts'
import type { LiveStream } from './hls/live-stream.ts'
import { Segmenter } from './hls/segmenter.ts'
import { ArrivalDate } from './rtp/arrival-date.ts'
import { H264Depacketiser } from './rtp/h264-depacketiser.ts'
import { H265Depacketiser } from './rtp/h265-depacketiser.ts'
import { PacketOrder } from './rtp/packet-order.ts'
import type { VideoCodec } from './rtp/parameter-sets.ts'
import { RtpClock } from './rtp/rtp-clock.ts'
import { RtpHeader } from './rtp/rtp-header.ts'
import { SenderReport } from './rtp/sender-report.ts'
import type { AccessUnit, UnitDepacketiser } from './rtp/unit-depacketiser.ts'

/** A second source on the same channel is taken when the first has been silent this long. */
const SOURCE_SILENT_MS = 1_000

export interface PipelineOptions {
  /** Where parts go; its time goes on when a camera comes back. */
  stream: LiveStream
  clock: Clock
  slabs: SlabPool
  codec?: VideoCodec
  payloadType: number
  clockHz: number
  /** Only of a camera whose sound is wanted. */
  audio?: AudioTrack | null
  /** From the session description; what comes in band wins. */
  parameterSets: Buffer[]
}

/** The straight line of one camera: packet → ordered → access unit → timed → part. Nothing else decides flow. */
export class Pipeline {
  readonly counts = {
    packets: 0,
    bytes: 0,
    badPackets: 0,
    otherSource: 0,
    waitingForKey: 0,
    noParameters: 0,
    /** The session description named the wrong codec. */
    codecLies: 0,
    clippedTicks: 0,
  }
  readonly order: PacketOrder
  units: UnitDepacketiser
  readonly segmenter = new Segmenter()
  /** Monotonic clock, for the camera's health; 0: never. */
  lastPacketMs = 0
  lastKeyMs = 0
  longestGroupMs = 0
  /** Whether the stream lives and its picture does not. */
  readonly still = new StillWatch()
  readonly clock: RtpClock
  /** What the camera says of its own clock. */
  readonly report = new SenderReport()
  readonly audio: AudioTrack | null
  init: InitSection | null = null
  readonly #stream: LiveStream
  readonly #time: Clock
  readonly #writer: PartWriter
  readonly #samples = new SampleList()
  readonly #rtp = new RtpHeader()
  readonly #sound: SoundBeside | null
  readonly #clockHz: number
  readonly #payloadType: number
  #headerOf: Buffer | null = null
  #headerAt = 0
  #initVersion = -1
  #ssrc = -1
  #fragments = 0
  /** Media time that was left out because a gap was longer than a part may be. */
  #shiftTicks = 0
  /** Decode times begin anew, of a new worker too. */
  #isDiscontinuous = true
  readonly #arrival: ArrivalDate
  /** The newest picture was not dropped. */
  #isNewestPlaced = false

  constructor(options: PipelineOptions) {
    this.#stream = options.stream
    this.#time = options.clock
    this.#arrival = new ArrivalDate(options.clock)
    this.#payloadType = options.payloadType
    this.clock = new RtpClock(options.clockHz, options.stream.endTicks)
    this.segmenter.begin(options.stream.endTicks)
    this.#writer = new PartWriter(options.slabs)
    this.units = createDepacketiser(options.codec ?? 'H264', this.#writer)
    this.audio = options.audio ?? null
    this.#sound = this.audio ? new SoundBeside(this.audio, this.report, options.clockHz) : null
    this.#clockHz = options.clockHz
    this.order = new PacketOrder({ onOrdered: (bytes, start, end, lost) => this.#ordered(bytes, start, end, lost) })
    for (const nal of options.parameterSets) this.units.parameters.add(nal)
  }

  /** A read begins. @param lagMs so long its bytes may have waited in the kernel */
  readBegins(lagMs: number): void {
    this.#arrival.readBegins(lagMs)
  }

  /** All of the read was passed on: the newest picture has waited least and tells how far dates are off. */
  readEnds(): void {
    if (this.#arrival.lagMs === 0 || !this.#isNewestPlaced) return
    const openTicks = this.clock.dtsTicks - this.#shiftTicks - this.segmenter.partStartTicks
    this.#arrival.readEnds(this.#stream.dateMs + openTicks / 90)
  }

  /** @param nowMs monotonic */
  packet(bytes: Buffer, start: number, end: number, nowMs: number): void {
    const rtp = this.#rtp
    if (!rtp.read(bytes, start, end) || rtp.payloadType !== this.#payloadType) {
      this.counts.badPackets++
      return
    }
    if (rtp.ssrc !== this.#ssrc && !this.#takesSource(rtp.ssrc, nowMs)) return
    this.counts.packets++
    this.counts.bytes += end - start
    this.lastPacketMs = nowMs
    this.#arrival.at(nowMs)
    this.#headerOf = bytes
    this.#headerAt = start
    this.order.push(rtp.sequence, bytes, start, end, nowMs)
  }

  /** A packet of the sound. @param nowMs monotonic */
  soundPacket(bytes: Buffer, start: number, end: number, nowMs: number): void {
    if (this.init !== null) this.#sound?.packet(bytes, start, end, nowMs)
  }

  /** RTCP of the video or of the sound. */
  control(isSound: boolean, bytes: Buffer, start: number, end: number): void {
    const report = isSound ? this.audio?.report : this.report
    report?.read(bytes, start, end, this.#time.nowMs(), this.#arrival.lagMs)
  }

  #ordered(bytes: Buffer, start: number, end: number, lost: number): void {
    const rtp = this.#rtp
    // Only a packet that had been held is not the one whose header was just read.
    if (bytes !== this.#headerOf || start !== this.#headerAt) rtp.read(bytes, start, end)
    this.#headerOf = null
    if (lost > 0) this.units.lost()
    if (this.units.beginsNextUnit(bytes, rtp)) this.#finishUnit()
    this.units.append(bytes, rtp)
    if (this.units.endsUnit(rtp)) this.#finishUnit()
    if (this.units.looksOther) this.#changeCodec()
  }

  #finishUnit(): void {
    const unit = this.units.finish()
    this.#isNewestPlaced = false
    if (!unit) return
    if (this.units.awaitsKey) {
      this.counts.waitingForKey++
      return this.#writer.dropUnit()
    }
    this.clock.stamp(unit.rtpTicks, this.units.parameters.facts?.mayReorder ?? false)
    if (unit.isKey) this.#keyCame(this.#arrival.monotonicMs)
    this.still.unit(unit.isKey, unit.bytes, this.lastPacketMs)
    const shownTicks = this.clock.dtsTicks + this.clock.offsetTicks - this.#shiftTicks
    this.#sound?.pictureCame(unit.rtpTicks, shownTicks, this.lastPacketMs)
    const isNew = unit.isKey && this.units.parameters.version !== this.#initVersion
    if (isNew && !this.#makeInit()) {
      this.counts.noParameters++
      this.units.awaitsKey = true
      return this.#writer.dropUnit()
    }
    this.#place(unit, isNew)
  }

  #keyCame(nowMs: number): void {
    if (this.lastKeyMs > 0) this.longestGroupMs = Math.max(this.longestGroupMs, nowMs - this.lastKeyMs)
    this.lastKeyMs = nowMs
  }

  #place(unit: AccessUnit, isNew: boolean): void {
    const stepTicks = this.clock.stepTicks
    this.#isNewestPlaced = true
    if (this.#samples.count === 0) this.#closeGap(this.clock.dtsTicks)
    const isFull = this.#samples.count >= SAMPLES_MAX || this.#writer.partBytes >= PART_BYTES_MAX
    if (isFull) this.#cutPart(this.clock.dtsTicks - this.#shiftTicks, true)
    if (this.#stream.ring.isOpenFull) this.#endSegment()
    for (;;) {
      const dtsTicks = this.clock.dtsTicks - this.#shiftTicks
      const cut = this.segmenter.push(dtsTicks, stepTicks, unit.isKey, isNew)
      if (cut === 'closeSegment') {
        this.#endSegment()
      } else if (cut === 'closePartBefore') {
        this.#cutPart(dtsTicks, false)
        this.#closeGap(this.clock.dtsTicks)
      } else {
        if (this.#stream.ring.open === null) this.#beginSegment(unit, isNew)
        this.#samples.add(dtsTicks, this.clock.offsetTicks, unit.bytes, unit.isKey)
        this.#writer.beginUnit()
        if (cut === 'closePart') this.#cutPart(dtsTicks + stepTicks, false)
        return
      }
    }
  }

  #endSegment(): void {
    this.#cutPart(this.clock.dtsTicks - this.#shiftTicks, true)
    this.#closeGap(this.clock.dtsTicks)
    this.#stream.endSegment(this.#arrival.monotonicMs)
    this.segmenter.segmentClosed(this.clock.stepTicks)
  }

  /** A gap longer than half a part is taken out of the media's time; the segment's date tells the truth. */
  #closeGap(dtsTicks: number): void {
    const gap = dtsTicks - this.#shiftTicks - this.segmenter.partStartTicks
    if (Math.abs(gap) <= Math.max(this.segmenter.partTargetTicks, this.clock.stepTicks) / 2) return
    this.#shiftTicks += gap
    this.#arrival.gapMs += gap / 90
    this.counts.clippedTicks += Math.abs(gap)
  }

  #cutPart(nextTicks: number, isLastOfSegment: boolean): void {
    const samples = this.#samples
    if (samples.count === 0) return
    const startTicks = this.segmenter.partStartTicks
    const endTicks = this.segmenter.partEnd(nextTicks, isLastOfSegment)
    const sound = this.#sound?.addTo(this.#writer, startTicks, endTicks, this.#arrival.monotonicMs) ?? null
    const cut = this.#writer.cut(partHeadBytes(samples, sound))
    const { slab, start, end, headBytes } = cut
    writePartHead(slab.bytes, start, samples, startTicks, endTicks, ++this.#fragments, end - start - headBytes, sound)
    sound?.clear()
    const isIndependent = samples.keys[0] === 1
    samples.clear()
    this.segmenter.partClosed(endTicks, this.clock.stepTicks)
    this.#stream.partTargetTicks = this.segmenter.partTargetTicks
    this.#stream.endTicks = endTicks
    this.#stream.addPart(cut, endTicks - startTicks, isIndependent, this.#arrival.soonestMs)
  }

  #beginSegment(unit: AccessUnit, isNew: boolean): void {
    const dateMs = this.#arrival.dateOf(this.#stream.dateMs)
    const isDiscontinuous = this.#isDiscontinuous || (isNew && this.#stream.ring.segments.length > 0)
    this.#isDiscontinuous = false
    const takenMs = this.report.isSane ? Math.round(this.report.wallMsAt(unit.rtpTicks, this.#clockHz)) : null
    this.#stream.beginSegment(this.init!, isDiscontinuous, Math.round(dateMs), unit.isKey ? unit.bytes : 0, takenMs)
  }

  #makeInit(): boolean {
    const sets = this.units.parameters
    if (!sets.isComplete || !sets.facts) return false
    this.#initVersion = sets.version
    this.init = createInitSection(sets, sets.facts, this.audio?.facts ?? null)
    return true
  }

  /** What was described as H.264 is H.265: the rest is taken for what it is. */
  #changeCodec(): void {
    this.counts.codecLies++
    this.#writer.dropUnit()
    this.#initVersion = -1
    this.units = new H265Depacketiser(this.#writer)
  }

  #takesSource(ssrc: number, nowMs: number): boolean {
    if (this.#ssrc >= 0 && nowMs - this.lastPacketMs - this.#arrival.lagMs < SOURCE_SILENT_MS) {
      this.counts.otherSource++
      return false
    }
    if (this.#ssrc >= 0) this.order.reset()
    this.#ssrc = ssrc
    return true
  }

  tick(nowMs: number): void {
    this.#arrival.at(nowMs)
    this.order.tick(nowMs)
  }

  /** What is whole stays for viewers; the open part is dropped. */
  close(): void {
    this.#writer.drop()
    this.#writer.close()
    this.#stream.endSegment(this.#time.monotonicMs())
  }
}

function createDepacketiser(codec: VideoCodec, writer: PartWriter): UnitDepacketiser {
  return codec === 'H264' ? new H264Depacketiser(writer) : new H265Depacketiser(writer)
}

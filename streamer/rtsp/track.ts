import type { TransportAnswer } from './message.ts'
import { UdpReceiver } from './udp-receiver.ts'

export interface TrackListener {
  /** A datagram as if it had come interleaved on this channel. */
  onDatagram(channel: number, bytes: Buffer): void
  onFailed(reason: string): void
}

/** One track of a session: first asked for interleaved in the connection; by UDP only when the camera refuses that (461). */
export class Track {
  target = ''
  /** Of RTP and RTCP, once the camera has agreed; it may have chosen others than asked for. -1: not set up. */
  channel = -1
  controlChannel = -1
  readonly #wishChannel: number
  readonly #listener: TrackListener
  #udp: UdpReceiver | null = null
  #ports: [number, number] | null = null

  constructor(wishChannel: number, listener: TrackListener) {
    this.#wishChannel = wishChannel
    this.#listener = listener
  }

  get isUdp(): boolean {
    return this.#udp !== null
  }

  /** For the header `Transport`. */
  transport(): string {
    if (this.#ports) return `RTP/AVP;unicast;client_port=${this.#ports[0]}-${this.#ports[1]}`
    return `RTP/AVP/TCP;unicast;interleaved=${this.#wishChannel}-${this.#wishChannel + 1}`
  }

  /** Binds a pair of ports and calls `ready`. @returns false when that was done before */
  askUdp(ready: () => void): boolean {
    if (this.#udp) return false
    this.#udp = new UdpReceiver({
      onPorts: (rtp, rtcp) => {
        this.#ports = [rtp, rtcp]
        ready()
      },
      onRtp: (bytes) => this.#listener.onDatagram(this.channel, bytes),
      onRtcp: (bytes) => this.#listener.onDatagram(this.controlChannel, bytes),
      onFailed: (reason) => this.#listener.onFailed(reason),
    })
    return true
  }

  /** SETUP was agreed to. */
  opened(answer: TransportAnswer, remoteAddress: string): void {
    const wished: [number, number] = [this.#wishChannel, this.#wishChannel + 1]
    const [rtp, rtcp] = this.#udp ? wished : (answer.interleaved ?? wished)
    this.channel = rtp
    this.controlChannel = rtcp
    this.#udp?.open(remoteAddress, answer.serverPorts)
  }

  close(): void {
    this.#udp?.close()
  }
}

import dgram from 'node:dgram'
import { reasonOf } from '../../domain/fault.ts'

/** A key frame of a 4K camera comes as one burst of some 400 packets; the kernel's default holds about 150. */
const RECEIVE_BUFFER_BYTES = 1024 * 1024
/** RTP wants an even port and the next one for RTCP; the kernel gives any free one, half of them even. */
const PAIR_TRIES_MAX = 20

export interface UdpListener {
  onPorts(rtp: number, rtcp: number): void
  onRtp(bytes: Buffer): void
  onRtcp(bytes: Buffer): void
  onFailed(reason: string): void
}

/**
 * Receives the video of a camera that refuses RTP over TCP (461). Only datagrams from the camera's own address are taken.
 * One Buffer per packet is allocated here by Node; UDP is the exception, not the hot path.
 */
export class UdpReceiver {
  readonly #listener: UdpListener
  #rtp: dgram.Socket | null = null
  #rtcp: dgram.Socket | null = null
  #closed = false
  #from: string | null = null

  constructor(listener: UdpListener) {
    this.#listener = listener
    this.#bindPair(1)
  }

  #bindPair(attempt: number): void {
    this.#bind(0, (rtp) => {
      const port = rtp.address().port
      if (port % 2 !== 0 || port === 65535) return this.#again(attempt, rtp)
      this.#rtp = rtp
      this.#bind(
        port + 1,
        (rtcp) => {
          this.#rtcp = rtcp
          if (this.#closed) return this.close()
          rtp.on('message', (bytes, from) => {
            if (from.address === this.#from) this.#listener.onRtp(bytes)
          })
          rtcp.on('message', (bytes, from) => {
            if (from.address === this.#from) this.#listener.onRtcp(bytes)
          })
          this.#listener.onPorts(port, port + 1)
        },
        () => this.#again(attempt, rtp),
      )
    })
  }

  #again(attempt: number, failed: dgram.Socket): void {
    failed.close()
    this.#rtp = null
    if (this.#closed) return
    if (attempt >= PAIR_TRIES_MAX) this.#listener.onFailed('no free pair of UDP ports for the camera')
    else this.#bindPair(attempt + 1)
  }

  #bind(port: number, bound: (socket: dgram.Socket) => void, failed?: () => void): void {
    const socket = dgram.createSocket({ type: 'udp4', recvBufferSize: RECEIVE_BUFFER_BYTES })
    socket.once('error', (error) => {
      if (failed && !this.#closed) failed()
      else if (!this.#closed) this.#listener.onFailed(`no UDP port for the camera: ${reasonOf(error)}`)
    })
    socket.bind(port, () => bound(socket))
  }

  /** After SETUP: from whom packets are taken; a packet each way opens the hole in a NAT. Cameras also name the ports 0 and 1: none. */
  open(remoteAddress: string, serverPorts: [number, number] | null): void {
    this.#from = remoteAddress.replace(/^::ffff:/, '')
    if (!serverPorts) return
    const punch = Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    if (serverPorts[0] > 1) this.#rtp?.send(punch, serverPorts[0], this.#from)
    if (serverPorts[1] > 1) this.#rtcp?.send(punch, serverPorts[1], this.#from)
  }

  close(): void {
    this.#closed = true
    this.#rtp?.close()
    this.#rtcp?.close()
    this.#rtp = this.#rtcp = null
  }
}

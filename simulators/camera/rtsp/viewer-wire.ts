import type { Socket as UdpSocket } from 'node:dgram'
import type { Socket } from 'node:net'
import type { Transport } from './session-description.ts'

/** 2 s of a 1 Mbit/s stream. A camera's send buffer is not larger; beyond it pictures are dropped until the next key picture. */
const QUEUED_BYTES_MAX = 256 * 1024

export interface UdpPair {
  rtp: UdpSocket
  rtcp: UdpSocket
}

/** How one track reaches its viewer: interleaved in its RTSP connection, or by UDP to the ports it named. */
export class ViewerWire {
  readonly channel: number
  readonly #transport: Transport
  readonly #socket: Socket
  readonly #udp: UdpPair
  #closed = false

  constructor(transport: Transport, socket: Socket, udp: UdpPair) {
    this.#transport = transport
    this.#socket = socket
    this.#udp = udp
    this.channel = transport.kind === 'tcp' ? transport.rtpChannel : 0
  }

  close(): void {
    this.#closed = true
  }

  canTake(): boolean {
    return this.#transport.kind === 'udp' || this.#socket.writableLength < QUEUED_BYTES_MAX
  }

  /** @param packets interleaved frames, as `stamp` made them */
  send(packets: Buffer): void {
    if (this.#transport.kind === 'tcp') {
      if (this.#socket.writable) this.#socket.write(packets)
      return
    }
    for (let at = 0; at + 4 <= packets.length;) {
      const end = at + 4 + packets.readUInt16BE(at + 2)
      this.#sendDatagram(this.#udp.rtp, packets.subarray(at + 4, end), this.#transport.rtpPort)
      at = end
    }
  }

  sendReport(report: Buffer): void {
    if (this.#transport.kind === 'udp') {
      this.#sendDatagram(this.#udp.rtcp, report, this.#transport.rtcpPort)
      return
    }
    const framing = Buffer.of(0x24, this.#transport.rtcpChannel, report.length >> 8, report.length & 0xff)
    if (this.#socket.writable) this.#socket.write(Buffer.concat([framing, report]))
  }

  #sendDatagram(socket: UdpSocket, bytes: Buffer, port: number): void {
    const address = this.#socket.remoteAddress
    // A lost datagram is what UDP viewers live with; the error of a gone viewer shows on its RTSP connection.
    if (address && !this.#closed) socket.send(bytes, port, address.replace(/^::ffff:/, ''), () => {})
  }
}

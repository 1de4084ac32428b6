import net from 'node:net'
import tls from 'node:tls'
import { reasonOf } from '../../domain/fault.ts'
import type { RtspAddress } from './address.ts'

export interface ConnectionListener {
  onConnected(): void
  /**
   * `bytes` is shared by every connection of this thread and valid only during the call.
   * @param hasRested they may have waited in the kernel since the last read
   */
  onBytes(bytes: Buffer, length: number, hasRested: boolean): void
  /** Once; `error` is null when the camera closed in good order. */
  onClosed(error: NodeJS.ErrnoException | null): void
}

/**
 * One read buffer for all sockets of the thread: with `onread` libuv reads straight into it, no Buffer per chunk, which halves
 * the cost of a stream. Everything is consumed inside the callback. 256 KiB holds 100 ms of the widest 4K camera.
 */
const READ_BUFFER = Buffer.allocUnsafeSlow(256 * 1024)

/** Requests are a few hundred bytes; a camera that reads nothing must not collect ours. */
const WRITE_BYTES_MAX = 64 * 1024

export class Connection {
  /** Set: after each read the socket is left alone until `readOn`. */
  rests = false
  readonly #socket: net.Socket
  readonly #listener: ConnectionListener
  #error: NodeJS.ErrnoException | null = null
  #closed = false
  #isResting = false
  #hasRested = false

  /**
   * Opens at once; the caller owns the deadline. Over TLS nothing is said before the certificate is trusted: cameras sign their
   * own, so it is either the one whose SHA-256 is given, or signed by an authority this machine knows.
   */
  constructor(address: RtspAddress, certificateSha256: string | null, listener: ConnectionListener) {
    this.#listener = listener
    const onread = { buffer: READ_BUFFER, callback: (bytesRead: number) => this.#read(bytesRead) }
    const where = { host: address.host, port: address.port, onread }
    this.#socket = address.tls ? tls.connect({ ...where, rejectUnauthorized: false }) : net.connect(where)
    this.#socket.setNoDelay(true)
    this.#socket.once(address.tls ? 'secureConnect' : 'connect', () => {
      if (this.#closed) return
      const doubt = this.#socket instanceof tls.TLSSocket ? doubtOf(this.#socket, certificateSha256) : null
      if (doubt === null) listener.onConnected()
      else this.#socket.destroy(Object.assign(new Error(doubt), { code: 'ECERTIFICATE' }))
    })
    this.#socket.on('error', (error) => {
      this.#error = error
    })
    this.#socket.once('end', () => this.#socket.destroy())
    this.#socket.once('close', () => {
      if (this.#closed) return
      this.#closed = true
      listener.onClosed(this.#error)
    })
  }

  get remoteAddress(): string {
    return this.#socket.remoteAddress ?? ''
  }

  /** A socket that rests is not read before this; what has come meanwhile is read in the next turn of the event loop. */
  readOn(): void {
    if (!this.#isResting) return
    this.#isResting = false
    this.#socket.resume()
  }

  /** @returns false: it rests, see `onread` of `net.connect` */
  #read(bytesRead: number): boolean {
    if (this.#closed) return false
    const hasRested = this.#hasRested
    // A full buffer may not be all there is.
    this.#hasRested = hasRested && bytesRead === READ_BUFFER.length
    try {
      this.#listener.onBytes(READ_BUFFER, bytesRead, hasRested)
    } catch (error) {
      // A failed assertion ends this camera's connection, loudly, and no other's.
      this.#error = Object.assign(new Error(`internal error: ${reasonOf(error)}`, { cause: error }), {
        code: 'EINTERNAL',
      })
      this.#socket.destroy(this.#error)
    }
    if (!this.rests || bytesRead === READ_BUFFER.length) return true
    this.#isResting = this.#hasRested = true
    return false
  }

  /** @param text see `byteText` */
  write(text: string): void {
    if (this.#closed || this.#socket.destroyed) return
    if (this.#socket.writableLength > WRITE_BYTES_MAX) this.#socket.destroy()
    else this.#socket.write(text, 'latin1')
  }

  /** Sends what is given, closes, and calls the listener no more. */
  close(farewell = ''): void {
    if (this.#closed) return
    this.#closed = true
    if (farewell === '') this.#socket.destroy()
    else this.#sayAndClose(farewell)
  }

  #sayAndClose(farewell: string): void {
    this.#socket.end(farewell, 'latin1')
    // A camera that never acknowledges the farewell must not keep the socket: the kernel gets 500 ms.
    const timer = setTimeout(() => this.#socket.destroy(), 500)
    timer.unref()
    this.#socket.once('close', () => clearTimeout(timer))
  }
}

/** Why this certificate is not trusted, with what an operator needs to trust it; null when it is. */
function doubtOf(socket: tls.TLSSocket, certificateSha256: string | null): string | null {
  const shown = (socket.getPeerCertificate().fingerprint256 ?? '').replaceAll(':', '').toLowerCase()
  if (certificateSha256 === null) {
    const why = "the camera's certificate is not signed by a known authority"
    return socket.authorized ? null : `${why}; to trust this one, enter its SHA-256 at the camera: ${shown}`
  }
  return shown === certificateSha256 ? null : `the camera shows another certificate than the trusted one: ${shown}`
}

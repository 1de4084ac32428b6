import { randomInt } from 'node:crypto'
import type { Feed, Viewer } from './feed.ts'
import type { ViewerWire } from './viewer-wire.ts'

/** One who watches a feed, with the state of their packets. */
export class StreamViewer implements Viewer {
  readonly feed: Feed
  readonly ssrc = randomInt(0xffff_ffff)
  readonly baseTicks = randomInt(0xffff_ffff)
  readonly channel: number
  sequence = randomInt(0x1_0000)
  packets = 0
  octets = 0
  waitsForKey = true
  readonly #wire: ViewerWire
  readonly #onPlay: (viewer: StreamViewer, playing: boolean) => void
  #closed = false

  constructor(feed: Feed, wire: ViewerWire, onPlay: (viewer: StreamViewer, playing: boolean) => void) {
    this.feed = feed
    this.#wire = wire
    this.#onPlay = onPlay
    this.channel = wire.channel
  }

  play(): void {
    if (this.#closed) return
    this.waitsForKey = true
    this.#onPlay(this, true)
  }

  pause(): void {
    this.#onPlay(this, false)
  }

  close(): void {
    this.#closed = true
    this.#wire.close()
    this.#onPlay(this, false)
  }

  canTake(): boolean {
    return this.#wire.canTake()
  }

  send(packets: Buffer): void {
    this.#wire.send(packets)
  }

  sendReport(report: Buffer): void {
    this.#wire.sendReport(report)
  }
}

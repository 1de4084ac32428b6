import net from 'node:net'
import { answerParent } from './child.ts'

/**
 * Viewers that ask as a low-latency player does: the playlist is held until the next part is there, then the part is fetched. Hand-written over
 * sockets, so that hundreds of them cost less than who serves them. `BENCH_PORT`, and as an argument of `watch` how many; viewer `i`
 * looks at camera `i` modulo BENCH_WATCHED.
 */
const port = Number(process.env['BENCH_PORT'])
const watched = Number(process.env['BENCH_WATCHED'] ?? 1)
/** Players hold back three parts of 200 ms; one that comes a whole part after its time is felt. */
const LATE_MS = 200
const head = 'Host: worker\r\nAuthorization: Bearer bench\r\n'

const viewers: Viewer[] = []
let requests = 0
let parts = 0
let late = 0
let bytes = 0
let failed = 0
/** How long after its last picture was taken each part was whole in our hands. */
let behindMs: number[] = []

class Viewer {
  readonly #base: string
  readonly #socket: net.Socket
  #text = ''
  #bodyLeft = -1
  #hint = ''
  #partEndMs = 0
  #isPart = false

  constructor(i: number) {
    this.#base = `/live/bench-${i % watched}/`
    this.#socket = net.connect(port, '127.0.0.1', () => this.#ask('index.m3u8'))
    this.#socket.setEncoding('latin1')
    this.#socket.on('data', (chunk) => this.#read(String(chunk)))
    this.#socket.on('error', () => void failed++)
  }

  #ask(file: string): void {
    requests++
    this.#isPart = file.endsWith('.m4s')
    this.#socket.write(`GET ${this.#base}${file} HTTP/1.1\r\n${head}\r\n`)
  }

  #read(chunk: string): void {
    bytes += chunk.length
    if (this.#bodyLeft < 0) {
      this.#text += chunk
      const end = this.#text.indexOf('\r\n\r\n')
      if (end < 0) return
      if (!this.#text.startsWith('HTTP/1.1 200')) failed++
      this.#bodyLeft = Number(/content-length: (\d+)/i.exec(this.#text)?.[1] ?? 0) + end + 4 - this.#text.length
      this.#text = this.#text.slice(end + 4)
    } else {
      this.#bodyLeft -= chunk.length
      if (!this.#isPart) this.#text += chunk
    }
    if (this.#bodyLeft > 0) return
    const body = this.#text
    this.#text = ''
    this.#bodyLeft = -1
    if (this.#isPart) this.#partCame()
    else this.#playlistCame(body)
  }

  #playlistCame(text: string): void {
    const before = this.#hint
    this.#hint = /#EXT-X-PRELOAD-HINT:TYPE=PART,URI="([^"]+)"/.exec(text)?.[1] ?? ''
    if (this.#hint === '') return void setTimeout(() => this.#ask('index.m3u8'), 500)
    const from = text.lastIndexOf('#EXT-X-PROGRAM-DATE-TIME:')
    const lines = text.slice(from).split('\n')
    let endMs = Date.parse(lines[0]!.slice(25))
    let newest = ''
    for (const line of lines) {
      if (!line.startsWith('#EXT-X-PART:DURATION=')) continue
      endMs += parseFloat(line.slice(21)) * 1000
      newest = /URI="([^"]+)"/.exec(line)![1]!
    }
    this.#partEndMs = endMs
    // Until the first held playlist there is nothing whose coming could be timed.
    if (before === '' || newest === '') this.#askNext()
    else this.#ask(newest)
  }

  #partCame(): void {
    const isBehindMs = Date.now() - this.#partEndMs
    parts++
    if (isBehindMs > LATE_MS) late++
    if (behindMs.length < 1e6) behindMs.push(isBehindMs)
    this.#askNext()
  }

  #askNext(): void {
    const [msn, part] = this.#hint.slice(1).split('.')
    this.#ask(`index.m3u8?_HLS_msn=${msn}&_HLS_part=${part}`)
  }
}

answerParent({
  watch: async (n) => {
    for (let i = 0; i < n; i++) {
      viewers.push(new Viewer(i))
      if (i % 25 === 24) await new Promise((resolve) => setTimeout(resolve, 50))
    }
  },
  sample: () => {
    const own = behindMs
    behindMs = []
    return { requests, parts, latePercent: (100 * late) / Math.max(1, parts), served: bytes, failed, behindMs: own }
  },
})
process.send?.({ ready: 1 })

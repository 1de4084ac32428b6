import net from 'node:net'
import { Dialogue, type Method } from '../../../streamer/rtsp/dialogue.ts'
import { parseAnswer } from '../../../streamer/rtsp/message.ts'
import { answerParent } from './child.ts'

/**
 * The floor: as many sockets as streams, read and dropped; after PLAY nothing looks at a byte. BENCH_SINK says how it is read:
 * `data` as everybody writes it (`socket.on('data')`, a Buffer for each chunk), `onread` into one buffer that all sockets share, the cheapest
 * that Node documents, `rounds` into that buffer too, but each socket only once a second, as the streamer reads what nobody watches.
 */
const BUFFER = Buffer.allocUnsafeSlow(256 * 1024)
const SLOTS = 20
const SLOT_MS = 50
const KIND = process.env['BENCH_SINK'] ?? 'onread'
const credential = { username: 'vigil', password: process.env['BENCH_PASSWORD'] ?? '' }
const slots: net.Socket[][] = Array.from({ length: SLOTS }, () => [])
let playing = 0
let bytes = 0

function open(i: number): void {
  const target = `rtsp://127.0.0.1:${process.env['BENCH_RTSP_PORT']}${pathOf(i)}`
  const dialogue = new Dialogue(credential)
  const steps: [Method, string, [string, string][]][] = [
    ['DESCRIBE', target, []],
    ['SETUP', `${target}/track1`, [['Transport', 'RTP/AVP/TCP;unicast;interleaved=0-1']]],
    ['PLAY', target, []],
  ]
  let text = ''
  let step = 0
  let isPlaying = false
  const ask = () => socket.write(dialogue.ask(...steps[step]!, performance.now()))
  const hear = (chunk: string) => {
    text += chunk
    const end = text.indexOf('\r\n\r\n')
    if (end < 0) return
    const answer = parseAnswer(text.slice(0, end), '')
    text = ''
    if (!answer) throw new Error('no RTSP answer')
    const heard = dialogue.hear(answer, performance.now())
    if (heard.kind === 'again') return void socket.write(heard.request)
    if (heard.kind !== 'answer') throw new Error(`the sink was refused: ${heard.kind}`)
    if (heard.asked.method === 'SETUP') dialogue.sessionId = (answer.headers.get('session')?.[0] ?? '').split(';')[0]!
    if (++step < steps.length) return ask()
    playing++
    isPlaying = true
    if (KIND === 'rounds') slots[i % SLOTS]!.push(socket)
  }
  const came = (chunk: Buffer, size: number): boolean => {
    bytes += size
    if (!isPlaying) hear(chunk.toString('latin1', 0, size))
    return !isPlaying || KIND !== 'rounds'
  }
  const where = { host: '127.0.0.1', port: Number(process.env['BENCH_RTSP_PORT']) }
  const socket =
    KIND === 'data'
      ? net.connect(where)
      : net.connect({ ...where, onread: { buffer: BUFFER, callback: (size) => came(BUFFER, size) } })
  if (KIND === 'data') socket.on('data', (chunk) => void came(chunk, chunk.length))
  socket.once('connect', ask)
}

const pathOf = (i: number) =>
  (process.env['BENCH_PATH'] ?? '').replace('{i}', String(i % Number(process.env['BENCH_CAMERAS'])))

let slot = 0
if (KIND === 'rounds') {
  setInterval(() => {
    const now = Math.floor(performance.now() / SLOT_MS)
    for (slot = Math.max(slot + 1, now - SLOTS + 1); slot < now; slot++)
      for (const one of slots[slot % SLOTS]!) one.resume()
    for (const one of slots[now % SLOTS]!) one.resume()
    slot = now
  }, SLOT_MS)
}

answerParent({
  serve: async (n) => {
    for (let i = 0; i < n; i++) {
      open(i)
      if (i % 50 === 49) await new Promise((resolve) => setTimeout(resolve, 100))
    }
  },
  sample: () => ({ online: playing, bytes }),
})
process.send?.({ ready: 1 })

import net from 'node:net'
import { Dialogue, type Method } from '../../../streamer/rtsp/dialogue.ts'
import { parseAnswer } from '../../../streamer/rtsp/message.ts'
import { answerParent } from './child.ts'

/** The floor: as many sockets as streams, read into one buffer, dropped. After PLAY nothing looks at a byte. */
const BUFFER = Buffer.allocUnsafeSlow(256 * 1024)
const credential = { username: 'vigil', password: process.env['BENCH_PASSWORD'] ?? '' }
let playing = 0
let bytes = 0

function open(i: number): void {
  const target = `rtsp://127.0.0.1:${process.env['BENCH_RTSP_PORT']}/cam/bench-${i}/sub`
  const dialogue = new Dialogue(credential)
  const steps: [Method, string, [string, string][]][] = [
    ['DESCRIBE', target, []],
    ['SETUP', `${target}/track1`, [['Transport', 'RTP/AVP/TCP;unicast;interleaved=0-1']]],
    ['PLAY', target, []],
  ]
  let text = ''
  let step = 0
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
  }
  let isPlaying = false
  const socket = net.connect({
    host: '127.0.0.1',
    port: Number(process.env['BENCH_RTSP_PORT']),
    onread: {
      buffer: BUFFER,
      callback: (size) => {
        bytes += size
        if (!isPlaying) hear(BUFFER.toString('latin1', 0, size))
        return true
      },
    },
  })
  socket.once('connect', ask)
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

/**
 * Devices that send as fast as their sockets take it, in a thread of its own so that they cost the measuring side nothing but the machine.
 * Plain JavaScript: a worker thread runs it uncompiled. Counts PUBACKs; comes back when it is thrown out, as a broken device does.
 */
import { connect } from 'node:net'
import { parentPort as measurer, workerData } from 'node:worker_threads'

const { port, devices, channel, qos, clientId } = workerData
const counts = { sent: 0, acknowledged: 0, closed: 0 }

const text = (words) => Buffer.concat([Buffer.from([words.length >> 8, words.length & 255]), Buffer.from(words)])
function packet(type, body) {
  const length = []
  let left = body.length
  do {
    length.push((left % 128) | (left >= 128 ? 128 : 0))
    left = Math.floor(left / 128)
  } while (left > 0)
  return Buffer.concat([Buffer.from([type, ...length]), body])
}
const connectPacket = (id, password) =>
  packet(
    0x10,
    Buffer.concat([text('MQTT'), Buffer.from([4, 0xc2, 0, 60]), text(clientId ?? id), text(id), text(password)]),
  )

let n = 0
function burst(id) {
  const packets = []
  for (let i = 0; i < 50; i++) {
    n++
    const body =
      channel === 'event'
        ? `{"id":"${id}-${n}","type":"panic"}`
        : `{"at":"2026-11-21T00:00:00Z","lng":114.3,"lat":22.7,"speedMps":${n % 20}}`
    const packetId = qos > 0 ? Buffer.from([((n >> 8) & 0x7f) | 1, n & 255]) : Buffer.alloc(0)
    const topic = text(`vigil/1/button/${id}/${channel}`)
    packets.push(packet(0x30 | (qos << 1), Buffer.concat([topic, packetId, Buffer.from(body)])))
  }
  counts.sent += 50
  return Buffer.concat(packets)
}

function flood({ id, password }) {
  const socket = connect(port, '127.0.0.1')
  let isIn = false
  const pour = () => {
    let isRoom = true
    // By turns with the others, or one fast reader would have them all wait.
    for (let i = 0; i < 10 && isRoom && !socket.destroyed; i++) isRoom = socket.write(burst(id))
    if (isRoom && !socket.destroyed) setImmediate(pour)
  }
  socket.on('data', (bytes) => {
    if (!isIn) {
      isIn = true
      pour()
    }
    for (let at = 0; at < bytes.length; at += 4) if (bytes[at] === 0x40) counts.acknowledged++
  })
  socket.on('drain', () => setImmediate(pour))
  socket.on('error', () => undefined)
  socket.on('close', () => {
    counts.closed++
    setTimeout(() => flood({ id, password }), 200)
  })
  socket.write(connectPacket(id, password))
}
for (const device of devices) flood(device)
setInterval(() => measurer['postMessage']({ ...counts }), 200)

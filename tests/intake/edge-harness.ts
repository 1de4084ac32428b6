import { createHash } from 'node:crypto'
import mqtt from 'mqtt'
import { afterEach, beforeEach } from 'vitest'
import { systemClock } from '../../domain/clock.ts'
import { silentLog } from '../../domain/log.ts'
import { Metrics } from '../../domain/metrics.ts'
import { Edge } from '../../gateway/intake/edge.ts'
import type { NewRecord } from '../../gateway/intake/journal/format.ts'

const passwords: Record<string, string> = { 'school-1': 'one', 'school-2': 'two', 'taxi-1': 'three' }
export const EVENT = 'vigil/1/button/school-1/event'
const sha = (text: string) => createHash('sha256').update(text).digest('hex')

/** A fresh edge before each test of the file that imports this; live bindings. */
export let edge: Edge
export let port: number
export let metrics: Metrics
export let taken: NewRecord[]
let failing: boolean

/** From now on nothing can be made durable. */
export function failTheDisk(): void {
  failing = true
}
export let clients: mqtt.MqttClient[]

beforeEach(async () => {
  metrics = new Metrics()
  taken = []
  clients = []
  failing = false
  edge = new Edge({
    host: '127.0.0.1',
    port: 0,
    centrePassword: 'centre-secret',
    credentials: {
      verify: (id, password) => {
        const known = passwords[id.startsWith('taxi') ? 'taxi-1' : id]
        if (known === undefined) return Promise.resolve({ outcome: 'unknown-device' })
        if (sha(known) !== sha(password.toString())) return Promise.resolve({ outcome: 'wrong-credential' })
        return Promise.resolve({ outcome: 'ok', kind: id.startsWith('taxi') ? 'taxi' : 'button' })
      },
    },
    take: async (record) => {
      await new Promise((resolve) => setTimeout(resolve, 1))
      if (failing) throw new Error('disk full')
      taken.push(record)
    },
    log: silentLog,
    metrics,
    clock: systemClock,
  })
  port = await edge.listen()
})
afterEach(async () => {
  for (const client of clients) client.end(true)
  await edge.close()
})

/** Connects as that device, with its right password unless told otherwise. */
export async function device(id: string, more: mqtt.IClientOptions = {}): Promise<mqtt.MqttClient> {
  const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, {
    clientId: id,
    username: id,
    password: passwords[id.startsWith('taxi') ? 'taxi-1' : id] ?? 'x',
    protocolVersion: 4,
    reconnectPeriod: 0,
    ...more,
  })
  clients.push(client)
  await new Promise<void>((resolve, reject) => {
    client.once('connect', () => resolve())
    client.once('error', reject)
    client.once('close', () => reject(new Error('closed')))
  })
  client.on('error', () => undefined)
  return client
}
export const centre = () => device('vigil-centre', { password: 'centre-secret' })
export const closed = (client: mqtt.MqttClient) => new Promise<void>((resolve) => client.once('close', () => resolve()))
/** How often the edge refused for that reason. */
export const refused = (reason: string) =>
  Number(new RegExp(`refused_total{reason="${reason}"} (\\d+)`).exec(metrics.text())?.[1] ?? 0)
/** The code in the SUBACK itself: 128 is a no. */
export const granted = async (client: mqtt.MqttClient, filter: string) => {
  const answer = new Promise<number>((resolve) => {
    const look = (packet: mqtt.Packet) => {
      if (packet.cmd !== 'suback') return
      client.off('packetreceive', look)
      resolve(packet.granted[0] as number)
    }
    client.on('packetreceive', look)
  })
  client.subscribe(filter, { qos: 1 })
  return answer
}

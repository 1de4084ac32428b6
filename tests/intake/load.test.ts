import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mqtt from 'mqtt'
import { expect, it } from 'vitest'
import { startProgram } from '../support/program.ts'

/** So many that no device goes beyond its share of the intake (20 at once, 5 a second). */
const DEVICES = 1_000
/** Presses on their way at once: a busy city, and as many as the intake can take. */
const IN_FLIGHT = [20, 200]
const SECONDS = 5

/** Prints, never asserts a time. Run with VIGIL_BENCH=1. */
it.skipIf(!process.env['VIGIL_BENCH']).each(IN_FLIGHT)(
  `%i presses at once, of ${DEVICES} devices in turn, for ${SECONDS} s`,
  async (inFlight) => {
    const folder = mkdtempSync(join(tmpdir(), 'vigil-load-'))
    mkdirSync(join(folder, 'intake'))
    const hash = (text: string) => createHash('sha256').update(text).digest('base64')
    const cache = Array.from({ length: DEVICES }, (_, i) => [`d${i}`, 'button', hash(`pw${i}`)])
    writeFileSync(join(folder, 'intake', 'credentials.json'), JSON.stringify(cache))
    const program = await startProgram('gateway/intake/intake-main.js', {
      VIGIL_DATA_DIR: folder,
      VIGIL_MQTT_PORT: '0',
      VIGIL_CENTRE_MQTT_PASSWORD: 'centre',
    })
    const clients: mqtt.MqttClient[] = []
    // A hundred at a time: of strangers behind one address the edge lets in 256.
    while (clients.length < DEVICES) {
      const ids = Array.from({ length: 100 }, (_, i) => clients.length + i)
      clients.push(...(await Promise.all(ids.map((i) => connect(Number(program.ready['mqttPort']), i)))))
    }
    const timesMs: number[] = []
    const endMs = performance.now() + SECONDS * 1_000
    await Promise.all(
      Array.from({ length: inFlight }, async (_, presser) => {
        for (let n = 0; performance.now() < endMs; n++) {
          const i = presser + inFlight * (n % (DEVICES / inFlight))
          const client = clients[i]!
          const startedMs = performance.now()
          const payload = JSON.stringify({ id: `d${i}-${n}`, type: 'panic', at: '2026-11-21T00:00:00Z' })
          await client.publishAsync(`vigil/1/button/d${i}/event`, payload, { qos: 1 })
          timesMs.push(performance.now() - startedMs)
        }
      }),
    )
    for (const client of clients) client.end(true)
    const page = await (await fetch(`http://127.0.0.1:${String(program.ready['metricsPort'])}/`)).text()
    await program.stop()
    rmSync(folder, { recursive: true, force: true })
    timesMs.sort((a, b) => a - b)
    const at = (q: number) => timesMs[Math.floor(q * (timesMs.length - 1))]!.toFixed(1)
    const syncs = Number(/vigil_journal_commit_seconds_count (\d+)/.exec(page)![1])
    process.stdout.write(
      `intake: ${inFlight} in flight, ${Math.round(timesMs.length / SECONDS)} events/s acknowledged, ` +
        `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms, ${(timesMs.length / syncs).toFixed(0)} events per fdatasync\n`,
    )
    expect(Number(/vigil_journal_records_total (\d+)/.exec(page)![1])).toBe(timesMs.length)
  },
)

function connect(port: number, i: number): Promise<mqtt.MqttClient> {
  const login = { clientId: `d${i}`, username: `d${i}`, password: `pw${i}`, protocolVersion: 4 as const }
  return mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, login)
}

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as tlsConnect } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gatherSettings, problemLines } from '../../deploy/read-settings.ts'
import { type Program, startProgram } from '../support/program.ts'

const SENDER = ['/usr/bin/mosquitto_pub', '/usr/local/bin/mosquitto_pub', '/opt/homebrew/bin/mosquitto_pub'].find(
  existsSync,
)
const hasOpenssl = spawnSync('openssl', ['version']).status === 0

let folder: string
let intake: Program
const file = (name: string) => join(folder, name)

function makeCertificate(name: string): void {
  const words = 'req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost'
  const files = ['-keyout', file(`${name}.key`), '-out', file(`${name}.crt`)]
  const { status, stderr } = spawnSync('openssl', [...words.split(' '), ...files])
  expect(status, stderr.toString()).toBe(0)
}

describe.skipIf(!hasOpenssl)('MQTT over TLS (skipped where openssl is not installed)', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vigil-tls-'))
    for (const name of ['edge', 'stranger']) makeCertificate(name)
    mkdirSync(file('intake'))
    const hash = createHash('sha256').update('secret').digest('base64')
    writeFileSync(file('intake/credentials.json'), JSON.stringify([['school', 'button', hash]]))
    intake = await startProgram('gateway/intake/intake-main.js', {
      VIGIL_DATA_DIR: folder,
      VIGIL_MQTT_PORT: '0',
      VIGIL_MQTTS_PORT: '0',
      VIGIL_TLS_CERT: file('edge.crt'),
      VIGIL_TLS_KEY: file('edge.key'),
      VIGIL_CENTRE_MQTT_PASSWORD: 'centre',
    })
  })
  afterAll(async () => {
    await intake?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const port = () => Number(intake.ready['mqttsPort'])
  const send = (caFile: string) =>
    spawnSync(
      SENDER!,
      [
        ...`-h localhost -p ${port()} --cafile ${caFile} -i school -u school -P secret -q 1`.split(' '),
        '-t',
        'vigil/1/button/school/event',
        '-m',
        '{"id":"tls-1","type":"panic"}',
      ],
      { timeout: 10_000 },
    )
  const events = async () => {
    const page = await (await fetch(`http://127.0.0.1:${String(intake.ready['metricsPort'])}/`)).text()
    return Number(/vigil_intake_events_total (\d+)/.exec(page)![1])
  }

  it.skipIf(!SENDER)(
    'takes a press of a device that checks our certificate, and acknowledges it',
    async () => {
      const before = await events()
      // Often enough to meet a CONNECT that comes in the same breath as the end of the handshake.
      for (let i = 0; i < 20; i++) {
        const { status, stderr } = send(file('edge.crt'))
        expect(status, stderr.toString()).toBe(0)
      }
      expect(await events()).toBe(before + 20)
    },
    30_000,
  )

  it.skipIf(!SENDER)('gives nothing to a device that trusts another authority', async () => {
    const before = await events()
    expect(send(file('stranger.crt')).status).not.toBe(0)
    expect(await events()).toBe(before)
  })

  it('speaks TLS 1.2 and 1.3, and nothing older', async () => {
    const speaks = (version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3') =>
      new Promise<string | null>((resolve) => {
        const socket = tlsConnect({
          port: port(),
          host: '127.0.0.1',
          rejectUnauthorized: false,
          minVersion: version,
          maxVersion: version,
          // Without this our own library would not even try the old ones.
          ciphers: 'DEFAULT@SECLEVEL=0',
        })
        socket.once('secureConnect', () => {
          resolve(socket.getProtocol())
          socket.destroy()
        })
        socket.once('error', () => resolve(null))
      })
    expect([await speaks('TLSv1.1'), await speaks('TLSv1.2'), await speaks('TLSv1.3')]).toEqual([
      null,
      'TLSv1.2',
      'TLSv1.3',
    ])
  })

  it('a stranger that begins a handshake and stops is cut off within ten seconds', async () => {
    const socket = connect(port(), '127.0.0.1')
    const startedMs = performance.now()
    socket.on('error', () => undefined)
    socket.write(Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]))
    await new Promise((resolve) => socket.once('close', resolve))
    expect(performance.now() - startedMs).toBeLessThan(10_000)
  }, 15_000)

  it('what is wrong with the files is said before anything starts, together with every other problem', () => {
    const problems = (env: Record<string, string>) => problemLines(gatherSettings([], env).problems).join('\n')
    const missing = { VIGIL_TLS_CERT: file('none.crt'), VIGIL_TLS_KEY: file('none.key'), VIGIL_HTTP_PORT: 'x' }
    expect(problems(missing)).toMatch(
      /VIGIL_HTTP_PORT[^]*VIGIL_TLS_CERT .*a file that can be read[^]*VIGIL_TLS_KEY .*a file that can be/,
    )
    const foreign = { VIGIL_TLS_CERT: file('edge.crt'), VIGIL_TLS_KEY: file('stranger.key') }
    expect(problems(foreign)).toContain('a PEM certificate and the key that belongs to it')
    expect(problems({ VIGIL_MQTTS_PORT: 'abc', VIGIL_HTTP_PORT: 'x' })).toMatch(
      /VIGIL_HTTP_PORT[^]*VIGIL_MQTTS_PORT|VIGIL_MQTTS_PORT[^]*VIGIL_HTTP_PORT/,
    )
    expect(problems({ VIGIL_TLS_CERT: file('edge.crt'), VIGIL_TLS_KEY: file('edge.key') })).toBe('')
  })
})

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { CameraFarm } from '../../../simulators/camera/camera-farm.ts'
import { PASSWORD, pause, startFarm, until } from './farm-harness.ts'
import { picturesOf, PlainRtspClient, type RtpPacket } from './plain-rtsp-client.ts'

const clients: PlainRtspClient[] = []
let farm: CameraFarm

beforeAll(async () => {
  farm = await startFarm()
})
afterEach(() => {
  for (const client of clients.splice(0)) client.close()
  farm.setFault('gate', null)
})
afterAll(() => farm.close())

async function open(path = '/cam/gate/sub', password = PASSWORD, username = 'vigil'): Promise<PlainRtspClient> {
  const client = await PlainRtspClient.open(farm.rtspPort, path, password, username)
  clients.push(client)
  return client
}

function expectContinuous(packets: readonly RtpPacket[]): void {
  for (let i = 1; i < packets.length; i++) {
    expect(packets[i]!.sequence).toBe((packets[i - 1]!.sequence + 1) & 0xffff)
    expect(packets[i]!.ssrc).toBe(packets[0]!.ssrc)
    const step = (packets[i]!.timestamp - packets[i - 1]!.timestamp) >>> 0
    // A new picture is a fifteenth of a second later, and follows the marker.
    expect(step).toBe(packets[i - 1]!.marker ? 6000 : 0)
  }
}

describe('login', () => {
  it('asks for a digest login and describes the stream after it', async () => {
    const client = await open()
    const refused = await client.send('DESCRIBE', {}, '')
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toMatch(/^Digest realm=".+", nonce="\w+", algorithm=MD5$/)
    const described = await client.ask('DESCRIBE')
    expect(described.status).toBe(200)
    expect(described.body).toContain('a=rtpmap:96 H264/90000')
    expect(described.body).toMatch(/sprop-parameter-sets=[\w+/=]+,[\w+/=]+/)
    expect(described.body).toContain('s=滨海小学正门')
  })

  it('refuses a wrong password, a wrong user and an unknown camera', async () => {
    expect((await (await open(undefined, 'wrong')).ask('DESCRIBE')).status).toBe(401)
    expect((await (await open(undefined, PASSWORD, 'admin')).ask('DESCRIBE')).status).toBe(401)
    expect((await (await open('/cam/nowhere/sub')).ask('DESCRIBE')).status).toBe(404)
  })

  it('takes SHA-256 where it is offered', async () => {
    const modern = await startFarm({ algorithms: ['SHA-256'] })
    const client = await PlainRtspClient.open(modern.rtspPort, '/cam/gate/sub', PASSWORD)
    expect((await client.ask('DESCRIBE')).status).toBe(200)
    client.close()
    await modern.close()
  })

  it('closes a connection that does not speak RTSP', async () => {
    const client = await open()
    void client.send('GET / HTTP/1.1\r\nx', {}, '')
    await until(() => client.isClosed, 2000)
  })
})

describe('media', () => {
  it.each(['tcp', 'udp'] as const)(
    'sends a continuous stream in real time over %s, beginning with a key picture',
    async (transport) => {
      const client = await open()
      const answers = await client.play(transport)
      expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200])
      await until(() => client.packets.length > 0, 3000)
      await pause(2000)
      const packets = [...client.packets]
      expectContinuous(packets)
      const pictures = picturesOf(packets)
      expect(pictures[0]!.map((unit) => unit[0]! & 31).slice(0, 3)).toEqual([7, 8, 5])
      expect(pictures.length).toBeGreaterThanOrEqual(24)
      expect(pictures.length).toBeLessThanOrEqual(38)
      const keys = pictures.flatMap((units, i) => (units.some((unit) => (unit[0]! & 31) === 5) ? [i] : []))
      expect(keys.every((at) => at % 15 === 0)).toBe(true)
    },
  )

  it('ties the ticks to the wall clock by sender reports', async () => {
    const client = await open()
    await client.play('tcp')
    await until(() => client.reports.length > 0 && client.packets.length > 0, 3000)
    const report = client.reports[0]!
    expect(report[1]).toBe(200)
    const wallMs = (report.readUInt32BE(8) - 2_208_988_800) * 1000 + (report.readUInt32BE(12) / 2 ** 32) * 1000
    expect(Math.abs(wallMs - Date.now())).toBeLessThan(3000)
    expect(report.readUInt32BE(4)).toBe(client.packets[0]!.ssrc)
  })

  it('keeps a session alive by GET_PARAMETER and ends it by TEARDOWN', async () => {
    const client = await open()
    await client.play('tcp')
    expect((await client.ask('GET_PARAMETER')).status).toBe(200)
    expect((await client.ask('TEARDOWN')).status).toBe(200)
    await pause(100)
    const before = client.packets.length
    await pause(300)
    expect(client.packets.length).toBe(before)
    expect((await client.ask('PLAY')).status).toBe(454)
  })

  it('gives two viewers of one camera the same pictures under their own numbers', async () => {
    const [one, two] = [await open(), await open()]
    await Promise.all([one.play('tcp'), two.play('tcp')])
    await until(() => one.packets.length > 60 && two.packets.length > 60, 5000)
    expect(one.packets[0]!.ssrc).not.toBe(two.packets[0]!.ssrc)
    const payloads = (client: PlainRtspClient) => client.packets.slice(0, 40).map((p) => p.payload.toString('base64'))
    expect(payloads(two)).toEqual(payloads(one))
  })
})

describe('what a camera does wrong on request', () => {
  it('hangs on DESCRIBE or after it', async () => {
    farm.setFault('gate', { kind: 'hang-on-describe' })
    const silent = await open()
    const answer = await Promise.race([silent.ask('DESCRIBE'), pause(400)])
    expect(answer).toBeUndefined()
    farm.setFault('gate', { kind: 'hang-after-describe' })
    const half = await open()
    expect((await half.ask('DESCRIBE')).status).toBe(200)
    expect(await Promise.race([half.ask('SETUP', { Transport: 'RTP/AVP/TCP' }, '/track1'), pause(400)])).toBeUndefined()
  })

  it('refuses every login', async () => {
    farm.setFault('gate', { kind: 'refuse-login' })
    expect((await (await open()).ask('DESCRIBE')).status).toBe(401)
  })

  it('answers PLAY and sends nothing', async () => {
    farm.setFault('gate', { kind: 'silent' })
    const client = await open()
    expect((await client.play('tcp')).at(-1)!.status).toBe(200)
    await pause(1300)
    expect(client.packets).toHaveLength(0)
  })

  it('mixes garbage between the frames', async () => {
    farm.setFault('gate', { kind: 'garbage' })
    const client = await open()
    await client.play('tcp')
    await until(() => client.strayBytes > 0, 6000)
  })

  it('closes the connection after a while', async () => {
    farm.setFault('gate', { kind: 'close-after', afterMs: 300 })
    const client = await open()
    await client.play('tcp')
    await until(() => client.isClosed, 2000)
  })

  it('never sends a key picture', async () => {
    farm.setFault('gate', { kind: 'no-key-frames' })
    const client = await open()
    await client.play('tcp')
    await until(() => client.packets.length > 40, 4000)
    const types = picturesOf(client.packets).flatMap((units) => units.map((unit) => unit[0]! & 31))
    expect(types).not.toContain(5)
  })
})

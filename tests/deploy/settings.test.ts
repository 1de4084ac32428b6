import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { settlePorts } from '../../deploy/ports.ts'
import { gatherSettings, problemLines } from '../../deploy/read-settings.ts'

describe('settings', () => {
  it('lists every problem at once, with key, source and what was expected', () => {
    const { settings, problems } = gatherSettings(['--mqtt-port', '99999', '--no-such', '1'], {
      VIGIL_HTTP_PORT: 'abc',
      VIGIL_DATABASE_URL: 'mysql://x',
    })
    expect(settings).toBeNull()
    const lines = problemLines(problems)
    expect(lines).toHaveLength(4)
    expect(lines.find((line) => line.startsWith('  VIGIL_HTTP_PORT'))).toMatch(/\(environment\) is 'abc'/)
    expect(lines.find((line) => line.startsWith('  VIGIL_MQTT_PORT'))).toMatch(/\(flag\) is '99999'/)
    expect(lines.find((line) => line.startsWith('  VIGIL_NO_SUCH'))).toMatch(/expected one of/)
  })

  it('never prints a secret value in a problem', () => {
    const { problems } = gatherSettings([], {
      VIGIL_DATABASE_URL: 'mysql://u:hunter2@h/d',
      VIGIL_ADMIN_PASSWORD: 'short',
    })
    expect(problemLines(problems).join('\n')).not.toMatch(/hunter2|short'/)
    expect(problems).toHaveLength(2)
  })

  it('lets flags win over the environment and the environment over the file', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'vigil-')), 'vigil.yaml')
    writeFileSync(file, 'http_port: 1000\nmqtt_port: 1001\nrtmp_port: 1002\n')
    const { settings } = gatherSettings(['--config', file, '--http-port=3000'], {
      VIGIL_HTTP_PORT: '2000',
      VIGIL_MQTT_PORT: '2001',
    })
    expect(settings).toMatchObject({ VIGIL_HTTP_PORT: 3000, VIGIL_MQTT_PORT: 2001, VIGIL_RTMP_PORT: 1002 })
  })

  it('names a port that somebody else holds, and fills in free ones for 0', async () => {
    const { settings } = gatherSettings([], { VIGIL_HTTP_PORT: '0', VIGIL_RTMP_PORT: '0', VIGIL_METRICS_PORT: '0' })
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const port = (taken.address() as { port: number }).port
    settings!.VIGIL_MQTT_PORT = port
    const problems = await settlePorts(settings!, false)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatchObject({ key: 'VIGIL_MQTT_PORT', value: String(port) })
    expect(settings!.VIGIL_HTTP_PORT).toBeGreaterThan(0)
    expect(settings!.VIGIL_HTTP_PORT).not.toBe(settings!.VIGIL_RTMP_PORT)
    taken.close()
  })
})

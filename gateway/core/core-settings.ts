import { join, resolve } from 'node:path'
import { readSettings, settingsSchema, type Settings } from '../../domain/config.ts'
import type { MqttAddress } from '../../domain/wire/live.ts'
import { Fault } from '../../domain/fault.ts'

/** What the launcher gives the core: every setting, and values that only programs of the centre know. */
export interface CoreSettings {
  settings: Settings
  databaseUrl: string
  /** Our own edge or the external broker, with protocol version. */
  broker: { url: string; username?: string; password?: string; protocolVersion: 4 | 5 }
  /** The same, as an installer has to type it. */
  devicesAt: MqttAddress
  cityDir: string
  /** Absolute; the core keeps its compact roads there. */
  dataDir: string
  journalDir: string
  /** Absolute; the workers write into folders of their own below it. */
  recordDir: string
  internalToken: string
  secretKey: string
  simCameraPassword: string | undefined
  isSimulating: boolean
  /** Ids of the streamer workers that the launcher starts, as far as it is known. */
  expectedWorkers: string[]
}

/** @throws Fault `config-invalid` with every problem at once */
export function readCoreSettings(env: Readonly<Record<string, string | undefined>>): CoreSettings {
  const values: Record<string, { value: string; source: string }> = {}
  for (const key of Object.keys(settingsSchema.shape)) {
    const value = env[key]
    if (value !== undefined) values[key] = { value, source: 'environment' }
  }
  const { settings, problems } = readSettings(values)
  const missing = ['VIGIL_DATABASE_URL', 'VIGIL_CITY', 'VIGIL_INTERNAL_TOKEN', 'VIGIL_SECRET_KEY'].filter(
    (key) => !env[key],
  )
  if (!settings || missing.length > 0) {
    const lines = (problems ?? []).map((one) => `${one.key} is '${one.value}', expected ${one.expected}`)
    lines.push(...missing.map((key) => `${key} is not set: the core is started by the launcher (npm start)`))
    throw new Fault('config-invalid', lines.join('\n'))
  }
  const dataDir = resolve(settings.VIGIL_DATA_DIR)
  return {
    settings,
    databaseUrl: settings.VIGIL_DATABASE_URL!,
    broker: brokerOf(settings, env['VIGIL_CENTRE_MQTT_PASSWORD']),
    devicesAt: devicesAt(settings),
    cityDir: resolve(settings.VIGIL_CITY!),
    dataDir,
    journalDir: settings.VIGIL_JOURNAL_DIR ? resolve(settings.VIGIL_JOURNAL_DIR) : join(dataDir, 'journal'),
    recordDir: settings.VIGIL_RECORD_DIR ? resolve(settings.VIGIL_RECORD_DIR) : join(dataDir, 'recordings'),
    internalToken: env['VIGIL_INTERNAL_TOKEN']!,
    secretKey: env['VIGIL_SECRET_KEY']!,
    simCameraPassword: env['VIGIL_SIM_CAMERA_PASSWORD'],
    isSimulating: settings.VIGIL_SIMULATE === true,
    expectedWorkers: Array.from({ length: settings.VIGIL_STREAMERS ?? 0 }, (_, i) => `streamer-${i + 1}`),
  }
}

function devicesAt({ VIGIL_MQTT_URL, VIGIL_MQTT_PORT }: Settings): MqttAddress {
  if (!VIGIL_MQTT_URL) return { host: null, port: VIGIL_MQTT_PORT, isTls: false }
  const { hostname, port, protocol } = new URL(VIGIL_MQTT_URL)
  const isTls = protocol === 'mqtts:'
  return { host: hostname, port: Number(port) || (isTls ? 8883 : 1883), isTls }
}

function brokerOf(settings: Settings, centrePassword: string | undefined): CoreSettings['broker'] {
  if (settings.VIGIL_MQTT_URL) return { url: settings.VIGIL_MQTT_URL, protocolVersion: 5 }
  // An edge that listens on every address is reached on our own.
  const host = /^(0\.0\.0\.0|::|\[::\])$/.test(settings.VIGIL_MQTT_HOST) ? '127.0.0.1' : settings.VIGIL_MQTT_HOST
  return {
    url: `mqtt://${host}:${settings.VIGIL_MQTT_PORT}`,
    username: 'vigil-centre',
    password: centrePassword ?? '',
    protocolVersion: 4,
  }
}

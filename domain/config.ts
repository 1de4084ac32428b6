import { RECORD_AFTER_S, RECORD_BEFORE_S } from './recording.ts'
import { z } from './z.ts'

/**
 * Every setting of the centre, by its environment name. One YAML file may hold the same keys in lower case without the prefix
 * (`http_port: 8080`); flags (`--http-port 8080`) win over the environment, the environment over the file.
 */
const whole = (least: number, most: number) => {
  const error = `a whole number from ${least} to ${most}`
  return z.coerce.number({ error }).int({ error }).min(least, { error }).max(most, { error })
}
const port = (fallback: number) => whole(0, 65_535).default(fallback)
const flag = z
  .enum(['on', 'off', 'true', 'false', '1', '0'], { error: 'on or off' })
  .transform((word) => word === 'on' || word === 'true' || word === '1')
const text = z.string().min(1)
const url = (protocols: string[]) =>
  text.refine(
    (value) => {
      try {
        return protocols.includes(new URL(value).protocol)
      } catch {
        return false
      }
    },
    `an address that begins with ${protocols.map((p) => p + '//').join(' or ')}`,
  )

export const settingsSchema = z.object({
  VIGIL_DATABASE_URL: url(['postgres:', 'postgresql:'])
    .optional()
    .describe('PostgreSQL with TimescaleDB; none: embedded'),
  VIGIL_MQTT_HOST: text.default('127.0.0.1').describe('address on which the own MQTT edge listens'),
  VIGIL_MQTT_PORT: port(1883).describe('port of the own MQTT edge'),
  VIGIL_MQTTS_PORT: port(8883).describe('port of the own MQTT edge over TLS, with VIGIL_TLS_CERT'),
  VIGIL_MQTT_URL: url(['mqtt:', 'mqtts:']).optional().describe('external broker; none: own edge'),
  VIGIL_HTTP_HOST: text.default('127.0.0.1').describe('address on which desks and integrators are served'),
  VIGIL_HTTP_PORT: port(8080).describe('port of the desks and the API'),
  VIGIL_RTMP_HOST: text.default('127.0.0.1').describe('address on which RTMP push is taken'),
  VIGIL_RTMP_PORT: port(1935).describe('port for RTMP push'),
  VIGIL_METRICS_PORT: port(9464).describe('port of /metrics'),
  VIGIL_DATA_DIR: text.default('./data').describe('where everything is kept'),
  VIGIL_JOURNAL_DIR: text.optional().describe('where the journal is kept; none: in the data folder'),
  VIGIL_RECORD_DIR: text.optional().describe('where recordings are kept; none: in the data folder'),
  VIGIL_RECORD_BEFORE_S: whole(0, 35).default(RECORD_BEFORE_S).describe('seconds kept before an alarm'),
  VIGIL_RECORD_AFTER_S: whole(10, 3600).default(RECORD_AFTER_S).describe('seconds kept after an alarm'),
  VIGIL_RECORD_DAYS: whole(1, 3650).default(30).describe('days that recordings are kept; a site may have its own'),
  VIGIL_RECORD_MAX_GB: whole(1, 1_000_000)
    .optional()
    .describe('largest size of all recordings; none: as the disk allows'),
  VIGIL_CITY: text.optional().describe('folder with roads, zones, sites, devices; none: the built-in demo district'),
  VIGIL_SIMULATE: flag
    .optional()
    .describe('on: a living city plays on the real wire; default: on with the demo district'),
  VIGIL_SIM_RTSP_PORT: port(8554).describe('port of the simulated cameras'),
  VIGIL_SIM_ONVIF_PORT: port(8555).describe('port of the simulated cameras’ ONVIF service'),
  VIGIL_SIM_PRESS_EVERY_S: whole(0, 86_400)
    .default(600)
    .describe('seconds between presses of the simulated buttons; 0: none'),
  VIGIL_STREAMERS: whole(1, 64).optional().describe('streamer processes; default: by cores'),
  VIGIL_STREAMER_MEMORY_MB: whole(256, 4_000_000)
    .optional()
    .describe('memory of all streamers together for live pictures; default: half of the machine’s'),
  VIGIL_CAMERA_NETWORKS: z
    .string()
    .default('10.0.0.0/8,172.16.0.0/12,192.168.0.0/16')
    .describe('networks in which cameras may live, CIDR, comma-separated'),
  VIGIL_SLEW_TO_CUE: flag
    .default(true)
    .describe('on: an alarm turns cameras that can be turned to its scene, and back afterwards'),
  VIGIL_TLS_CERT: text.optional().describe('certificate file: HTTPS, HTTP/2 and MQTT over TLS'),
  VIGIL_TLS_KEY: text.optional().describe('key file of the certificate'),
  VIGIL_ADMIN_PASSWORD: z
    .string()
    .min(10, { error: 'at least 10 characters' })
    .optional()
    .describe('first start: password of admin; none: one-time link'),
  VIGIL_TEST_EVERY_D: whole(0, 3_650)
    .default(30)
    .describe('days after which a button that nobody has tried is named; 0: never'),
  VIGIL_LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error'], { error: 'debug, info, warn or error' })
    .default('info')
    .describe('least level that is logged'),
})
export type Settings = z.infer<typeof settingsSchema>
export type SettingKey = keyof Settings

export interface SettingProblem {
  key: string
  source: string
  value: string
  expected: string
}

/** Values that may be printed in a problem; the others are masked. */
const SECRET_KEYS = /PASSWORD|DATABASE_URL|MQTT_URL/

/**
 * Reads all settings at once.
 * @param values raw words with where each came from
 * @returns either the settings or every problem, never only the first
 */
export function readSettings(
  values: Record<string, { value: string; source: string } | undefined>,
): { settings: Settings; problems: [] } | { settings: null; problems: SettingProblem[] } {
  const raw: Record<string, string> = {}
  const problems: SettingProblem[] = []
  for (const [key, entry] of Object.entries(values)) {
    if (!entry) continue
    if (!(key in settingsSchema.shape)) {
      const expected = `one of ${Object.keys(settingsSchema.shape).join(', ')}`
      problems.push({ key, source: entry.source, value: masked(key, entry.value), expected })
    } else if (entry.value !== '') raw[key] = entry.value
  }
  const result = settingsSchema.safeParse(raw)
  if (!result.success) {
    for (const issue of result.error.issues) {
      const key = String(issue.path[0])
      const entry = values[key]
      const shape = settingsSchema.shape[key as SettingKey] as z.ZodType | undefined
      problems.push({
        key,
        source: entry?.source ?? 'default',
        value: masked(key, entry?.value ?? ''),
        expected: `${issue.message} (${shape?.description ?? 'unknown'})`,
      })
    }
  }
  const settings = result.success ? result.data : null
  if (settings && Boolean(settings.VIGIL_TLS_CERT) !== Boolean(settings.VIGIL_TLS_KEY)) {
    problems.push({
      key: 'VIGIL_TLS_KEY',
      source: 'settings',
      value: '',
      expected: 'VIGIL_TLS_CERT and VIGIL_TLS_KEY together, or neither',
    })
  }
  if (!settings || problems.length > 0) return { settings: null, problems }
  return { settings, problems: [] }
}

function masked(key: string, value: string): string {
  return SECRET_KEYS.test(key) ? '(hidden)' : value
}

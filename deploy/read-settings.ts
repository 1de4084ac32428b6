import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { readSettings, settingsSchema, type SettingProblem, type Settings } from '../domain/config.ts'
import { reasonOf } from '../domain/fault.ts'
import { checkTlsFiles } from './tls-files.ts'

const PREFIX = 'VIGIL_'

/**
 * Settings from defaults < one YAML file (`--config file`, or VIGIL_CONFIG) < environment < flags.
 * @returns the settings, or every problem at once
 */
export function gatherSettings(
  argv: readonly string[],
  env: Record<string, string | undefined>,
): { settings: Settings; problems: [] } | { settings: null; problems: SettingProblem[] } {
  const values: Record<string, { value: string; source: string }> = {}
  const problems: SettingProblem[] = []
  const flags = readFlags(argv, problems)
  const file = flags.get('CONFIG') ?? env['VIGIL_CONFIG']
  if (file) readFile(file, values, problems)
  for (const [key, value] of Object.entries(env)) {
    // An unknown name in the environment may belong to somebody else's tool; in the file or a flag it is a typing error.
    if (!(key in settingsSchema.shape)) continue
    if (value !== undefined) values[key] = { value, source: 'environment' }
  }
  for (const [key, value] of flags) {
    if (key !== 'CONFIG') values[PREFIX + key] = { value, source: 'flag' }
  }
  const result = readSettings(values)
  problems.push(...result.problems)
  problems.push(...checkTlsFiles(values))
  if (problems.length > 0 || !result.settings) return { settings: null, problems }
  return { settings: result.settings, problems: [] }
}

function readFlags(argv: readonly string[], problems: SettingProblem[]): Map<string, string> {
  const flags = new Map<string, string>()
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!
    const match = /^--([a-z][a-z-]*)(?:=(.*))?$/.exec(word)
    const value = match?.[2] ?? argv[i + 1]
    if (!match || value === undefined) {
      problems.push({ key: word, source: 'flag', value: '', expected: '--name value, for example --http-port 8080' })
      continue
    }
    if (match[2] === undefined) i++
    flags.set(match[1]!.replaceAll('-', '_').toUpperCase(), value)
  }
  return flags
}

function readFile(
  file: string,
  values: Record<string, { value: string; source: string }>,
  problems: SettingProblem[],
): void {
  let content: unknown
  try {
    content = parse(readFileSync(file, 'utf8'))
  } catch (error) {
    problems.push({
      key: 'VIGIL_CONFIG',
      source: file,
      value: '',
      expected: `a readable YAML file (${reasonOf(error)})`,
    })
    return
  }
  if (content === null || typeof content !== 'object' || Array.isArray(content)) {
    problems.push({ key: 'VIGIL_CONFIG', source: file, value: '', expected: 'lines of the form "http_port: 8080"' })
    return
  }
  for (const [name, value] of Object.entries(content)) {
    values[PREFIX + name.replaceAll('-', '_').toUpperCase()] = { value: String(value), source: file }
  }
}

/** Every problem on a line of its own, in the operator's words. */
export function problemLines(problems: readonly SettingProblem[]): string[] {
  return problems.map(
    ({ key, source, value, expected }) => `  ${key} (${source})${value ? ` is '${value}'` : ''}: expected ${expected}`,
  )
}

/** The settings as environment variables, for the programs. */
export function asEnvironment(settings: Settings): Record<string, string> {
  const env: Record<string, string> = {}
  for (const key of Object.keys(settingsSchema.shape) as (keyof Settings)[]) {
    const value = settings[key]
    if (value !== undefined) env[key] = typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value)
  }
  return env
}

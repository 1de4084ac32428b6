import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import type { SettingProblem } from '../domain/config.ts'
import { reasonOf } from '../domain/fault.ts'

type TlsKey = 'VIGIL_TLS_CERT' | 'VIGIL_TLS_KEY'

/** Finds out before anything starts whether the certificate and its key can be used. @returns every problem with them */
export function checkTlsFiles(settings: Partial<Record<string, { value: string }>>): SettingProblem[] {
  const problems: SettingProblem[] = []
  const read = (key: TlsKey): Buffer | null => {
    const file = settings[key]?.value
    if (!file) return null
    try {
      return readFileSync(file)
    } catch (error) {
      problems.push({ key, source: 'settings', value: file, expected: `a file that can be read (${reasonOf(error)})` })
      return null
    }
  }
  const [cert, key] = [read('VIGIL_TLS_CERT'), read('VIGIL_TLS_KEY')]
  if (!cert || !key) return problems
  try {
    createSecureContext({ cert, key })
  } catch (error) {
    const expected = `a PEM certificate and the key that belongs to it (${reasonOf(error)})`
    problems.push({
      key: 'VIGIL_TLS_CERT',
      source: 'settings',
      value: settings['VIGIL_TLS_CERT']?.value ?? '',
      expected,
    })
  }
  return problems
}

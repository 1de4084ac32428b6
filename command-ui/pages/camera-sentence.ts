import { asApiFault, type ApiFault } from '../data/api-fault.ts'
import { faultSentence } from '../desk/fault-sentence.ts'
import type { Dictionary } from '../i18n/zh.ts'

/** Why a camera was not taken, in the installer's words; of an unknown certificate what it has shown, to be compared and typed in. */
export function cameraSentence(t: Dictionary, error: unknown): string {
  const fault = asApiFault(error)
  if (fault.code === 'camera-certificate-unknown') return `${t.fault[fault.code]}: ${shownBy(fault)}`
  return fault.code.startsWith('camera-') ? t.fault[fault.code] : faultSentence(fault)
}

/** The fingerprint that the camera has shown. */
function shownBy(fault: ApiFault): string {
  return /[0-9a-f]{64}/.exec(fault.message)?.[0] ?? ''
}

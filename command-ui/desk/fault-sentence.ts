import type { ApiFault } from '../data/api-fault.ts'
import { text } from '../i18n/language.ts'

/** One sentence for what went wrong, in the officer's language, with who won where that is known. */
export function faultSentence(fault: ApiFault): string {
  const owner = fault.facts['owner'] ?? fault.facts['by']
  if (fault.code === 'already-acknowledged' && typeof owner === 'string') return text().action.ownedBy(owner)
  const sentence = text().fault[fault.code]
  return fault.code === 'bad-request' || fault.code === 'unknown' ? `${sentence} (${fault.message})` : sentence
}

import type { BulkPatch, RegisterName } from './register-api.ts'

/** What stands in one line of the form: nothing (leave as it is), a word that is chosen, or a value that is typed. */
export type FieldName = 'site' | 'jurisdiction' | 'enabled' | 'warm' | 'audio' | 'power' | 'supervision' | 'recordDays'
export type Draft = Partial<Record<FieldName, { choice: string; typed: string }>>

/** Choices that are no value of their own. */
export const KEEP = ''
export const NONE = '-'
export const TYPED = '='

export const FIELDS: Record<RegisterName, readonly FieldName[]> = {
  cameras: ['site', 'jurisdiction', 'enabled', 'warm', 'audio'],
  devices: ['site', 'jurisdiction', 'power', 'supervision'],
  sites: ['jurisdiction', 'recordDays'],
}

/** Only what is not left as it is. */
export function patchOfDraft(draft: Draft): BulkPatch {
  const patch: BulkPatch = {}
  for (const [name, field] of Object.entries(draft) as [FieldName, { choice: string; typed: string }][]) {
    const { choice, typed } = field
    if (choice === KEEP) continue
    switch (name) {
      case 'site':
        patch.siteId = choice === NONE ? null : choice
        break
      case 'jurisdiction':
        patch.jurisdiction = choice === NONE ? '' : typed.trim()
        break
      case 'enabled':
      case 'warm':
      case 'audio':
        patch[name] = choice === 'yes'
        break
      case 'power':
        patch.power = choice as 'mains' | 'battery' | 'vehicle'
        break
      case 'supervision':
        patch.supervisionS = choice === NONE ? null : Number(typed)
        break
      case 'recordDays':
        patch.recordDays = Number(typed)
        break
      default: {
        const never: never = name
        throw new Error(`unknown field ${String(never)}`)
      }
    }
  }
  return patch
}

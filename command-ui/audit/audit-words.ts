import { useObservable } from '../data/use-store.ts'
import { enAudit } from '../i18n/en-audit.ts'
import { language } from '../i18n/language.ts'
import { zhAudit, type AuditWords } from '../i18n/zh-audit.ts'

/** The words of the audit page, loaded with it. */
export function useAuditText(): AuditWords {
  return useObservable(language) === 'en' ? enAudit : zhAudit
}

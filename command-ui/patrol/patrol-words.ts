import { useObservable } from '../data/use-store.ts'
import { enPatrol } from '../i18n/en-patrol.ts'
import { language } from '../i18n/language.ts'
import { zhPatrol, type PatrolWords } from '../i18n/zh-patrol.ts'

/** The words of the phone, which a desk never loads. */
export function usePatrolText(): PatrolWords {
  return useObservable(language) === 'en' ? enPatrol : zhPatrol
}

import { useObservable } from '../data/use-store.ts'
import { enMany } from '../i18n/en-many.ts'
import { language } from '../i18n/language.ts'
import { zhMany, type ManyWords } from '../i18n/zh-many.ts'

/** The words for whole registers, loaded with their pages. */
export function useManyText(): ManyWords {
  return useObservable(language) === 'en' ? enMany : zhMany
}

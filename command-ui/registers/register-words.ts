import { useObservable } from '../data/use-store.ts'
import { enRegisters } from '../i18n/en-registers.ts'
import { language } from '../i18n/language.ts'
import { zhRegisters, type RegisterWords } from '../i18n/zh-registers.ts'

/** The words of the pages of sites and zones, loaded with them. */
export function useRegisterText(): RegisterWords {
  return useObservable(language) === 'en' ? enRegisters : zhRegisters
}

import { countOddity } from '../data/centre.ts'
import { Observable } from '../data/observable.ts'
import { useObservable } from '../data/use-store.ts'
import { en } from './en.ts'
import { zh, type Dictionary } from './zh.ts'

export type Language = 'zh-CN' | 'en'

const DICTIONARIES: Record<Language, Dictionary> = { 'zh-CN': zh, en }
const KEY = 'vigil.language'

function kept(): Language {
  try {
    return localStorage.getItem(KEY) === 'en' ? 'en' : 'zh-CN'
  } catch (error) {
    countOddity('storage-refused', error) // private mode: Chinese, as at the first start
    return 'zh-CN'
  }
}

export const language = new Observable<Language>(kept())

export function setLanguage(next: Language): void {
  language.set(next)
  document.documentElement.lang = next
  try {
    localStorage.setItem(KEY, next)
  } catch (error) {
    countOddity('storage-refused', error)
  }
}

export function toggleLanguage(): void {
  setLanguage(language.get() === 'en' ? 'zh-CN' : 'en')
}

/** The dictionary outside of React, for a sentence that is made once. */
export function text(): Dictionary {
  return DICTIONARIES[language.get()]
}

/** The dictionary of the officer's language; renders again when it is switched. */
export function useText(): Dictionary {
  return DICTIONARIES[useObservable(language)]
}

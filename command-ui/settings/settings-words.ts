import { useObservable } from '../data/use-store.ts'
import { enSettings } from '../i18n/en-settings.ts'
import { language } from '../i18n/language.ts'
import { zhSettings, type SettingsWords } from '../i18n/zh-settings.ts'

/** The words of the settings page, loaded with it. */
export function useSettingsText(): SettingsWords {
  return useObservable(language) === 'en' ? enSettings : zhSettings
}

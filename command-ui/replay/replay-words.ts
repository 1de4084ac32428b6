import { useObservable } from '../data/use-store.ts'
import { enReplayPage } from '../i18n/en-replay-page.ts'
import { language } from '../i18n/language.ts'
import { zhReplayPage, type ReplayPageWords } from '../i18n/zh-replay-page.ts'

/** The words of the replay page, loaded with it. */
export function useReplayText(): ReplayPageWords {
  return useObservable(language) === 'en' ? enReplayPage : zhReplayPage
}

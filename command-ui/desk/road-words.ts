import { useObservable } from '../data/use-store.ts'
import { enRoads } from '../i18n/en-roads.ts'
import { language } from '../i18n/language.ts'
import { zhRoads, type RoadWords } from '../i18n/zh-roads.ts'

export function roadText(): RoadWords {
  return language.get() === 'en' ? enRoads : zhRoads
}

/** The words beside the map, which come with it. */
export function useRoadText(): RoadWords {
  return useObservable(language) === 'en' ? enRoads : zhRoads
}

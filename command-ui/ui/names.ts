import type { Alarm } from '../../domain/alarm.ts'
import type { Incident } from '../../domain/incident.ts'
import type { Site } from '../../domain/site.ts'
import type { Zone } from '../../domain/zone.ts'
import type { Language } from '../i18n/language.ts'

/** The name in the officer's language where the city files have one. */
export function nameIn(language: Language, thing: Pick<Site | Zone, 'name' | 'nameEn'>): string {
  return language === 'en' ? (thing.nameEn ?? thing.name) : thing.name
}

/** Where it happened, for headlines: the site's name in the officer's language, else the words of the place. */
export function placeName(language: Language, what: Alarm | Incident, site: Site | undefined): string {
  return site ? nameIn(language, site) : what.place.name
}

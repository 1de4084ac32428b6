import { store } from '../data/centre.ts'
import { placeName } from '../ui/names.ts'
import type { Entry } from './find.ts'

/** Everything on this desk that has a name, as it is now. */
export function allEntries(): Entry[] {
  const incidents = store.incidents.all().filter(({ state }) => state !== 'closed' && state !== 'merged')
  return [
    ...incidents.map((incident): Entry => {
      const site = store.sites.get(incident.siteId ?? '')
      const aliases = [incident.number, placeName('en', incident, site)]
      return { kind: 'incident', id: incident.id, name: placeName('zh-CN', incident, site), aliases }
    }),
    ...store.patrols.all().map((one): Entry => ({ kind: 'patrol', id: one.id, name: one.callsign, aliases: [one.id] })),
    ...store.cameras.all().map((one): Entry => ({ kind: 'camera', id: one.id, name: one.name, aliases: [one.id] })),
    ...store.sites
      .all()
      .map((one): Entry => ({ kind: 'site', id: one.id, name: one.name, aliases: [one.nameEn ?? one.id, one.id] })),
    ...store.vehicles
      .all()
      .map((one): Entry => ({ kind: 'vehicle', id: one.id, name: one.plate ?? one.name, aliases: [one.id, one.name] })),
  ]
}

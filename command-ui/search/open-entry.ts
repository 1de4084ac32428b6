import { store } from '../data/centre.ts'
import { flyTo } from '../desk/map-view.ts'
import { selectIncident } from '../desk/selection.ts'
import { showTrail } from '../desk/trails.ts'
import { goTo } from '../route.ts'
import { showOnWall } from '../wall/wall-wish.ts'
import type { Entry } from './find.ts'

/** Opens an incident, plays a camera, flies to a site, a patrol or a vehicle and keeps in view what moves. */
export function openEntry({ kind, id }: Entry): void {
  switch (kind) {
    case 'incident': {
      const incident = store.incidents.get(id)
      if (incident) selectIncident(incident, true)
      return goTo('desk')
    }
    case 'camera':
      return showOnWall([id], null)
    case 'site': {
      const site = store.sites.get(id)
      if (site) flyTo([site.lng, site.lat])
      return
    }
    case 'patrol':
    case 'vehicle': {
      const one = kind === 'patrol' ? store.patrols.get(id) : store.vehicles.get(id)
      const place = one && (store.dots.get(one.key) ?? one)
      if (kind === 'vehicle') showTrail(id)
      if (place && place.lng !== null && place.lat !== null) flyTo([place.lng, place.lat], id)
      return
    }
    default: {
      const never: never = kind
      return never
    }
  }
}

import { jurisdictionOf } from '../../domain/jurisdiction.ts'
import type { Route } from '../http/route.ts'
import type { CentreState } from './centre-state.ts'

const REGISTERS = { cameras: 'cameras', live: 'cameras', devices: 'devices', sites: 'sites', zones: 'zones' } as const
const PATH = /^!?\/(cameras|live|devices|sites|zones)\/:(id|cameraId)(\/|$)/

/** Gives the routes of one camera, device, site or zone the jurisdiction of that thing, from memory, for `authorize()` to decide on. */
export function withJurisdiction(route: Route, state: CentreState): Route {
  const [, word, param] = PATH.exec(route.path) ?? []
  if (word === undefined || param === undefined) return route
  const register = REGISTERS[word as keyof typeof REGISTERS]
  return {
    ...route,
    object: async (input) => {
      const id = input.params[param] ?? ''
      const thing = state[register].get(id)
      const object = route.object ? await route.object(input) : { kind: register.slice(0, -1), id }
      if (!thing) return object
      return { ...object, jurisdiction: jurisdictionOf(thing, (siteId) => state.sites.get(siteId)) }
    },
  }
}

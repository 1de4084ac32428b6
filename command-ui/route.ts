import { Observable } from './data/observable.ts'

/** As the domain's; written out because the schemas beside it would come into the first load. */
const WALL_SCREENS_MAX = 4

/** Pages by the hash of the address, so that the app works below any path and from any static server. */
export const PAGES = [
  'desk',
  'wall',
  'replay',
  'sites',
  'zones',
  'cameras',
  'devices',
  'vehicles',
  'reports',
  'audit',
  'settings',
] as const
export type Page = (typeof PAGES)[number]

export interface Route {
  page: Page | 'sign-in'
  /** What follows the page: `#/cameras/cam-7` → `cam-7`. */
  id: string | null
  query: URLSearchParams
}

export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?')
  const [word = '', id = ''] = path.split('/')
  const page = word === 'sign-in' ? 'sign-in' : (PAGES.find((known) => known === word) ?? 'desk')
  return { page, id: id === '' ? null : decodeURIComponent(id), query: new URLSearchParams(query) }
}

export const route = new Observable<Route>(parseRoute(location.hash))

addEventListener('hashchange', () => route.set(parseRoute(location.hash)))

export function goTo(page: Page, id?: string): void {
  const hash = `#/${page}${id ? `/${encodeURIComponent(id)}` : ''}`
  if (location.hash !== hash) location.hash = hash
  // `hashchange` comes a task later; the views should not wait for it.
  route.set(parseRoute(hash))
}

/** Takes a used one-time link out of the address bar and of the history. */
export function forgetLink(): void {
  history.replaceState(null, '', '#/desk')
  route.set(parseRoute('#/desk'))
}

/** Monitor of a wall page: `#/wall?screen=2` → 2; anything that is no other monitor is the desk's own, 1. */
export function screenOf({ query }: Route): number {
  const screen = Number(query.get('screen'))
  return Number.isInteger(screen) && screen >= 2 && screen <= WALL_SCREENS_MAX ? screen : 1
}

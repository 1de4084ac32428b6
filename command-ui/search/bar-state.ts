import { Observable } from '../data/observable.ts'

/** What lies over the desk: the command bar (`/`), or the sheet of keys (`?`). */
export const overlay = new Observable<'bar' | 'keys' | null>(null)

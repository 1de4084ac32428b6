import { Observable } from '../data/observable.ts'

/** The one small form that may be open beside the panel. It has its own keys (`data-own-keys`). */
export type Menu = 'classify' | 'close' | 'take-over' | 'shelve'

export const menu = new Observable<Menu | null>(null)

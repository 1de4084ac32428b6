import type { Role } from '../../domain/officer.ts'
import { store } from '../data/centre.ts'
import { useObservable } from '../data/use-store.ts'
import type { Page } from '../route.ts'
import { READERS, WRITERS } from './who-may.ts'

export function useMayWrite(what: keyof typeof WRITERS): boolean {
  const me = useObservable(store.me)
  const roles: readonly Role[] = WRITERS[what]
  return me !== null && roles.includes(me.role)
}

export function useMaySee(page: Page | 'sign-in'): boolean {
  const me = useObservable(store.me)
  const roles = page === 'sign-in' ? undefined : READERS[page]
  return me === null || roles === undefined || roles.includes(me.role)
}

import type { Role } from '../../domain/officer.ts'
import { store } from '../data/centre.ts'
import { useObservable } from '../data/use-store.ts'

/** As the centre's policy has it; who may not is not shown a button that would only say no. */
const WRITERS = {
  site: ['supervisor', 'installer', 'admin'],
  zone: ['supervisor', 'commander', 'admin'],
  drill: ['supervisor', 'commander', 'admin'],
} as const satisfies Record<string, readonly Role[]>

export function useMayWrite(what: keyof typeof WRITERS): boolean {
  const me = useObservable(store.me)
  const roles: readonly Role[] = WRITERS[what]
  return me !== null && roles.includes(me.role)
}

import type { User, UserPatch, UserWrite } from '../../domain/wire/admin.ts'
import { call } from '../data/api.ts'

/** One page of the list; a district has some hundred officers and crews. */
const PAGE_MAX = 500

/** Accounts, for administrators. */
export const userApi = {
  list: async (): Promise<User[]> => {
    const users: User[] = []
    for (let cursor = ''; ;) {
      const query = `limit=${PAGE_MAX}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`
      const page = await call<{ items: User[]; next: string | null }>('GET', `users?${query}`)
      users.push(...page.items)
      if (page.next === null) return users
      cursor = page.next
    }
  },
  add: (user: UserWrite) => call<User>('POST', 'users', user),
  change: (id: string, patch: UserPatch) => call<User>('PATCH', `users/${encodeURIComponent(id)}`, patch),
  link: (id: string) => call<{ link: string; expiresAt: string }>('POST', `users/${encodeURIComponent(id)}/link`),
}

/** "" covers all; what has no jurisdiction belongs to nobody in particular. `a/b` covers `a/b` and `a/b/c`, not `a/bc`. */
export function covers(own: string, objects: string): boolean {
  if (own === '' || objects === '') return true
  return objects === own || objects.startsWith(own + '/')
}

/** One step up; of the top and of nothing: "". */
export function parentOf(jurisdiction: string): string {
  const at = jurisdiction.lastIndexOf('/')
  return at < 0 ? '' : jurisdiction.slice(0, at)
}

/** Whose a thing is: its own word, else that of the site it belongs to, else nobody's. */
export function jurisdictionOf(
  thing: { jurisdiction?: string | undefined; siteId?: string | null },
  siteOf: (id: string) => { jurisdiction?: string | undefined } | undefined,
): string {
  if (thing.jurisdiction) return thing.jurisdiction
  return (thing.siteId ? siteOf(thing.siteId)?.jurisdiction : undefined) ?? ''
}

import { countOddity } from '../data/centre.ts'

const CACHE_PREFIX = 'vigil-shell-'

/** Makes the page installable and lets it open without a network. Where the browser has no such thing (plain HTTP) it works online only. */
export function registerShell(): void {
  addLink('manifest', './patrol.webmanifest')
  addLink('apple-touch-icon', './patrol-180.png')
  const viewport = document.querySelector('meta[name="viewport"]')
  viewport?.setAttribute('content', 'width=device-width, initial-scale=1, viewport-fit=cover')
  if (!('serviceWorker' in navigator)) return
  register().catch((error: unknown) => countOddity('shell-not-kept', error))
}

async function register(): Promise<void> {
  await navigator.serviceWorker.register('./shell-worker.js')
  const { active } = await navigator.serviceWorker.ready
  const keep = performance.getEntriesByType('resource').map(({ name }) => name)
  // A worker's messages have no target origin: it is always our own.
  active?.postMessage({ keep }, [])
}

/** At sign-out: the phone is as if nobody had been here. */
export async function forgetShell(): Promise<void> {
  if ('serviceWorker' in navigator) {
    for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister()
  }
  if (!('caches' in globalThis)) return
  for (const name of await caches.keys()) if (name.startsWith(CACHE_PREFIX)) await caches.delete(name)
}

function addLink(rel: string, href: string): void {
  if (document.querySelector(`link[rel="${rel}"]`)) return
  const link = document.createElement('link')
  link.rel = rel
  link.href = href
  document.head.append(link)
}

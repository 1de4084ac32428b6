/**
 * Service worker of the crew's phone: keeps the app itself, so that it opens in a tunnel. Only the page and its hashed files are kept;
 * answers of the API, pictures and streams never pass through here.
 */
interface ShellEvent extends Event {
  waitUntil(work: Promise<unknown>): void
}
interface ShellFetch extends ShellEvent {
  request: Request
  respondWith(answer: Promise<Response>): void
}
interface ShellMessage extends ShellEvent {
  data: unknown
}
interface ShellClient {
  url: string
  focus(): Promise<unknown>
}
interface ShellTouch extends ShellEvent {
  notification: { tag: string; close(): void }
}
/** What of the worker's global scope is used; the DOM's own types have no worker in them. */
interface ShellScope {
  location: { origin: string; href: string }
  clients: {
    claim(): Promise<void>
    matchAll(options: { type: 'window'; includeUncontrolled: boolean }): Promise<ShellClient[]>
    openWindow(url: string): Promise<unknown>
  }
  skipWaiting(): Promise<void>
  addEventListener(type: 'install' | 'activate', listener: (event: ShellEvent) => void): void
  addEventListener(type: 'fetch', listener: (event: ShellFetch) => void): void
  addEventListener(type: 'message', listener: (event: ShellMessage) => void): void
  addEventListener(type: 'notificationclick', listener: (event: ShellTouch) => void): void
}

const CACHE = 'vigil-shell-1'
/** Files of two versions of the app; the oldest go first. */
const FILES_MAX = 60
/** A network that does not answer the page within this is a tunnel. */
const PAGE_MS = 3_000
const scope = self as unknown as ShellScope
const PAGE = new URL('./', scope.location.href).href
const ASSETS = new URL('./assets/', scope.location.href).href

scope.addEventListener('install', (event) => event.waitUntil(install()))
scope.addEventListener('activate', (event) => event.waitUntil(scope.clients.claim()))
scope.addEventListener('message', (event) => {
  // The page names what it had loaded before this worker was there.
  const { keep } = event.data as { keep?: unknown }
  if (Array.isArray(keep)) event.waitUntil(keepFiles(keep.filter((url): url is string => isAsset(url))))
})
scope.addEventListener('fetch', (event) => {
  const { request } = event
  if (request.method !== 'GET') return
  if (request.mode === 'navigate') event.respondWith(page(request))
  else if (isAsset(request.url)) event.respondWith(asset(request))
})
scope.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(bringToFront())
})

/** The touch only opens the page: every step is tapped there, where a tap is kept and counted once. */
async function bringToFront(): Promise<void> {
  const open = await scope.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const [own] = open.filter(({ url }) => url.startsWith(PAGE))
  await (own ? own.focus() : scope.clients.openWindow(`${PAGE}#/patrol`))
}

function isAsset(url: unknown): boolean {
  return typeof url === 'string' && url.startsWith(ASSETS)
}

async function install(): Promise<void> {
  const cache = await caches.open(CACHE)
  await cache.add(PAGE)
  await scope.skipWaiting()
}

async function keepFiles(urls: readonly string[]): Promise<void> {
  const cache = await caches.open(CACHE)
  for (const url of urls.slice(0, FILES_MAX)) if (!(await cache.match(url))) await cache.add(url)
}

/** From the network while there is one, so that a new version is seen at the next start; else as it was last. */
async function page(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE)
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PAGE_MS) })
    if (answer.ok) await cache.put(PAGE, answer.clone())
    return answer
  } catch (error) {
    const kept = await cache.match(PAGE)
    if (kept) return kept
    throw error
  }
}

/** Files whose names change with their content never change themselves. */
async function asset(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE)
  const kept = await cache.match(request)
  if (kept) return kept
  const answer = await fetch(request)
  if (answer.ok) {
    await cache.put(request, answer.clone())
    const files = (await cache.keys()).filter(({ url }) => isAsset(url))
    for (const old of files.slice(0, Math.max(0, files.length - FILES_MAX))) await cache.delete(old)
  }
  return answer
}

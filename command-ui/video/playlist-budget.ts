/**
 * A browser opens six connections to one origin over HTTP/1.1, for all its windows together, and a low-latency playlist
 * holds one of them until the next part is there. Nine such tiles would starve each other and the officer's Enter. So a
 * window holds one connection for the picture that is looked at; all others read plain playlists, whose answers come at
 * once. Over HTTP/2 requests share one connection and only the computer's strength is the limit.
 */
const HELD_OVER_HTTP1 = 1
/** Five requests a second for each; a desk computer of 2020 spends a tenth of a core on four. */
const HELD_OVER_HTTP2 = 4

export type Protocol = 'http1' | 'http2'

export function protocolOf(nextHop: string | undefined): Protocol {
  return nextHop === 'h2' || nextHop === 'h3' ? 'http2' : 'http1'
}

/** How this page came, and so how its pictures will come. */
export function pageProtocol(): Protocol {
  const [entry] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
  return protocolOf(entry?.nextHopProtocol)
}

/**
 * @param isLookedAt the picture that fills the wall, or is being steered
 * @param tiles pictures on this wall
 */
export function tileMode(protocol: Protocol, tiles: number, isLookedAt: boolean): 'fast' | 'calm' {
  const held = protocol === 'http2' ? HELD_OVER_HTTP2 : HELD_OVER_HTTP1
  return isLookedAt || tiles <= held ? 'fast' : 'calm'
}

/**
 * Whole segments, always answered at once: hls.js would hold requests also without parts, as long as the playlist offers it.
 * @param url without a query
 * @param hasFailed then not even the first picture of a camera that sleeps is waited for
 */
export function plainUrl(url: string, hasFailed: boolean): string {
  return `${url}?plain${hasFailed ? '=now' : ''}`
}

/** What is not in memory now will not come into it; anything else passes, also a streamer or a database that is away. */
export function isGone(status: number): boolean {
  return status === 404 || status === 410
}

import type { IncomingMessage, ServerResponse } from 'node:http'
import helmet from 'helmet'

type Middleware = (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void

/**
 * Fit for MapLibre (workers from blobs, canvases as blobs) and hls.js (media from blobs). Nothing comes from anywhere else: the
 * centre works on a network without internet.
 * @param hasTls else browsers must not be told to upgrade to HTTPS, which would end a plain-HTTP centre
 */
export function securityHeaders(hasTls: boolean): Middleware {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'self'"],
        'script-src': ["'self'"],
        'worker-src': ["'self'", 'blob:'],
        'style-src': ["'self'", "'unsafe-inline'"],
        'img-src': ["'self'", 'data:', 'blob:'],
        'media-src': ["'self'", 'blob:'],
        'connect-src': ["'self'", 'ws:', 'wss:'],
        'font-src': ["'self'"],
        'object-src': ["'none'"],
        'base-uri': ["'none'"],
        'form-action': ["'self'"],
        'frame-ancestors': ["'none'"],
      },
    },
    strictTransportSecurity: hasTls ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    crossOriginOpenerPolicy: hasTls ? { policy: 'same-origin' } : false,
    originAgentCluster: false,
  })
}

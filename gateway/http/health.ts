import { z } from '../../domain/z.ts'
import { sendJson } from './problem.ts'
import { defineRoute, type Route } from './route.ts'

/** Name of a part → null when it is ready, else why it is not, in words. Asked at each reading; must not wait. */
export type Readiness = Record<string, () => string | null>

const aliveSchema = z.object({ status: z.literal('alive') })

export function healthRoutes(readiness: Readiness): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '!/healthz',
      summary: 'Alive: this process answers',
      action: 'public',
      answer: aliveSchema,
      handler: () => ({ status: 'alive' as const }),
    }),
    defineRoute({
      method: 'get',
      path: '!/readyz',
      summary: 'Ready: 200, or 503 with the reason of each part that is not',
      action: 'public',
      handler: ({ res }) => {
        const parts = Object.entries(readiness).map(([name, ask]) => [name, ask()] as const)
        const reasons = Object.fromEntries(parts.filter(([, reason]) => reason !== null))
        const isReady = Object.keys(reasons).length === 0
        sendJson(res, isReady ? 200 : 503, { status: isReady ? 'ready' : 'not-ready', reasons })
      },
    }),
  ]
}

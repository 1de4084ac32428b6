import { POSTING_STEPS, postingSchema, postingStepSchema, postingWriteSchema } from '../../domain/posting.ts'
import { idSchema } from '../../domain/scalars.ts'
import { z } from '../../domain/z.ts'
import { defineRoute, type Route } from '../http/route.ts'
import { crewOf } from '../crew/crew-channel.ts'
import type { Postings } from './postings.ts'

const patrolParams = z.object({ id: idSchema })

/** "Stand there", to a free patrol: no order to an incident, no clock. */
export function postingRoutes({ postings }: { postings: Postings }): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/patrols/:id/posting',
      summary: 'Send a free patrol to a place where it shall stand; 409 patrol-busy names its incident',
      action: 'incident.dispatch',
      params: patrolParams,
      body: postingWriteSchema,
      answer: postingSchema,
      status: 201,
      handler: ({ params, body, subject, actor }) => postings.send(params.id, body, subject, actor),
    }),
    defineRoute({
      method: 'delete',
      path: '/patrols/:id/posting',
      summary: 'The patrol need not stand there any more',
      action: 'incident.dispatch',
      params: patrolParams,
      answer: postingSchema,
      handler: ({ params, subject, actor }) => postings.release(params.id, subject, actor),
    }),
    ...POSTING_STEPS.map((step) =>
      defineRoute({
        method: 'post',
        path: `/patrols/:id/posting/${step}`,
        summary: `The crew's word on where it was sent: ${step}; a repeat changes nothing`,
        action: 'assignment.step',
        object: ({ params }) => ({ kind: 'patrol', id: params['id']!, patrolId: params['id']! }),
        params: patrolParams,
        body: postingStepSchema,
        answer: postingSchema,
        handler: ({ params, body: { postingId, reason }, subject, actor }) => {
          const arrival = crewOf(subject) === null ? 'desk' : 'crew'
          return postings.step(params.id, postingId, { do: step, arrival, reason: reason ?? null }, actor)
        },
      }),
    ),
  ]
}

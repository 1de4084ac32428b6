import { readFile } from 'node:fs/promises'
import { join, parse } from 'node:path'
import { listSitePlans, PLAN_TYPES } from '../city/site-plans.ts'
import { defineRoute, type Route } from '../http/route.ts'
import { whoOf } from '../live/visibility.ts'
import { thingRows } from '../live/visible-rows.ts'
import type { Database } from '../store/database.ts'
import { idParamsSchema } from './entity-routes.ts'
import { notThere } from './paging.ts'

/** The floor plan of a site, from the city's folder; a file that is put there is shown without a restart where the desk knows of it. */
export function sitePlanRoute(cityDir: string, database: Database): Route {
  return defineRoute({
    method: 'get',
    path: '/sites/:id/plan',
    summary: 'Floor plan of a site as a picture; `snapshot.city.plans` names the sites that have one',
    action: 'desk.view',
    params: idParamsSchema,
    handler: async ({ params: { id }, subject, res }) => {
      const mine = thingRows(whoOf(subject), 'site.body', 2)
      const rows = await database.query(`select 1 from site where id = $1 and ${mine.where}`, [id, ...mine.params])
      const file = rows.length === 0 ? undefined : (await listSitePlans(cityDir)).get(id)
      if (file === undefined) throw notThere('plan', id)
      const picture = await readFile(join(cityDir, 'plans', file))
      res.setHeader('content-type', PLAN_TYPES[parse(file).ext]!)
      res.setHeader('content-length', picture.length)
      res.setHeader('cache-control', 'private, max-age=60')
      // A picture of lines is a document of its own when somebody opens it: no script in it runs.
      res.setHeader('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox")
      res.end(picture)
    },
  })
}

import { patrolSchema } from '../../domain/patrol.ts'
import { siteSchema } from '../../domain/site.ts'
import { zoneSchema } from '../../domain/zone.ts'
import { siteBulkPatchSchema } from '../../domain/wire/register.ts'
import type { Route } from '../http/route.ts'
import { auditRoutes } from './audit-routes.ts'
import { cityLayerRoutes } from './city-layer-routes.ts'
import { deviceRoutes } from './device-routes.ts'
import { entityRoutes, type RegistryDeps } from './entity-routes.ts'
import { layoutRoutes } from './layout-routes.ts'
import type { ManyDeps } from './change-many.ts'
import { bulkRoute } from './many-routes.ts'
import { SITE_KIND } from './register-kinds.ts'
import { sitePlanRoute } from './site-plan-route.ts'
import { userRoutes, type UserRouteDeps } from './user-routes.ts'

export interface RegistryRouteDeps extends RegistryDeps, UserRouteDeps {
  /** VIGIL_CITY. */
  cityDir: string
}

/** What people register: devices, sites, zones, patrols (writes only: the list with places is the fleet's), accounts. */
export function registryRoutes(deps: RegistryRouteDeps): Route[] {
  return [
    ...thingRoutes(deps),
    ...userRoutes(deps),
    ...layoutRoutes(deps.database),
    ...auditRoutes(deps.database),
    ...cityLayerRoutes(deps.cityDir, deps.database),
    sitePlanRoute(deps.cityDir, deps.database),
  ]
}

/** Things that have a place. */
export function thingRoutes(deps: RegistryDeps & ManyDeps): Route[] {
  return [
    ...deviceRoutes(deps),
    bulkRoute(SITE_KIND, '/sites', siteBulkPatchSchema, deps),
    ...entityRoutes(
      {
        table: 'site',
        path: '/sites',
        schema: siteSchema,
        patch: siteSchema.omit({ id: true }).partial(),
        eventKind: 'site',
        listAction: 'desk.view',
        writeAction: 'site.write',
      },
      deps,
    ),
    ...entityRoutes(
      {
        table: 'zone',
        path: '/zones',
        schema: zoneSchema,
        patch: zoneSchema.omit({ id: true }).partial(),
        eventKind: 'zone',
        listAction: 'desk.view',
        writeAction: 'zone.write',
      },
      deps,
    ),
    ...entityRoutes(
      {
        table: 'patrol',
        path: '/patrols',
        schema: patrolSchema,
        patch: patrolSchema.omit({ id: true }).partial(),
        eventKind: 'patrol',
        writeAction: 'patrol.write',
      },
      deps,
    ),
  ]
}

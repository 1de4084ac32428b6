import { lngLatSchema } from '../scalars.ts'
import { z } from '../z.ts'

/** Circles as a GeoJSON FeatureCollection, the largest first. */
export const circleFeaturesSchema = z.object({
  type: z.literal('FeatureCollection'),
  features: z.array(
    z.object({
      type: z.literal('Feature'),
      /** `area`: the filled shape; `roads`: the roads within this time but not within the next smaller one. */
      properties: z.object({ kind: z.enum(['area', 'roads']), goalS: z.number().int() }),
      geometry: z.union([
        z.object({ type: z.literal('MultiPolygon'), coordinates: z.array(z.array(z.array(z.array(z.number())))) }),
        z.object({ type: z.literal('MultiLineString'), coordinates: z.array(z.array(lngLatSchema)) }),
      ]),
    }),
  ),
  /** There are more roads than one answer holds. */
  isCut: z.boolean(),
})
export type CircleFeatures = z.infer<typeof circleFeaturesSchema>

import { z } from './z.ts'
import { ID_PATTERN } from './ids.ts'
import { printable } from './printable.ts'

/** Schemas of the small things that every message is made of. */

/** RFC 3339, UTC or with an offset. */
export const timeSchema = z.iso.datetime({ offset: true }).meta({ description: 'RFC 3339 time' })
export const idSchema = z.string().regex(ID_PATTERN).meta({ description: 'id, [A-Za-z0-9_-]{1,40}' })
/** Words that may be a device's own: made printable, not refused, so that one device's nonsense costs nobody else's report. */
export const saidSchema = (max: number) => z.string().overwrite(printable).max(max)
export const lngSchema = z.number().min(-180).max(180)
export const latSchema = z.number().min(-90).max(90)
/** `[lng, lat]`, WGS-84 degrees. */
export const lngLatSchema = z.tuple([lngSchema, latSchema])
export type LngLat = [lng: number, lat: number]

/** Where something is, in words and on the map. */
export const placeSchema = z.object({
  lng: lngSchema,
  lat: latSchema,
  name: z.string().max(200),
  address: z.string().max(300).optional(),
})
export type Place = z.infer<typeof placeSchema>

/** A path in the tree city/district/station/community; "": nobody's in particular, or, of an officer, everything. */
export const jurisdictionSchema = z
  .string()
  .max(200)
  .regex(/^$|^[^/\s][^/]*(\/[^/\s][^/]*)*$/)
  .meta({ description: 'path in the tree of jurisdictions: city/district/station; "" for none' })

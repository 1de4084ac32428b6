import { idSchema } from './scalars.ts'
import { z } from './z.ts'

const NAMED_MAX = 30
const TOUR_STOPS_MAX = 100

/** Tiles of one screen: beyond 16 a picture on a 24-inch screen is smaller than a playing card. */
const tileCountSchema = z.union([z.literal(1), z.literal(4), z.literal(9), z.literal(16)])
export type TileCount = z.infer<typeof tileCountSchema>
const nameSchema = z.string().trim().min(1).max(40)

/** What stands where, cell by cell in reading order; null: an empty tile. */
const placingSchema = z.object({
  tiles: tileCountSchema,
  cameraIds: z.array(idSchema.nullable()).max(16),
})
export const wallLayoutSchema = placingSchema.extend({ name: nameSchema })
export type WallLayout = z.infer<typeof wallLayoutSchema>

/** 轮巡: its cameras fill the wall page by page, each page for `dwellS`. */
export const wallTourSchema = z.object({
  name: nameSchema,
  cameraIds: z.array(idSchema).min(1).max(TOUR_STOPS_MAX),
  dwellS: z.number().int().min(3).max(600),
})
export type WallTour = z.infer<typeof wallTourSchema>

/** `GET me/layouts`: an officer's walls, the same at every desk. */
export const wallLayoutsSchema = z.object({
  /** Counts the changes; 0: never stored. A write names the one it has read. */
  revision: z.number().int().min(0),
  layouts: z.array(wallLayoutSchema).max(NAMED_MAX),
  tours: z.array(wallTourSchema).max(NAMED_MAX),
  /** What each monitor showed last, by its number. */
  screens: z.record(z.string().regex(/^[1-4]$/), placingSchema),
})
export type WallLayouts = z.infer<typeof wallLayoutsSchema>

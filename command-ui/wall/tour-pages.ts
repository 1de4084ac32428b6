/** A tour fills the wall page by page. Pure. */

/** How many pages a tour has on a wall of so many tiles; 0 for an empty tour. */
export function tourPages(stops: number, tiles: number): number {
  return Math.ceil(stops / tiles)
}

/**
 * The cameras of one page. The last page is filled up from the beginning, so that no tile stands empty beside full ones.
 * @param page any whole number: it goes round in both directions
 */
export function tourPage(cameraIds: readonly string[], tiles: number, page: number): (string | null)[] {
  const pages = tourPages(cameraIds.length, tiles)
  if (pages === 0) return Array.from({ length: tiles }, () => null)
  const from = (((page % pages) + pages) % pages) * tiles
  const shown = Math.min(tiles, cameraIds.length)
  return Array.from({ length: tiles }, (_, i) => (i < shown ? cameraIds[(from + i) % cameraIds.length]! : null))
}

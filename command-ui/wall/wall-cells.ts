import type { TileCount } from '../../domain/wall.ts'

/** One monitor's wall. Pure: what a key, a drop or a click makes of it. */
export interface Wall {
  tiles: TileCount
  /** Always `CELLS_MAX` long, in reading order: a smaller layout hides the rest and a larger one brings it back. */
  cameraIds: readonly (string | null)[]
  focus: number
  /** The tile with the focus fills the wall. */
  isFull: boolean
}

export type WallStep =
  | { do: 'tiles'; tiles: TileCount }
  | { do: 'show'; tiles: TileCount; cameraIds: readonly (string | null)[] }
  /** As it was left, or the first time: what is being looked at meanwhile stays so. */
  | { do: 'restore'; tiles: TileCount; cameraIds: readonly (string | null)[] }
  | { do: 'place'; cell: number; cameraId: string }
  | { do: 'swap'; from: number; to: number }
  | { do: 'clear'; cell: number }
  | { do: 'focus'; cell: number }
  | { do: 'walk'; columns: number; rows: number }
  | { do: 'full'; isFull: boolean }

export const TILE_COUNTS: readonly TileCount[] = [1, 4, 9, 16]
export const CELLS_MAX = 16

export const EMPTY_WALL: Wall = { tiles: 9, cameraIds: padded([]), focus: 0, isFull: false }

function padded(cameraIds: readonly (string | null)[]): (string | null)[] {
  return Array.from({ length: CELLS_MAX }, (_, cell) => cameraIds[cell] ?? null)
}

/** Columns, and rows, of a layout. */
export function sideOf(tiles: TileCount): number {
  return Math.sqrt(tiles)
}

export function stepWall(wall: Wall, step: WallStep): Wall {
  switch (step.do) {
    case 'tiles':
      return { ...wall, tiles: step.tiles, focus: Math.min(wall.focus, step.tiles - 1), isFull: false }
    case 'show':
      return { tiles: step.tiles, cameraIds: padded(step.cameraIds), focus: 0, isFull: false }
    case 'restore':
      return {
        tiles: step.tiles,
        cameraIds: padded(step.cameraIds),
        focus: Math.min(wall.focus, step.tiles - 1),
        isFull: wall.isFull && step.tiles > 1,
      }
    case 'place':
      return { ...wall, cameraIds: placed(wall, step.cell, step.cameraId), focus: step.cell }
    case 'swap':
      return { ...wall, cameraIds: swapped(wall.cameraIds, step.from, step.to), focus: step.to }
    case 'clear':
      return { ...wall, cameraIds: wall.cameraIds.map((id, cell) => (cell === step.cell ? null : id)) }
    case 'focus':
      return { ...wall, focus: Math.max(0, Math.min(wall.tiles - 1, step.cell)) }
    case 'walk':
      return { ...wall, focus: walked(wall, step.columns, step.rows) }
    case 'full':
      return { ...wall, isFull: step.isFull && wall.tiles > 1 }
    default: {
      const never: never = step
      return never
    }
  }
}

/** A camera stands once on a wall: one that is already there changes places with what was in the cell. */
function placed(wall: Wall, cell: number, cameraId: string): (string | null)[] {
  const at = wall.cameraIds.indexOf(cameraId)
  if (at >= 0 && at < wall.tiles) return swapped(wall.cameraIds, at, cell)
  // One that a larger layout would show leaves its place there.
  return wall.cameraIds.map((id, i) => (i === cell ? cameraId : i === at ? null : id))
}

function swapped(cameraIds: readonly (string | null)[], from: number, to: number): (string | null)[] {
  const next = [...cameraIds]
  ;[next[from], next[to]] = [next[to] ?? null, next[from] ?? null]
  return next
}

/** One tile over; at the edges it stays, so that a held key ends at the border and not on the other side. */
function walked({ tiles, focus }: Wall, columns: number, rows: number): number {
  const side = sideOf(tiles)
  const within = (n: number) => Math.max(0, Math.min(side - 1, n))
  return within(Math.floor(focus / side) + rows) * side + within((focus % side) + columns)
}

/** Where the next camera from the list goes: the focused tile while it is empty, else the next empty one, else the focused. */
export function cellForNext({ cameraIds, tiles, focus }: Wall): number {
  for (let i = 0; i < tiles; i++) {
    const cell = (focus + i) % tiles
    if (cameraIds[cell] === null) return cell
  }
  return focus
}

import type { TileCount } from '../../domain/wall.ts'
import type { Wall, WallStep } from './wall-cells.ts'

/** What a key does on the wall; null: not a key of the wall. Pure. */
export type WallKeyAct = WallStep | { do: 'tour'; by: 1 | -1 } | { do: 'tour-pause' } | { do: 'list' } | { do: 'sound' }

/** The digit is the side of the layout: 3 is three by three. */
const TILES_BY_DIGIT: Record<string, TileCount> = { '1': 1, '2': 4, '3': 9, '4': 16 }
const ARROWS: Record<string, [columns: number, rows: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

/**
 * @param hasWaitingAlarm an alarm nobody has acknowledged: then Enter belongs to it and not to the pictures
 * @param isSteering the full picture is of a camera that turns: then the arrows turn it
 */
export function wallKey(
  key: string,
  wall: Wall,
  { hasWaitingAlarm, isSteering }: { hasWaitingAlarm: boolean; isSteering: boolean },
): WallKeyAct | null {
  const arrow = ARROWS[key]
  if (arrow) return isSteering ? null : { do: 'walk', columns: arrow[0], rows: arrow[1] }
  const tiles = TILES_BY_DIGIT[key]
  if (tiles !== undefined) return { do: 'tiles', tiles }
  switch (key) {
    case 'Enter':
      return hasWaitingAlarm || wall.tiles === 1 ? null : { do: 'full', isFull: !wall.isFull }
    case 'Escape':
      return wall.isFull ? { do: 'full', isFull: false } : null
    case 'Delete':
      return { do: 'clear', cell: wall.focus }
    case '[':
      return { do: 'tour', by: -1 }
    case ']':
      return { do: 'tour', by: 1 }
    case ' ':
      return { do: 'tour-pause' }
    case 's':
      return { do: 'list' }
    case 'h':
      return { do: 'sound' }
    default:
      return null
  }
}

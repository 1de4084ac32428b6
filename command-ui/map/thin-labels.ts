/**
 * Finds a free side for each callsign, most important first. A label that has no room is left out (its dot never is). Sides are
 * tried in the order right, left, above, below; the side a label had before is tried first, so labels do not hop.
 */
export interface LabelBox {
  /** The dot on the screen, px from the top left. */
  x: number
  y: number
  widthPx: number
  heightPx: number
  /** Lower is more important. */
  importance: number
  /** 0 right, 1 left, 2 above, 3 below, -1 hidden: what it was, and what comes out. */
  side: number
}

/** From the dot's middle to the label's near edge. */
export const LABEL_GAP_PX = 15
/** Half a dot: labels avoid other patrols' dots too. */
const DOT_PX = 9
/** More labels than this cannot be read at once; the rest stay hidden. */
const LABELS_MAX = 120

/** Left, top, right, bottom. */
export type Box = [number, number, number, number]

/** @param taken boxes that must stay free, such as the scene's name */
export function thinLabels(labels: LabelBox[], widthPx: number, heightPx: number, taken: readonly Box[] = []): number {
  const boxes: Box[] = labels.map((l) => [l.x - DOT_PX, l.y - DOT_PX, l.x + DOT_PX, l.y + DOT_PX])
  // After the dots, whose index is their label's.
  boxes.push(...taken)
  const order = labels.map((_, i) => i).sort((a, b) => labels[a]!.importance - labels[b]!.importance || a - b)
  let total = 0
  for (const i of order) {
    const label = labels[i]!
    const before = label.side
    label.side = -1
    if (total >= LABELS_MAX || label.x < -40 || label.y < -20 || label.x > widthPx + 40 || label.y > heightPx + 20)
      continue
    for (const side of before > 0 ? [before, 0, 1, 2, 3] : [0, 1, 2, 3]) {
      const box = boxAt(label, side)
      if (boxes.some((other, j) => j !== i && overlaps(box, other))) continue
      label.side = side
      boxes.push(box)
      total++
      break
    }
  }
  return total
}

/** Left, top, right, bottom of a label on one side of its dot. */
export function boxAt(label: LabelBox, side: number): Box {
  const [dx, dy] = sideOffset(side, label.widthPx, label.heightPx)
  const left = label.x + dx - label.widthPx / 2
  const top = label.y + dy - label.heightPx / 2
  return [left, top, left + label.widthPx, top + label.heightPx]
}

/** From the dot to the middle of its label, px, y down. */
export function sideOffset(side: number, widthPx: number, heightPx: number): [number, number] {
  switch (side) {
    case 1:
      return [-(LABEL_GAP_PX + widthPx / 2), 0]
    case 2:
      return [0, -(LABEL_GAP_PX + heightPx / 2)]
    case 3:
      return [0, LABEL_GAP_PX + heightPx / 2]
    default:
      return [LABEL_GAP_PX + widthPx / 2, 0]
  }
}

function overlaps(a: Box, b: Box): boolean {
  return a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1]
}

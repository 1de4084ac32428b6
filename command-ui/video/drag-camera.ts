/**
 * A camera under the mouse, between lists, pictures, tiles and windows of this browser. The type keeps files and links from
 * other programs out.
 */
const CAMERA_TYPE = 'application/x-vigil-camera'
/** Set as well when it comes from a tile of a wall: then the two tiles change places. */
const CELL_TYPE = 'application/x-vigil-cell'

export interface DraggedCamera {
  cameraId: string
  /** Tile it comes from and the monitor of that wall, e.g. `1:4`; null: from a list. */
  from: string | null
}

export function dragCamera(
  event: Pick<React.DragEvent, 'dataTransfer'>,
  cameraId: string,
  from: string | null = null,
): void {
  event.dataTransfer.setData(CAMERA_TYPE, cameraId)
  if (from !== null) event.dataTransfer.setData(CELL_TYPE, from)
  event.dataTransfer.effectAllowed = from === null ? 'copy' : 'move'
}

/** While it hovers only the kind is known, not the camera. */
export function isCameraOver(event: React.DragEvent): boolean {
  return event.dataTransfer.types.includes(CAMERA_TYPE)
}

export function droppedCamera(event: React.DragEvent): DraggedCamera | null {
  const cameraId = event.dataTransfer.getData(CAMERA_TYPE)
  return cameraId === '' ? null : { cameraId, from: event.dataTransfer.getData(CELL_TYPE) || null }
}

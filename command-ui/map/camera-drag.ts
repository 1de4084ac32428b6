import type { MapLibreMap, MapMouseEvent } from './maplibre-door.ts'
import type { Pointer } from './pointer.ts'

/**
 * Lets a camera be taken from the map as from a list. While the mouse is over one, pressing and moving drags the camera and not the map;
 * everywhere else the map is dragged as ever. A click stays a click.
 */
export class CameraDrag {
  readonly #map: MapLibreMap
  readonly #pointer: Pointer
  readonly #onDrag: (transfer: DataTransfer, cameraId: string) => void
  /** Under the mouse when its button went down: it has moved on before the browser calls it a drag. */
  #taken: string | null = null

  constructor(map: MapLibreMap, pointer: Pointer, onDrag: (transfer: DataTransfer, cameraId: string) => void) {
    this.#map = map
    this.#pointer = pointer
    this.#onDrag = onDrag
    map.on('mousemove', this.#hover)
    map.on('mousedown', this.#take)
    const element = map.getCanvasContainer()
    element.addEventListener('dragstart', this.#start)
    element.addEventListener('dragend', this.#end)
  }

  destroy(): void {
    this.#map.off('mousemove', this.#hover)
    this.#map.off('mousedown', this.#take)
    const element = this.#map.getCanvasContainer()
    element.removeEventListener('dragstart', this.#start)
    element.removeEventListener('dragend', this.#end)
  }

  #hover = (event: MapMouseEvent): void => {
    // A button that is down has begun something else already.
    if (event.originalEvent.buttons === 0) this.#offer(this.#pointer.hoveredCameraId !== null)
  }

  #take = (): void => {
    this.#taken = this.#pointer.hoveredCameraId
  }

  #offer(isDraggable: boolean): void {
    const element = this.#map.getCanvasContainer()
    if (element.draggable === isDraggable) return
    element.draggable = isDraggable
    if (isDraggable) this.#map.dragPan.disable()
    else this.#map.dragPan.enable()
  }

  #start = (event: DragEvent): void => {
    const cameraId = this.#taken
    if (cameraId === null || !event.dataTransfer) return event.preventDefault()
    // Else the whole map would hang on the mouse.
    event.dataTransfer.setDragImage(this.#pointer.tip, -12, -12)
    this.#onDrag(event.dataTransfer, cameraId)
  }

  #end = (): void => this.#offer(false)
}

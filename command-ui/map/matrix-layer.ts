import type { CustomLayerInterface, CustomRenderMethodInput } from './maplibre-door.ts'

/** Draws nothing: it tells, with each painting of the map, where the ground now lies on the screen. MapLibre gives that to a custom layer only. */
export class MatrixLayer implements CustomLayerInterface {
  readonly id = 'living'
  readonly type = 'custom' as const
  readonly renderingMode = '2d' as const
  #onMatrix: (mercatorToClip: ArrayLike<number>) => void

  /** @param onMatrix 16 numbers, column-major; MapLibre goes on writing into them */
  constructor(onMatrix: (mercatorToClip: ArrayLike<number>) => void) {
    this.#onMatrix = onMatrix
  }

  render(_gl: WebGL2RenderingContext, input: CustomRenderMethodInput): void {
    this.#onMatrix(input.defaultProjectionData.mainMatrix)
  }
}

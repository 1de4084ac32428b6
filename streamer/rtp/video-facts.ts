/** What a player must be told of a video stream, out of its sequence parameter set. */
export interface VideoFacts {
  widthPx: number
  heightPx: number
  /** RFC 6381: `avc1.42C01E`, `hvc1.1.6.L93.B0`. */
  codec: string
  /** False when this stream can have no B-frames, so that a time that runs backwards is an error. */
  mayReorder: boolean
}

/** 8192² is the largest picture of level 6.2; more is a broken or hostile set, and a decoder bomb. */
const PICTURE_SIDE_MAX_PX = 8192
/** Cameras' sets are 10–100 bytes; with scaling lists some hundred. */
export const SET_BYTES_MAX = 4096

export function isPictureSide(px: number): boolean {
  return px >= 16 && px <= PICTURE_SIDE_MAX_PX
}

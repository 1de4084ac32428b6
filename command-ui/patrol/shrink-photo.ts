/** Enough to read a number plate across a street; about 0.4 MB. */
const SIDE_PX_MAX = 1_600
const QUALITY = 0.85

/** The longest side at most 1,600 px; never larger than it was. */
export function fittedSize(widthPx: number, heightPx: number): { widthPx: number; heightPx: number } {
  const scale = Math.min(1, SIDE_PX_MAX / Math.max(widthPx, heightPx))
  return { widthPx: Math.max(1, Math.round(widthPx * scale)), heightPx: Math.max(1, Math.round(heightPx * scale)) }
}

/** Drawn anew, so that nothing is left of what the camera wrote beside the picture. @throws when it cannot be read as a picture */
export async function shrinkPhoto(file: Blob): Promise<ArrayBuffer> {
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' })
  try {
    const { widthPx, heightPx } = fittedSize(picture.width, picture.height)
    const canvas = document.createElement('canvas')
    canvas.width = widthPx
    canvas.height = heightPx
    const context = canvas.getContext('2d')
    if (!context) throw new Error('this browser draws no pictures')
    context.drawImage(picture, 0, 0, widthPx, heightPx)
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY))
    if (!blob) throw new Error('this picture could not be written')
    return await blob.arrayBuffer()
  } finally {
    picture.close()
  }
}

/** MapLibre and three.js need WebGL 2. Looked at once: every look makes a context, and browsers allow about sixteen. */
let known: { isPossible: boolean; isSoftware: boolean } | null = null

function look(): { isPossible: boolean; isSoftware: boolean } {
  if (known) return known
  const gl = document.createElement('canvas').getContext('webgl2')
  if (!gl) return (known = { isPossible: false, isSoftware: false })
  const names = gl.getExtension('WEBGL_debug_renderer_info')
  const renderer = String(gl.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : gl.RENDERER))
  gl.getExtension('WEBGL_lose_context')?.loseContext()
  return (known = { isPossible: true, isSoftware: /swiftshader|llvmpipe|software|basic render/i.test(renderer) })
}

/** False: show the lists, which do everything the map does. */
export function isMapPossible(): boolean {
  return look().isPossible
}

/** True: no graphics card; the map then leaves out what costs most (smoothed edges, fading names). */
export function isSoftwareDrawn(): boolean {
  return look().isSoftware
}

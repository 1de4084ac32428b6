/** Cameras and the scene's beacon: things that stand still. */

const OVER = /* glsl */ `
vec4 over(vec4 top, vec4 bottom) { return top + bottom * (1.0 - top.a); }
vec4 ink(vec3 colour, float alpha) { return vec4(colour * alpha, alpha); }
`

/** aSpot: x, y, bearing (rad), half field of view (rad, ≥ π: all round). aSight: range m, look (0 seen, 1 idle, 2 dark), in scene, 0. */
export const CONE_VERTEX = /* glsl */ `
attribute vec4 aSpot;
attribute vec4 aSight;
uniform mat4 uMatrix;
uniform float uCone;
uniform float uLeastM;
varying vec2 vAt;
varying vec4 vSight;
varying float vHalf;
void main() {
  float range = max(aSight.x, aSight.z > 0.5 ? uLeastM : 0.0);
  vec2 turn = vec2(sin(aSpot.z), cos(aSpot.z));
  vAt = position.xy;
  vSight = aSight;
  vHalf = aSpot.w;
  vec2 place = aSpot.xy + (vec2(turn.y, -turn.x) * position.x + turn * position.y) * range;
  bool isDrawn = aSight.z > 0.5 || (uCone > 0.01 && aSight.y < 1.5);
  gl_Position = isDrawn ? uMatrix * vec4(place, 1.0, 1.0) : vec4(2.0, 2.0, 2.0, 1.0);
}
`
export const CONE_FRAGMENT = /* glsl */ `
uniform float uCone;
uniform vec3 uInk;
varying vec2 vAt;
varying vec4 vSight;
varying float vHalf;
void main() {
  float r = length(vAt);
  float angle = abs(atan(vAt.x, vAt.y));
  float inside = smoothstep(1.0, 0.98, r) * (vHalf > 3.1 ? 1.0 : smoothstep(vHalf + 0.02, vHalf - 0.02, angle));
  bool isScene = vSight.z > 0.5;
  float edge = smoothstep(0.05, 0.0, abs(angle - vHalf)) * step(r, 1.0) * (vHalf > 3.1 ? 0.0 : 1.0);
  float alpha = inside * mix(0.42, 0.06, r) + edge * 0.25 * (1.0 - r);
  alpha *= isScene ? 1.0 : uCone * 0.45;
  vec3 colour = vSight.y > 1.5 ? vec3(0.55) : isScene ? vec3(0.62, 0.88, 1.0) : uInk;
  gl_FragColor = vec4(colour * alpha, alpha);
}
`
export const CAMERA_VERTEX = /* glsl */ `
attribute vec4 aSpot;
attribute vec4 aSight;
uniform mat4 uMatrix;
uniform vec2 uView;
uniform float uDensity;
uniform float uSizePx;
varying vec2 vAt;
varying vec4 vSight;
void main() {
  vec4 clip = uMatrix * vec4(aSpot.xy, 0.0, 1.0);
  vec2 way = vec2(sin(aSpot.z), cos(aSpot.z));
  vec4 ahead = uMatrix * vec4(aSpot.xy + way * 5.0, 0.0, 1.0);
  vec2 on = (ahead.xy / ahead.w - clip.xy / clip.w) * uView;
  vec2 up = length(on) > 1e-4 ? normalize(on) : vec2(0.0, 1.0);
  float size = aSight.z > 0.5 && uSizePx > 0.0 ? max(13.0, uSizePx) : uSizePx;
  vAt = position.xy * 10.0;
  vSight = aSight;
  vec2 px = (vec2(up.y, -up.x) * position.x + up * position.y) * size * uDensity;
  clip.xy += px / uView * 2.0 * clip.w;
  gl_Position = size < 1.0 ? vec4(2.0, 2.0, 2.0, 1.0) : clip;
}
`
/** A camera from above: body and a lens that widens forward; hollow while nobody looks, crossed while dark. */
export const CAMERA_FRAGMENT = /* glsl */ `
uniform vec3 uInk;
varying vec2 vAt;
varying vec4 vSight;
${OVER}
float box(vec2 p, vec2 b) { vec2 q = abs(p) - b; return length(max(q, 0.0)) + min(max(q.x, q.y), 0.0); }
void main() {
  float body = box(vAt + vec2(0.0, 2.2), vec2(2.6, 3.6)) - 0.8;
  float lens = max(abs(vAt.x) - (1.2 + (vAt.y - 2.0) * 0.55), max(1.8 - vAt.y, vAt.y - 6.0));
  float d = min(body, lens);
  bool isDark = vSight.y > 1.5;
  bool isIdle = vSight.y > 0.5 && !isDark;
  vec3 colour = isDark ? vec3(0.56, 0.57, 0.6) : vSight.z > 0.5 ? vec3(0.85, 0.95, 1.0) : uInk;
  float fill_ = isIdle || isDark ? smoothstep(0.5, -0.3, abs(d + 0.5) - 0.7) : smoothstep(0.5, -0.5, d);
  vec4 mark = ink(colour, fill_);
  if (isDark) mark = over(ink(vec3(0.95, 0.75, 0.4), smoothstep(1.4, 0.6, abs(vAt.x + vAt.y + 1.0))), mark) * step(length(vAt), 8.5);
  gl_FragColor = over(mark, ink(vec3(0.02, 0.04, 0.07), smoothstep(2.2, 0.6, d) * 0.85));
}
`

/** Rings that run outward on the ground, and a column of light that is seen over the roofs. */
export const RING_VERTEX = /* glsl */ `
uniform mat4 uMatrix;
uniform vec2 uPlace;
uniform float uRadiusM;
varying vec2 vAt;
void main() {
  vAt = position.xy;
  gl_Position = uMatrix * vec4(uPlace + position.xy * uRadiusM, 0.5, 1.0);
}
`
export const RING_FRAGMENT = /* glsl */ `
uniform vec3 uInk;
uniform float uPhase;
varying vec2 vAt;
float ring(float r, float phase) {
  return smoothstep(0.06, 0.0, abs(r - phase)) * (1.0 - phase);
}
void main() {
  float r = length(vAt);
  float alpha = smoothstep(0.2, 0.0, r) * 0.5;
  if (uPhase < 0.0) alpha += smoothstep(0.035, 0.0, abs(r - 0.62)) * 0.9 + smoothstep(0.62, 0.0, r) * 0.14;
  else alpha += ring(r, 0.15 + 0.85 * uPhase) + ring(r, 0.15 + 0.85 * fract(uPhase + 0.5)) + smoothstep(1.0, 0.0, r) * 0.12;
  alpha = clamp(alpha, 0.0, 1.0) * step(r, 1.0);
  gl_FragColor = vec4(uInk * alpha, alpha);
}
`
export const COLUMN_VERTEX = /* glsl */ `
uniform mat4 uMatrix;
uniform vec2 uPlace;
uniform float uRadiusM;
uniform float uHeightM;
varying vec2 vUp;
void main() {
  vUp = vec2(position.x, position.y);
  float turn = position.x * 3.14159265;
  vec3 at = vec3(uPlace + vec2(sin(turn), cos(turn)) * uRadiusM, position.y * uHeightM);
  gl_Position = uMatrix * vec4(at, 1.0);
}
`
export const COLUMN_FRAGMENT = /* glsl */ `
uniform vec3 uInk;
uniform float uStrength;
uniform float uPhase;
varying vec2 vUp;
void main() {
  float wave = uPhase < 0.0 ? 0.0 : 0.35 * smoothstep(0.25, 0.0, abs(fract(vUp.y - uPhase + 0.5) - 0.5));
  float alpha = (pow(1.0 - vUp.y, 1.3) * 0.55 + wave * (1.0 - vUp.y)) * uStrength;
  gl_FragColor = vec4(uInk * alpha, alpha * 0.75);
}
`
/** The marker with the scene's name: a picture that always stands upright. */
export const MARK_VERTEX = /* glsl */ `
uniform mat4 uMatrix;
uniform vec2 uView;
uniform vec2 uPlace;
uniform vec2 uSizePx;
uniform vec2 uShiftPx;
uniform float uHeightM;
varying vec2 vUv;
void main() {
  vec4 clip = uMatrix * vec4(uPlace, uHeightM, 1.0);
  vUv = vec2(position.x * 0.5 + 0.5, 0.5 - position.y * 0.5);
  vec2 middle = floor((clip.xy / clip.w * 0.5 + 0.5) * uView + uShiftPx + 0.5);
  vec2 corner = middle + position.xy * uSizePx * 0.5;
  gl_Position = clip.w <= 0.0 ? vec4(2.0, 2.0, 2.0, 1.0) : vec4(corner / uView * 2.0 - 1.0, 0.0, 1.0);
}
`
export const MARK_FRAGMENT = /* glsl */ `
uniform sampler2D uSheet;
varying vec2 vUv;
void main() { gl_FragColor = texture2D(uSheet, vUv); }
`

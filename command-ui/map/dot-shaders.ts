/**
 * Vertex code shared by everything that glides: the twin of `Glides.placeAt`. `uNowS` counts from the glides' epoch. Sizes are
 * in canvas pixels; `uView` is the canvas size.
 */
const GLIDE = /* glsl */ `
attribute vec4 aPath;
attribute vec4 aSpeed;
attribute vec4 aTimes;
attribute vec4 aFade;
uniform mat4 uMatrix;
uniform vec2 uView;
uniform float uNowS;
uniform float uDensity;

vec2 glide() {
  float elapsed = uNowS - aTimes.x;
  float u = aTimes.y > 0.0 ? clamp(elapsed / aTimes.y, 0.0, 1.0) : 1.0;
  float on = clamp(elapsed - aTimes.y, 0.0, 3.0);
  float u2 = u * u;
  float u3 = u2 * u;
  float h01 = 3.0 * u2 - 2.0 * u3;
  return aPath.xy * (1.0 - h01) + aPath.zw * h01
    + aSpeed.xy * (u3 - 2.0 * u2 + u) * aTimes.y + aSpeed.zw * ((u3 - u2) * aTimes.y + on);
}
float fade() {
  float shown = mix(aFade.x, aFade.y, clamp((uNowS - aFade.z) / 0.4, 0.0, 1.0));
  return shown * mix(1.0, 0.38, smoothstep(30.0, 34.0, uNowS - aTimes.z));
}
// Heading on the screen, so that an arrow points along the road in a tilted view too.
vec2 headingOf(vec2 place, vec4 clip) {
  vec2 way = vec2(sin(aFade.w), cos(aFade.w)) * 5.0;
  vec4 ahead = uMatrix * vec4(place + way, 0.0, 1.0);
  vec2 on = (ahead.xy / ahead.w - clip.xy / clip.w) * uView;
  return length(on) > 1e-4 ? normalize(on) : vec2(0.0, 1.0);
}
`

/** Premultiplied, as the map's own canvas is. */
const OVER = /* glsl */ `
vec4 over(vec4 top, vec4 bottom) { return top + bottom * (1.0 - top.a); }
vec4 ink(vec3 colour, float alpha) { return vec4(colour * alpha, alpha); }
`

/** Taxis: ring vacant, disc hired, both turn to a small car close by; a red diamond in an emergency. */
export const TAXI_VERTEX = /* glsl */ `
${GLIDE}
uniform float uSizePx;
uniform float uFocusW;
varying vec2 vAt;
varying float vAlpha;
varying float vLook;
varying float vSize;
void main() {
  vec2 place = glide();
  vec4 clip = uMatrix * vec4(place, 0.0, 1.0);
  vLook = aTimes.w;
  vAlpha = fade();
  vSize = uSizePx * clamp(uFocusW / clip.w, 0.55, 1.35);
  float half_ = (vLook > 1.5 ? max(9.0, vSize * 1.6) : vSize * 0.5 + 2.0) * uDensity;
  vec2 up = headingOf(place, clip);
  vAt = position.xy * half_ / uDensity;
  vec2 px = (vec2(up.y, -up.x) * position.x + up * position.y) * half_;
  if (vLook > 1.5) px = position.xy * half_;
  clip.xy += px / uView * 2.0 * clip.w;
  gl_Position = vAlpha < 0.01 ? vec4(2.0, 2.0, 2.0, 1.0) : clip;
}
`
export const TAXI_FRAGMENT = /* glsl */ `
uniform float uQuiet;
uniform vec3 uInk;
uniform vec3 uAlarm;
varying vec2 vAt;
varying float vAlpha;
varying float vLook;
varying float vSize;
${OVER}
void main() {
  if (vLook > 1.5) {
    float d = (abs(vAt.x) + abs(vAt.y)) * 0.7071 - 4.6;
    vec4 mark = over(ink(uAlarm, smoothstep(0.6, -0.6, d)), ink(vec3(1.0), smoothstep(2.2, 1.2, d)));
    gl_FragColor = mark * vAlpha;
    return;
  }
  float r = vSize * 0.5;
  // From z 16 a body longer than wide: it shows where the car heads.
  float stretch = clamp((vSize - 6.5) / 5.0, 0.0, 0.45);
  vec2 p = vec2(vAt.x, max(0.0, abs(vAt.y) - r * stretch));
  float wide = r * (1.0 - stretch * 0.9);
  float d = length(p) - wide;
  float thick = max(1.15, r * 0.32);
  float body = vLook > 0.5 ? smoothstep(0.5, -0.5, d) : smoothstep(0.5, -0.5, abs(d + thick * 0.5) - thick * 0.5);
  float shade = smoothstep(1.9, 0.2, d) * 0.55;
  gl_FragColor = over(ink(uInk, body), ink(vec3(0.03, 0.05, 0.08), shade)) * vAlpha * uQuiet;
}
`

/** Patrols: shape by state (see SHAPES), bright, dark rim; look = shape + 8 × chosen + 16 × candidate. */
export const PATROL_VERTEX = /* glsl */ `
${GLIDE}
uniform float uScale;
varying vec2 vAt;
varying float vAlpha;
varying float vLook;
void main() {
  vec2 place = glide();
  vec4 clip = uMatrix * vec4(place, 0.0, 1.0);
  vLook = aTimes.w;
  vAlpha = fade();
  float shape = mod(floor(vLook + 0.5), 8.0);
  vec2 up = shape < 1.5 ? headingOf(place, clip) : vec2(0.0, 1.0);
  vec2 px = position.xy * 21.0;
  vAt = px;
  px = (vec2(up.y, -up.x) * px.x + up * px.y) * uDensity * uScale;
  clip.xy += px / uView * 2.0 * clip.w;
  gl_Position = clip;
}
`
export const PATROL_FRAGMENT = /* glsl */ `
uniform vec3 uInks[5];
varying vec2 vAt;
varying float vAlpha;
varying float vLook;
${OVER}
float segment(vec2 p, vec2 a, vec2 b) {
  vec2 pa = p - a, ba = b - a;
  return length(pa - ba * clamp(dot(pa, ba) / dot(ba, ba), 0.0, 1.0));
}
float arrow(vec2 p) {
  p.x = abs(p.x);
  vec2 tip = vec2(0.0, 10.5), wing = vec2(7.6, -8.5), notch = vec2(0.0, -4.6);
  vec2 right = normalize(vec2(tip.y - wing.y, wing.x - tip.x));
  vec2 under = normalize(vec2(wing.y - notch.y, -(wing.x - notch.x)));
  return max(dot(p - tip, right), dot(p - notch, under));
}
float chevron(vec2 p) {
  return min(segment(p, vec2(-6.2, 0.0), vec2(0.0, 7.0)), segment(p, vec2(6.2, 0.0), vec2(0.0, 7.0))) - 2.0;
}
float shapeAt(float shape, vec2 p) {
  if (shape < 0.5) return arrow(p);
  if (shape < 1.5) return min(chevron(p), chevron(p + vec2(0.0, 7.2)));
  if (shape < 2.5) return length(p) - 7.6;
  float ring = abs(length(p) - 6.4) - 1.5;
  return shape < 3.5 ? ring : min(ring, segment(p, vec2(-4.4, -4.4), vec2(4.4, 4.4)) - 1.3);
}
void main() {
  // Interpolated: 16 may come as 15.9999.
  float look = floor(vLook + 0.5);
  float shape = mod(look, 8.0);
  float extra = floor(look / 8.0);
  bool chosen = mod(extra, 2.0) > 0.5;
  bool candidate = extra > 1.5;
  float d = shapeAt(shape, vAt);
  vec3 colour = uInks[int(shape + 0.5)];
  vec4 mark = ink(colour, smoothstep(0.7, -0.7, d));
  // ● on scene: a dark pupil tells it from every other round dot.
  if (shape > 1.5 && shape < 2.5) mark = over(ink(vec3(0.03, 0.06, 0.1), smoothstep(0.7, -0.7, length(vAt) - 2.6)), mark);
  vec4 all = over(mark, ink(vec3(0.02, 0.04, 0.07), smoothstep(2.8, 1.2, d) * 0.95));
  float r = length(vAt);
  if (candidate && !chosen) all = over(all, ink(vec3(0.75, 0.84, 0.93), smoothstep(0.8, 0.0, abs(r - 15.0) - 0.4) * 0.55));
  if (chosen) {
    all = over(all, ink(vec3(1.0), smoothstep(0.8, 0.0, abs(r - 15.5) - 1.0)));
    all = over(all, ink(vec3(0.34, 0.71, 0.91), smoothstep(21.0, 12.0, r) * 0.4));
  }
  gl_FragColor = all * vAlpha;
}
`

/** Callsigns: pieces of one canvas, beside their dot, on whole pixels. */
export const LABEL_VERTEX = /* glsl */ `
${GLIDE}
attribute vec4 aPiece;
attribute vec4 aBox;
varying vec2 vUv;
varying float vAlpha;
void main() {
  vec4 clip = uMatrix * vec4(glide(), 0.0, 1.0);
  vAlpha = aBox.z > 0.0 ? fade() * 0.6 + 0.4 : 0.0;
  vUv = aPiece.xy + (position.xy * vec2(0.5, -0.5) + 0.5) * aPiece.zw;
  vec2 middle = (clip.xy / clip.w * 0.5 + 0.5) * uView + vec2(aBox.x, -aBox.y) * uDensity;
  vec2 corner = floor(middle - aBox.zw * uDensity * 0.5 + 0.5) + (position.xy * 0.5 + 0.5) * aBox.zw * uDensity;
  gl_Position = vAlpha < 0.01 || clip.w <= 0.0 ? vec4(2.0, 2.0, 2.0, 1.0) : vec4(corner / uView * 2.0 - 1.0, 0.0, 1.0);
}
`
export const LABEL_FRAGMENT = /* glsl */ `
uniform sampler2D uSheet;
varying vec2 vUv;
varying float vAlpha;
void main() {
  gl_FragColor = texture2D(uSheet, vUv) * vAlpha;
}
`

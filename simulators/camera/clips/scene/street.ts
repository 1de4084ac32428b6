import { speckled, tiled } from './paint.ts'
import type { Stage } from './stage.ts'
import { THREE } from './three-door.ts'

/** Ground, roads and what is painted on them. All flat shapes lie a few millimetres above each other. */

export type GroundKind = 'asphalt' | 'old-asphalt' | 'slabs' | 'red-slabs' | 'plaza' | 'grass' | 'earth' | 'concrete'

/** Metres that one repeat of the texture covers. */
const REPEAT_M: Record<GroundKind, number> = {
  asphalt: 9,
  'old-asphalt': 9,
  slabs: 4,
  'red-slabs': 3,
  plaza: 8,
  grass: 6,
  earth: 8,
  concrete: 8,
}
const made = new Map<GroundKind, THREE.Texture>()

function groundTexture(kind: GroundKind): THREE.Texture {
  const kept = made.get(kind)
  if (kept) return kept
  const paint: Record<GroundKind, () => THREE.Texture> = {
    asphalt: () => speckled('#56585b', 0.1, 11),
    'old-asphalt': () => speckled('#74736f', 0.12, 12, 24),
    slabs: () => tiled('#b5b0a6', '#8f8b83', 8, 8, 13),
    'red-slabs': () => tiled('#a8705c', '#8c6354', 12, 12, 14),
    plaza: () => tiled('#c2bcb0', '#a39d92', 6, 6, 15),
    grass: () => speckled('#63793f', 0.2, 16, 26),
    earth: () => speckled('#8b7a5e', 0.14, 17, 26),
    concrete: () => speckled('#a5a49f', 0.08, 18, 20),
  }
  const texture = paint[kind]()
  made.set(kind, texture)
  return texture
}

/** A rectangle of ground, by its corners. */
export function ground(stage: Stage, kind: GroundKind, x: [number, number], z: [number, number], y = 0): void {
  const map = groundTexture(kind).clone()
  const [w, d] = [x[1] - x[0], z[1] - z[0]]
  map.repeat.set(w / REPEAT_M[kind], d / REPEAT_M[kind])
  map.needsUpdate = true
  const mesh = new THREE.Mesh(new THREE.PlaneGeometry(w, d), new THREE.MeshLambertMaterial({ map }))
  mesh.rotation.x = -Math.PI / 2
  mesh.position.set((x[0] + x[1]) / 2, y, (z[0] + z[1]) / 2)
  mesh.receiveShadow = true
  stage.add(mesh)
}

/** Raised pavement with a kerb all round. */
export function pavement(stage: Stage, kind: GroundKind, x: [number, number], z: [number, number]): void {
  const kerb = new THREE.Mesh(
    new THREE.BoxGeometry(x[1] - x[0], 0.16, z[1] - z[0]),
    new THREE.MeshLambertMaterial({ color: '#b9b7b0' }),
  )
  kerb.position.set((x[0] + x[1]) / 2, 0.07, (z[0] + z[1]) / 2)
  kerb.receiveShadow = true
  stage.add(kerb)
  ground(stage, kind, [x[0] + 0.15, x[1] - 0.15], [z[0] + 0.15, z[1] - 0.15], 0.155)
}

/** A painted stripe from one point to another. */
export function stripe(
  stage: Stage,
  from: [number, number],
  to: [number, number],
  widthM = 0.15,
  colour = '#dcdcd4',
): void {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1])
  const mesh = new THREE.Mesh(
    new THREE.PlaneGeometry(widthM, length),
    new THREE.MeshLambertMaterial({ color: colour, transparent: true, opacity: 0.88 }),
  )
  mesh.rotation.order = 'YXZ'
  mesh.rotation.set(-Math.PI / 2, Math.atan2(to[0] - from[0], to[1] - from[1]), 0)
  mesh.position.set((from[0] + to[0]) / 2, 0.035, (from[1] + to[1]) / 2)
  mesh.receiveShadow = true
  stage.add(mesh)
}

/** Broken line along z or x. */
export function dashes(stage: Stage, from: [number, number], to: [number, number], dashM = 3, gapM = 4.5): void {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1])
  const [dx, dz] = [(to[0] - from[0]) / length, (to[1] - from[1]) / length]
  for (let at = 0; at + dashM <= length; at += dashM + gapM) {
    stripe(stage, [from[0] + dx * at, from[1] + dz * at], [from[0] + dx * (at + dashM), from[1] + dz * (at + dashM)])
  }
}

/** Zebra stripes: `across` is the way people walk. */
export function zebra(stage: Stage, x: [number, number], z: [number, number], across: 'x' | 'z'): void {
  const [from, to] = across === 'x' ? x : z
  for (let at = from + 0.5; at + 0.45 <= to; at += 0.95) {
    if (across === 'x') stripe(stage, [at + 0.22, z[0]], [at + 0.22, z[1]], 0.45, '#e8e8e2')
    else stripe(stage, [x[0], at + 0.22], [x[1], at + 0.22], 0.45, '#e8e8e2')
  }
}

/** An arrow for "straight on" along z; `heading` 1 points to +z. */
export function arrow(stage: Stage, x: number, z: number, heading: 1 | -1): void {
  stripe(stage, [x, z - heading * 1.6], [x, z + heading * 0.4], 0.2)
  const shape = new THREE.Shape()
  shape.moveTo(-0.4, 0)
  shape.lineTo(0.4, 0)
  shape.lineTo(0, 1.3)
  const head = new THREE.Mesh(new THREE.ShapeGeometry(shape), new THREE.MeshLambertMaterial({ color: '#dcdcd4' }))
  head.rotation.order = 'YXZ'
  head.rotation.set(-Math.PI / 2, heading === -1 ? 0 : Math.PI, 0)
  head.position.set(x, 0.036, z + heading * 0.4)
  stage.add(head)
}

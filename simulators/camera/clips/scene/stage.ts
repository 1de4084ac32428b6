import { sky } from './paint.ts'
import { THREE } from './three-door.ts'

/** One scene while it is being built: metres, y up, the camera looks towards -z. */
export interface Stage {
  scene: THREE.Scene
  camera: THREE.PerspectiveCamera
  isNight: boolean
  /** Each sets the scene to a moment of the loop, 0 ≤ t < 1. */
  moves: ((t: number) => void)[]
  /** What the moves move; everything else is drawn once. */
  moving: THREE.Object3D[]
  /** Direction in which the sunlight goes. */
  sunRay: THREE.Vector3
  /** How dark a shadow is, 0–1. */
  shade: number
  add(...objects: THREE.Object3D[]): void
  addMoving(...objects: THREE.Object3D[]): void
}

export interface StageLight {
  horizon: string
  zenith: string
  sun: string
  sunPower: number
  /** Where the sun stands, from the middle of the scene. */
  sunAt: [number, number, number]
  ambient: string
  groundBounce: string
  ambientPower: number
  fogFromM: number
  fogToM: number
  isNight?: boolean
}

export const LIGHTS = {
  morning: {
    horizon: '#dfe6ea',
    zenith: '#86aed2',
    sun: '#fff0d8',
    sunPower: 3.6,
    sunAt: [-34, 30, 14],
    ambient: '#c4d8ee',
    groundBounce: '#8d8474',
    ambientPower: 2.0,
    fogFromM: 60,
    fogToM: 260,
  },
  noon: {
    horizon: '#e3ebf0',
    zenith: '#6fa0d0',
    sun: '#fffaf0',
    sunPower: 4.0,
    sunAt: [18, 46, 16],
    ambient: '#cfe0f2',
    groundBounce: '#968c7c',
    ambientPower: 1.95,
    fogFromM: 80,
    fogToM: 320,
  },
  overcast: {
    horizon: '#cfd4d6',
    zenith: '#aab4bb',
    sun: '#f3f6f8',
    sunPower: 1.5,
    sunAt: [10, 50, 20],
    ambient: '#dbe3e8',
    groundBounce: '#8a8a86',
    ambientPower: 3.0,
    fogFromM: 40,
    fogToM: 200,
  },
  evening: {
    horizon: '#f0d2ac',
    zenith: '#7f96b8',
    sun: '#ffc68a',
    sunPower: 4.0,
    sunAt: [40, 17, 6],
    ambient: '#b9c2dc',
    groundBounce: '#8f7a66',
    ambientPower: 2.2,
    fogFromM: 60,
    fogToM: 240,
  },
  night: {
    horizon: '#232a38',
    zenith: '#0c1018',
    sun: '#8fa6d8',
    sunPower: 0.35,
    sunAt: [-20, 40, 10],
    ambient: '#56678c',
    groundBounce: '#33302c',
    ambientPower: 2.1,
    fogFromM: 60,
    fogToM: 220,
    isNight: true,
  },
} satisfies Record<string, StageLight>

/** @param at where the camera hangs, @param towards what it looks at, metres */
export function createStage(
  light: StageLight,
  at: [number, number, number],
  towards: [number, number, number],
  fovDeg: number,
): Stage {
  const scene = new THREE.Scene()
  const dome = new THREE.Mesh(
    new THREE.SphereGeometry(600, 24, 16),
    new THREE.MeshBasicMaterial({ map: sky(light.horizon, light.zenith), side: THREE.BackSide, fog: false }),
  )
  dome.material.map!.wrapT = THREE.ClampToEdgeWrapping
  scene.add(dome)
  scene.fog = new THREE.Fog(light.horizon, light.fogFromM, light.fogToM)
  scene.add(new THREE.HemisphereLight(light.ambient, light.groundBounce, light.ambientPower))
  const sun = new THREE.DirectionalLight(light.sun, light.sunPower)
  const middle = new THREE.Vector3(towards[0], 0, (at[2] + towards[2]) / 2)
  sun.position.set(...light.sunAt).add(middle)
  sun.target.position.copy(middle)
  sun.castShadow = true
  sun.shadow.mapSize.set(4096, 4096)
  sun.shadow.bias = -0.0004
  sun.shadow.normalBias = 0.04
  sun.shadow.radius = 2
  const reach = 46
  Object.assign(sun.shadow.camera, { left: -reach, right: reach, top: reach, bottom: -reach, near: 1, far: 160 })
  scene.add(sun, sun.target)
  const camera = new THREE.PerspectiveCamera(fovDeg, 16 / 9, 0.8, 800)
  camera.position.set(...at)
  camera.lookAt(...towards)
  const moving: THREE.Object3D[] = []
  return {
    scene,
    camera,
    isNight: light.isNight ?? false,
    moves: [],
    moving,
    sunRay: new THREE.Vector3(...light.sunAt).negate().normalize(),
    shade: light.isNight ? 0 : Math.min(0.5, light.sunPower / 9),
    add: (...objects) => void scene.add(...objects),
    addMoving: (...objects) => {
      moving.push(...objects)
      scene.add(...objects)
    },
  }
}

export interface PathOptions {
  /** Where on the path at the start of the loop, 0–1. */
  phase?: number
  /** Progress along the path from progress in time, both 0–1: to slow down and to wait. */
  pace?: (u: number) => number
}

/** Moves an object along a path once in a loop, heading where it goes. It appears and disappears at the ends: put them out of sight. */
export function follow(
  stage: Stage,
  object: THREE.Object3D,
  points: [number, number][],
  options: PathOptions = {},
): void {
  const { phase = 0, pace = (u) => u } = options
  const curve = new THREE.CatmullRomCurve3(
    points.map(([x, z]) => new THREE.Vector3(x, 0, z)),
    false,
    'centripetal',
  )
  stage.addMoving(object)
  const startY = object.position.y
  stage.moves.push((t) => {
    const u = Math.min(0.9999, Math.max(0, pace((t + phase) % 1)))
    const place = curve.getPointAt(u)
    const ahead = curve.getTangentAt(u)
    object.position.set(place.x, startY, place.z)
    object.rotation.y = Math.atan2(ahead.x, ahead.z)
  })
}

/** Straight box, ground at its feet. */
export function block(
  size: [number, number, number],
  at: [number, number, number],
  material: THREE.Material,
  castsShadow = true,
): THREE.Mesh {
  const mesh = new THREE.Mesh(new THREE.BoxGeometry(...size), material)
  mesh.position.set(at[0], at[1] + size[1] / 2, at[2])
  mesh.castShadow = castsShadow
  mesh.receiveShadow = true
  return mesh
}

const matts = new Map<string, THREE.MeshLambertMaterial>()

/** A plain colour. */
export function matt(colour: string): THREE.MeshLambertMaterial {
  const kept = matts.get(colour) ?? new THREE.MeshLambertMaterial({ color: colour })
  matts.set(colour, kept)
  return kept
}

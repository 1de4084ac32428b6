import { follow, matt, type PathOptions, type Stage } from './stage.ts'
import { THREE } from './three-door.ts'

/** People and their two-wheelers, heading +z, feet at y = 0. No faces: nobody is to be known. */

export interface Look {
  top: string
  legs: string
  hair?: string
  heightM?: number
  /** A satchel on the back. */
  bag?: string
}

const SKIN = matt('#c99e7c')

interface Walker {
  group: THREE.Group
  /** Swings arms and legs; `stride` in radians. */
  step(stride: number): void
}

function limb(radiusM: number, lengthM: number, material: THREE.Material): THREE.Group {
  const group = new THREE.Group()
  const mesh = new THREE.Mesh(new THREE.CapsuleGeometry(radiusM, lengthM - radiusM * 2, 3, 8), material)
  mesh.position.y = -lengthM / 2
  mesh.castShadow = true
  group.add(mesh)
  return group
}

export function person(look: Look): Walker {
  const group = new THREE.Group()
  const scale = (look.heightM ?? 1.7) / 1.7
  const torso = new THREE.Mesh(new THREE.CapsuleGeometry(0.19, 0.36, 4, 10), matt(look.top))
  torso.position.y = 1.13
  torso.scale.set(1.12, 1, 0.72)
  torso.castShadow = true
  const head = new THREE.Mesh(new THREE.SphereGeometry(0.125, 12, 10), SKIN)
  head.position.y = 1.57
  head.castShadow = true
  const hair = new THREE.Mesh(new THREE.SphereGeometry(0.138, 12, 8, 0, 6.3, 0, 1.75), matt(look.hair ?? '#1c1a19'))
  hair.position.set(0, 1.585, -0.015)
  hair.rotation.x = -0.25
  group.add(torso, head, hair)
  if (look.bag) {
    const bag = new THREE.Mesh(new THREE.BoxGeometry(0.32, 0.4, 0.17), matt(look.bag))
    bag.position.set(0, 1.17, -0.23)
    bag.castShadow = true
    group.add(bag)
  }
  const limbs = [-1, 1].flatMap((side) => {
    const leg = limb(0.085, 0.86, matt(look.legs))
    leg.position.set(side * 0.1, 0.87, 0)
    const arm = limb(0.055, 0.6, matt(look.top))
    arm.position.set(side * 0.26, 1.36, 0)
    group.add(leg, arm)
    return [
      { part: leg, swing: side * 0.5 },
      { part: arm, swing: -side * 0.4 },
    ]
  })
  group.scale.setScalar(scale)
  return {
    group,
    step: (stride) => {
      for (const { part, swing } of limbs) part.rotation.x = Math.sin(stride) * swing
    },
  }
}

/** Metres a walker goes in one loop of eight seconds. */
const WALK_M = 10.4

/**
 * A line of people on one path, alike so that each can stand where the next one stood when the loop begins again.
 * @param share of the line that is there; the others are left out by number
 */
export function walkers(stage: Stage, look: Look, points: [number, number][], leaveOut: readonly number[] = []): void {
  const curve = new THREE.CatmullRomCurve3(points.map(([x, z]) => new THREE.Vector3(x, 0, z)))
  const count = Math.max(1, Math.round(curve.getLength() / WALK_M))
  for (let i = 0; i < count; i++) {
    if (leaveOut.length > 0 && leaveOut.length < count && count === 1) continue
    const walker = person(look)
    stage.addMoving(walker.group)
    stage.moves.push((t) => {
      const u = Math.min(0.9999, (i + t) / count)
      const place = curve.getPointAt(u)
      const ahead = curve.getTangentAt(u)
      walker.group.position.set(place.x, 0.01, place.z)
      walker.group.rotation.y = Math.atan2(ahead.x, ahead.z)
      walker.step(t * Math.PI * 2 * 7 + i)
    })
  }
}

/** Somebody who stands and shifts a little. */
export function stander(stage: Stage, look: Look, x: number, z: number, headingRad: number): void {
  const { group, step } = person(look)
  group.position.set(x, 0.15, z)
  stage.addMoving(group)
  stage.moves.push((t) => {
    group.rotation.y = headingRad + Math.sin(t * Math.PI * 2) * 0.12
    step(Math.sin(t * Math.PI * 2 + x) * 0.12)
  })
}

/** Crosses once in a loop and is then out of sight. */
export function crosser(stage: Stage, look: Look, points: [number, number][], options: PathOptions = {}): void {
  const walker = person(look)
  follow(stage, walker.group, points, options)
  stage.moves.push((t) => walker.step(t * Math.PI * 2 * 9))
}

export function scooter(
  stage: Stage,
  colour: string,
  rider: Look,
  points: [number, number][],
  options: PathOptions = {},
): void {
  const group = new THREE.Group()
  const tyre = matt('#1b1b1c')
  for (const z of [-0.58, 0.62]) {
    const wheel = new THREE.Mesh(new THREE.TorusGeometry(0.22, 0.06, 8, 18), tyre)
    wheel.rotation.y = Math.PI / 2
    wheel.position.set(0, 0.27, z)
    group.add(wheel)
  }
  const part = (w: number, h: number, d: number, y: number, z: number, material: THREE.Material, tilt = 0) => {
    const mesh = new THREE.Mesh(new THREE.BoxGeometry(w, h, d), material)
    mesh.position.set(0, y, z)
    mesh.rotation.x = tilt
    mesh.castShadow = true
    group.add(mesh)
  }
  const body = new THREE.MeshPhongMaterial({ color: colour, shininess: 50 })
  part(0.3, 0.12, 0.7, 0.35, 0.05, body)
  part(0.32, 0.38, 0.55, 0.55, -0.45, body)
  part(0.28, 0.1, 0.6, 0.8, -0.42, matt('#222'))
  part(0.34, 0.75, 0.1, 0.68, 0.5, body, -0.25)
  part(0.62, 0.05, 0.06, 1.06, 0.42, matt('#333'))
  const { group: figure } = person(rider)
  figure.position.set(0, 0.02, -0.32)
  figure.children.slice(0, 3).forEach((child) => (child.position.y -= 0.02))
  const [legA, armA, legB, armB] = figure.children.slice(-4)
  for (const leg of [legA, legB]) leg!.rotation.x = -1.25
  for (const arm of [armA, armB]) arm!.rotation.x = -1.05
  const helmet = new THREE.Mesh(new THREE.SphereGeometry(0.165, 12, 10), matt(colour))
  helmet.position.set(0, 1.6, 0)
  figure.add(helmet)
  group.add(figure)
  follow(stage, group, points, options)
}

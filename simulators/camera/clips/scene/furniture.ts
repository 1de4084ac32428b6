import { board, leaves, pick, seeded, type Chance } from './paint.ts'
import { block, matt, type Stage } from './stage.ts'
import { THREE } from './three-door.ts'
import { halo } from './vehicles.ts'

/** Trees, lamps, poles, railings, signs. */

const BARK = matt('#5e4e3f')
const FOLIAGE: Record<'banyan' | 'camphor' | 'young', string[]> = {
  banyan: ['#5b7f3e', '#6b9148', '#7fa457', '#4d7036'],
  camphor: ['#7fa04a', '#90b356', '#a5c468', '#6d9042'],
  young: ['#a2bd5c', '#b4cb6e', '#8fae52'],
}
const twigs = new Map<string, THREE.Material>()

function twigMaterial(kind: keyof typeof FOLIAGE): THREE.Material {
  const kept = twigs.get(kind)
  if (kept) return kept
  const map = leaves(kind.length * 7, FOLIAGE[kind])
  const material = new THREE.MeshLambertMaterial({ map, alphaTest: 0.45, side: THREE.DoubleSide, vertexColors: true })
  twigs.set(kind, material)
  return material
}

/** A crown: cards of leaves on a few balls, lit as if the crown were round. */
function crown(radiusM: number, kind: keyof typeof FOLIAGE, chance: Chance, cards: number): THREE.Mesh {
  const positions: number[] = []
  const normals: number[] = []
  const uvs: number[] = []
  const colours: number[] = []
  const balls = Array.from({ length: 9 }, () => ({
    at: new THREE.Vector3((chance() - 0.5) * 1.7, (chance() - 0.4) * 0.95, (chance() - 0.5) * 1.7).multiplyScalar(
      radiusM,
    ),
    r: radiusM * (0.3 + chance() * 0.25),
  }))
  for (let i = 0; i < cards; i++) {
    const ball = balls[i % balls.length]!
    const out = new THREE.Vector3(chance() - 0.5, chance() - 0.42, chance() - 0.5).normalize()
    const at = out
      .clone()
      .multiplyScalar(ball.r * (0.65 + chance() * 0.4))
      .add(ball.at)
    const size = radiusM * (0.2 + chance() * 0.16)
    const side = new THREE.Vector3(chance() - 0.5, chance() - 0.5, chance() - 0.5)
      .cross(out)
      .normalize()
      .multiplyScalar(size)
    const up = side.clone().cross(out).normalize().multiplyScalar(size)
    const round = at.clone().normalize().lerp(out, 0.4).normalize()
    const shade = 0.72 + 0.34 * Math.max(0, Math.min(1, (at.y / radiusM + 0.7) / 1.5)) + (chance() - 0.5) * 0.12
    const corners = [
      [-1, -1],
      [1, -1],
      [1, 1],
      [-1, -1],
      [1, 1],
      [-1, 1],
    ] as const
    for (const [a, b] of corners) {
      const point = at.clone().addScaledVector(side, a).addScaledVector(up, b)
      positions.push(point.x, point.y, point.z)
      normals.push(round.x, round.y, round.z)
      uvs.push((a + 1) / 2, (b + 1) / 2)
      colours.push(shade, shade, shade)
    }
  }
  const geometry = new THREE.BufferGeometry()
  geometry.setAttribute('position', new THREE.Float32BufferAttribute(positions, 3))
  geometry.setAttribute('normal', new THREE.Float32BufferAttribute(normals, 3))
  geometry.setAttribute('uv', new THREE.Float32BufferAttribute(uvs, 2))
  geometry.setAttribute('color', new THREE.Float32BufferAttribute(colours, 3))
  const mesh = new THREE.Mesh(geometry, twigMaterial(kind))
  mesh.castShadow = true
  mesh.receiveShadow = true
  return mesh
}

export function tree(
  stage: Stage,
  x: number,
  z: number,
  heightM: number,
  kind: keyof typeof FOLIAGE = 'camphor',
  seed = 1,
): void {
  const chance = seeded(seed * 977 + Math.round(x * 31 + z * 17))
  const radius = heightM * 0.36
  const trunk = new THREE.Mesh(new THREE.CylinderGeometry(heightM * 0.016, heightM * 0.028, heightM * 0.6, 8), BARK)
  trunk.position.set(x, heightM * 0.3, z)
  trunk.castShadow = true
  const leavesMesh = crown(radius, kind, chance, 420)
  leavesMesh.position.set(x, heightM * 0.68, z)
  leavesMesh.rotation.y = chance() * 6
  stage.add(trunk, leavesMesh)
}

/** A clipped hedge or bushes along a line. */
export function hedge(stage: Stage, from: [number, number], to: [number, number], heightM = 0.8): void {
  const chance = seeded(Math.round(from[0] * 13 + to[1] * 7))
  const length = Math.hypot(to[0] - from[0], to[1] - from[1])
  const count = Math.max(1, Math.round(length / (heightM * 1.1)))
  for (let i = 0; i <= count; i++) {
    const bush = crown(heightM * 0.75, 'banyan', chance, 90)
    bush.position.set(
      from[0] + ((to[0] - from[0]) * i) / count,
      heightM * 0.45,
      from[1] + ((to[1] - from[1]) * i) / count,
    )
    stage.add(bush)
  }
}

/** A street lamp whose arm reaches towards `armX`; it shines at night. */
export function lamp(stage: Stage, x: number, z: number, armX: number, heightM = 8.5, shines = stage.isNight): void {
  const steel = matt('#7d848a')
  const pole = new THREE.Mesh(new THREE.CylinderGeometry(0.07, 0.11, heightM, 8), steel)
  pole.position.set(x, heightM / 2, z)
  pole.castShadow = true
  const reach = armX - x
  stage.add(pole, block([Math.abs(reach), 0.08, 0.08], [x + reach / 2, heightM - 0.1, z], steel))
  stage.add(
    block(
      [0.7, 0.1, 0.28],
      [armX, heightM - 0.16, z],
      shines ? new THREE.MeshBasicMaterial({ color: '#ffe8bd' }) : steel,
    ),
  )
  if (!shines) return
  const light = halo('rgba(255,214,150,1)', 3.4, 0.75)
  light.position.set(armX, heightM - 0.3, z)
  const cone = new THREE.SpotLight('#ffcf96', 260, 34, 1.05, 0.8, 1.6)
  cone.position.set(armX, heightM - 0.4, z)
  cone.target.position.set(armX, 0, z)
  stage.add(light, cone, cone.target)
}

/** Iron railing or barrier posts along a line. */
export function railing(
  stage: Stage,
  from: [number, number],
  to: [number, number],
  heightM = 1,
  colour = '#d6d8d8',
  gapM = 0.5,
): void {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1])
  const turn = Math.atan2(to[0] - from[0], to[1] - from[1])
  const material = matt(colour)
  const group = new THREE.Group()
  for (const y of [heightM, heightM * 0.25]) {
    const bar = new THREE.Mesh(new THREE.BoxGeometry(0.05, 0.06, length), material)
    bar.position.set(0, y, length / 2)
    bar.castShadow = true
    group.add(bar)
  }
  const count = Math.floor(length / gapM)
  const posts = new THREE.InstancedMesh(new THREE.BoxGeometry(0.035, heightM, 0.035), material, count + 1)
  for (let i = 0; i <= count; i++) posts.setMatrixAt(i, new THREE.Matrix4().makeTranslation(0, heightM / 2, i * gapM))
  posts.castShadow = true
  group.add(posts)
  group.position.set(from[0], 0, from[1])
  group.rotation.y = turn
  stage.add(group)
}

/** Words on a board that faces `headingRad` (0: towards +z). */
export function sign(
  stage: Stage,
  words: string,
  at: [number, number, number],
  sizeM: [number, number],
  colours: [string, string],
  headingRad = 0,
): void {
  const map = board(words, colours[0], colours[1], sizeM[0] / sizeM[1])
  const face = stage.isNight ? new THREE.MeshBasicMaterial({ map }) : new THREE.MeshLambertMaterial({ map })
  const group = new THREE.Group()
  const back = new THREE.Mesh(new THREE.BoxGeometry(sizeM[0] + 0.1, sizeM[1] + 0.1, 0.16), matt('#4a4a4a'))
  back.castShadow = true
  const front = new THREE.Mesh(new THREE.PlaneGeometry(...sizeM), face)
  front.position.z = 0.09
  group.add(back, front)
  group.position.set(...at)
  group.rotation.y = headingRad
  stage.add(group)
}

/** A traffic light over the road: `headingRad` as for `sign`. */
export function trafficLight(
  stage: Stage,
  x: number,
  z: number,
  armX: number,
  isGreen: (t: number) => boolean,
  headingRad = 0,
): void {
  const steel = matt('#6d7378')
  stage.add(
    block([0.16, 6.2, 0.16], [x, 0, z], steel),
    block([Math.abs(armX - x), 0.12, 0.12], [(x + armX) / 2, 6, z], steel),
  )
  const group = new THREE.Group()
  group.add(block([1.3, 0.46, 0.25], [0, 0, 0], matt('#17191a')))
  const lights = ['#ff3b30', '#ffb400', '#2ee66b'].map((colour, i) => {
    const material = new THREE.MeshBasicMaterial({ color: colour })
    const disc = new THREE.Mesh(new THREE.CircleGeometry(0.16, 16), material)
    disc.position.set(-0.4 + i * 0.4, 0.23, 0.14)
    stage.addMoving(disc)
    return { material, colour, disc }
  })
  group.position.set(armX, 5.75, z)
  group.rotation.y = headingRad
  stage.add(group)
  group.updateMatrixWorld()
  for (const { disc } of lights) disc.applyMatrix4(group.matrixWorld)
  stage.moves.push((t) => {
    const on = isGreen(t) ? 2 : 0
    lights.forEach(({ material, colour }, i) => material.color.set(i === on ? colour : '#2a2d2e'))
  })
}

export function bollards(
  stage: Stage,
  from: [number, number],
  to: [number, number],
  count: number,
  colour = '#8a8d8e',
): void {
  for (let i = 0; i < count; i++) {
    const share = count === 1 ? 0 : i / (count - 1)
    const mesh = new THREE.Mesh(new THREE.CylinderGeometry(0.11, 0.12, 0.75, 10), matt(colour))
    mesh.position.set(from[0] + (to[0] - from[0]) * share, 0.37, from[1] + (to[1] - from[1]) * share)
    mesh.castShadow = true
    stage.add(mesh)
  }
}

/** Flower boxes, bins, boxes of the telephone company: something of everyday life. */
export function clutter(stage: Stage, at: [number, number][], seed: number): void {
  const chance = seeded(seed)
  for (const [x, z] of at) {
    const size: [number, number, number] = [0.5 + chance() * 0.4, 0.7 + chance() * 0.5, 0.4 + chance() * 0.3]
    stage.add(block(size, [x, 0.15, z], matt(pick(chance, ['#5d6b62', '#7a7f83', '#8b6f4a', '#3f6b4a']))))
  }
}

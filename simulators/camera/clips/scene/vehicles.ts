import { glow } from './paint.ts'
import { matt } from './stage.ts'
import { THREE } from './three-door.ts'

/** Vehicles, heading +z, standing on y = 0, centred. */

const GLASS = new THREE.MeshPhongMaterial({ color: '#1d262c', shininess: 90, specular: '#7d8f99' })
const TYRE = matt('#1b1b1c')
const RIM = matt('#9a9da0')

function paint(colour: string): THREE.MeshPhongMaterial {
  return new THREE.MeshPhongMaterial({ color: colour, shininess: 70, specular: '#8a8a8a' })
}

/** A side view (z forward, y up), pulled out to the width with soft edges. */
function pulled(outline: [number, number][], widthM: number, softM: number, material: THREE.Material): THREE.Mesh {
  const shape = new THREE.Shape(outline.map(([z, y]) => new THREE.Vector2(z, y)))
  const geometry = new THREE.ExtrudeGeometry(shape, {
    depth: widthM - softM * 2,
    bevelEnabled: true,
    bevelThickness: softM,
    bevelSize: softM * 0.6,
    bevelSegments: 2,
  })
  geometry.translate(0, 0, -widthM / 2 + softM)
  geometry.rotateY(-Math.PI / 2)
  const mesh = new THREE.Mesh(geometry, material)
  mesh.castShadow = true
  mesh.receiveShadow = true
  return mesh
}

function box(w: number, h: number, d: number, x: number, y: number, z: number, material: THREE.Material): THREE.Mesh {
  const mesh = new THREE.Mesh(new THREE.BoxGeometry(w, h, d), material)
  mesh.position.set(x, y, z)
  return mesh
}

function wheels(group: THREE.Group, halfWidthM: number, axlesZ: number[], radiusM: number): void {
  for (const z of axlesZ) {
    for (const side of [-1, 1]) {
      const tyre = new THREE.Mesh(new THREE.CylinderGeometry(radiusM, radiusM, 0.24, 18), TYRE)
      tyre.rotation.z = Math.PI / 2
      tyre.position.set(side * (halfWidthM - 0.1), radiusM, z)
      const rim = new THREE.Mesh(new THREE.CylinderGeometry(radiusM * 0.58, radiusM * 0.58, 0.25, 12), RIM)
      rim.rotation.z = Math.PI / 2
      rim.position.copy(tyre.position)
      group.add(tyre, rim)
    }
  }
}

const LAMP = new THREE.MeshBasicMaterial({ color: '#fbf6e6' })
const TAIL_DAY = matt('#9c1f1c')
const TAIL_NIGHT = new THREE.MeshBasicMaterial({ color: '#ff3a2c' })
const glows = new Map<string, THREE.Texture>()

/** Marks what throws no shadow when it moves: light and water. */
export function shadowless<T extends THREE.Object3D>(object: T): T {
  object.userData['shadowless'] = true
  return object
}

/** A light with its halo, for the night. */
export function halo(colour: string, sizeM: number, opacity = 0.9): THREE.Sprite {
  const map = glows.get(colour) ?? glow(colour)
  glows.set(colour, map)
  const sprite = new THREE.Sprite(
    new THREE.SpriteMaterial({
      map,
      blending: THREE.AdditiveBlending,
      depthWrite: false,
      transparent: true,
      opacity,
      fog: false,
    }),
  )
  sprite.scale.set(sizeM, sizeM, 1)
  return shadowless(sprite)
}

function lamps(
  group: THREE.Group,
  halfWidthM: number,
  frontZ: number,
  rearZ: number,
  y: number,
  isNight: boolean,
): void {
  for (const side of [-1, 1]) {
    const x = side * (halfWidthM - 0.28)
    group.add(box(0.36, 0.16, 0.06, x, y, frontZ, LAMP))
    group.add(box(0.34, 0.16, 0.06, x, y + 0.1, rearZ, isNight ? TAIL_NIGHT : TAIL_DAY))
    if (!isNight) continue
    const front = halo('rgba(255,244,214,1)', 1.5)
    front.position.set(x, y, frontZ + 0.15)
    const rear = halo('rgba(255,50,36,1)', 0.9, 0.8)
    rear.position.set(x, y + 0.1, rearZ - 0.12)
    group.add(front, rear)
  }
  if (isNight) group.add(beam(frontZ))
}

/** What head lamps throw on the road. */
function beam(frontZ: number): THREE.Mesh {
  const map = glows.get('beam') ?? glow('rgba(255,240,205,0.55)')
  glows.set('beam', map)
  const mesh = new THREE.Mesh(
    new THREE.PlaneGeometry(4.4, 11),
    new THREE.MeshBasicMaterial({
      map,
      blending: THREE.AdditiveBlending,
      depthWrite: false,
      transparent: true,
      fog: false,
    }),
  )
  mesh.rotation.x = -Math.PI / 2
  mesh.position.set(0, 0.06, frontZ + 5)
  return shadowless(mesh)
}

export interface CarOptions {
  kind?: 'sedan' | 'suv' | 'van'
  isNight?: boolean
  /** A sign on the roof. */
  roof?: 'taxi' | 'police'
  /** Lower half in another colour. */
  lower?: string
}

const OUTLINES: Record<
  'sedan' | 'suv' | 'van',
  { body: [number, number][]; cabin: [number, number][]; roofY: number }
> = {
  sedan: {
    body: [
      [-2.25, 0.32],
      [2.2, 0.32],
      [2.28, 0.62],
      [2.1, 0.82],
      [0.95, 0.94],
      [-1.75, 0.98],
      [-2.25, 0.9],
    ],
    cabin: [
      [-1.75, 0.9],
      [1.05, 0.9],
      [0.35, 1.4],
      [-0.95, 1.43],
      [-1.45, 1.2],
    ],
    roofY: 1.45,
  },
  suv: {
    body: [
      [-2.25, 0.36],
      [2.2, 0.36],
      [2.28, 0.75],
      [2.1, 0.98],
      [1.1, 1.08],
      [-2.2, 1.12],
      [-2.3, 0.8],
    ],
    cabin: [
      [-2.12, 1.05],
      [1.15, 1.05],
      [0.5, 1.62],
      [-1.75, 1.66],
    ],
    roofY: 1.68,
  },
  van: {
    body: [
      [-2.4, 0.34],
      [2.3, 0.34],
      [2.38, 0.8],
      [2.15, 1.05],
      [1.55, 1.12],
      [-2.4, 1.2],
    ],
    cabin: [
      [-2.38, 1.1],
      [1.65, 1.08],
      [1.0, 1.85],
      [-2.25, 1.92],
    ],
    roofY: 1.94,
  },
}

export function car(colour: string, options: CarOptions = {}): THREE.Group {
  const { kind = 'sedan', isNight = false } = options
  const outline = OUTLINES[kind]
  const group = new THREE.Group()
  const body = paint(colour)
  group.add(pulled(outline.body, 1.82, 0.12, body))
  group.add(pulled(outline.cabin, 1.62, 0.16, GLASS))
  const roofZ = outline.cabin.slice(2).map(([z]) => z)
  const [front, back] = [Math.max(...roofZ), Math.min(...roofZ)]
  const roof = box(1.5, 0.08, front - back + 0.24, 0, outline.roofY + 0.07, (front + back) / 2, body)
  roof.castShadow = true
  group.add(roof)
  if (kind === 'van') group.add(box(1.86, 0.75, 2.2, 0, 1.5, -1.2, body))
  if (options.lower) group.add(box(1.87, 0.3, 4.1, 0, 0.5, -0.02, paint(options.lower)))
  group.add(box(0.44, 0.14, 0.03, 0, 0.5, 2.34, matt('#2456b8')), box(0.44, 0.14, 0.03, 0, 0.6, -2.34, matt('#2456b8')))
  wheels(group, 0.93, [1.38, -1.4], 0.33)
  lamps(group, 0.93, 2.27, -2.3, 0.68, isNight)
  if (options.roof === 'taxi')
    group.add(box(0.5, 0.17, 0.2, 0, outline.roofY + 0.19, -0.2, isNight ? LAMP : matt('#f4e9b0')))
  if (options.roof === 'police') {
    group.add(box(0.5, 0.14, 0.25, -0.3, outline.roofY + 0.18, -0.2, new THREE.MeshBasicMaterial({ color: '#c8221c' })))
    group.add(box(0.5, 0.14, 0.25, 0.3, outline.roofY + 0.18, -0.2, new THREE.MeshBasicMaterial({ color: '#1d4fd0' })))
  }
  return group
}

export function taxi(isNight = false): THREE.Group {
  return car('#1f78c2', { roof: 'taxi', lower: '#e6e9ea', isNight })
}

export function policeCar(isNight = false): THREE.Group {
  return car('#eef0f2', { roof: 'police', lower: '#1b3f8f', isNight })
}

export function bus(colour: string, isNight = false): THREE.Group {
  const group = new THREE.Group()
  const body = paint(colour)
  const outline: [number, number][] = [
    [-5.6, 0.4],
    [5.6, 0.4],
    [5.7, 1.4],
    [5.55, 2.95],
    [5.2, 3.08],
    [-5.4, 3.1],
    [-5.65, 2.8],
  ]
  group.add(pulled(outline, 2.5, 0.14, body))
  const glass = isNight ? new THREE.MeshBasicMaterial({ color: '#d8cfae' }) : GLASS
  for (const side of [-1, 1]) {
    for (let i = 0; i < 7; i++) group.add(box(0.05, 0.95, 1.38, side * 1.26, 1.95, 4.1 - i * 1.48, glass))
    group.add(box(0.04, 0.16, 10.9, side * 1.265, 1.1, 0, matt('#f2f2ee')))
  }
  group.add(box(2.1, 1.35, 0.06, 0, 1.95, 5.66, glass), box(1.9, 0.8, 0.06, 0, 2.2, -5.66, glass))
  group.add(box(1.6, 0.26, 0.06, 0, 2.85, 5.62, new THREE.MeshBasicMaterial({ color: '#d67f1e' })))
  group.add(box(1.5, 0.25, 3, 0, 3.2, -1.5, matt('#cfd2d2')))
  wheels(group, 1.25, [3.6, -3.3], 0.48)
  lamps(group, 1.25, 5.7, -5.66, 0.75, isNight)
  return group
}

/** A light lorry with a box. */
export function lorry(cab: string, cargo: string): THREE.Group {
  const group = new THREE.Group()
  group.add(
    pulled(
      [
        [1.3, 0.45],
        [3, 0.45],
        [3.05, 1.2],
        [2.75, 2.05],
        [1.3, 2.1],
      ],
      1.9,
      0.1,
      paint(cab),
    ),
  )
  group.add(box(1.7, 0.62, 0.05, 0, 1.62, 2.98, GLASS))
  const cargoBox = box(2.05, 1.9, 4, 0, 1.75, -0.9, matt(cargo))
  cargoBox.castShadow = true
  group.add(cargoBox, box(1.6, 0.25, 5.2, 0, 0.62, 0, TYRE))
  wheels(group, 0.98, [2.15, -1.8], 0.4)
  lamps(group, 0.95, 3.05, -2.9, 0.7, false)
  return group
}

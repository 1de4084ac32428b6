import { house, shops } from './buildings.ts'
import { clutter, lamp, tree } from './furniture.ts'
import { stander, walkers } from './people.ts'
import { block, createStage, follow, LIGHTS, matt, type Stage } from './stage.ts'
import { dashes, ground, pavement, stripe, zebra } from './street.ts'
import { THREE } from './three-door.ts'
import { bus, car, halo, taxi } from './vehicles.ts'

/** A street of shops at night. */
export function nightStreet(): Stage {
  const stage = createStage(LIGHTS.night, [6.4, 5.6, 14], [-1.4, 0.6, -12], 58)
  ground(stage, 'asphalt', [-7, 7], [-150, 40])
  pavement(stage, 'slabs', [-12.5, -7], [-150, 40])
  pavement(stage, 'slabs', [7, 12.5], [-150, 40])
  stripe(stage, [0.12, 30], [0.12, -140], 0.12, '#c79a35')
  stripe(stage, [-0.12, 30], [-0.12, -140], 0.12, '#c79a35')
  dashes(stage, [3.5, 30], [3.5, -140])
  dashes(stage, [-3.5, 30], [-3.5, -140])
  zebra(stage, [-6.8, 6.8], [-10.5, -7], 'x')
  for (let i = 0; i < 6; i++) {
    house(stage, {
      style: (['cream', 'tile', 'office', 'pink'] as const)[i % 4]!,
      size: [12, 17 + ((i * 7) % 14), 21],
      at: [-18.8, -6 - i * 21.5],
      seed: 140 + i,
      baseM: 4.3,
    })
    house(stage, {
      style: (['grey', 'pink', 'tile', 'cream'] as const)[i % 4]!,
      size: [12, 18 + ((i * 5) % 14), 21],
      at: [18.8, -8 - i * 21.5],
      seed: 160 + i,
      baseM: 4.3,
    })
  }
  stage.add(
    block([11.8, 4.3, 150], [-18.8, 0, -65], matt('#5d5850')),
    block([11.8, 4.3, 150], [18.8, 0, -65], matt('#5a544e')),
  )
  shops(stage, [-12.8, -110], 122, '+x', 171)
  shops(stage, [12.8, -110], 122, '-x', 172)
  for (const [x, z, c] of [
    [-11.4, -6, '#ffb46a'],
    [-11.4, -18, '#7fd0ff'],
    [11.4, -14, '#ff8f9a'],
    [-11.4, -31, '#ffd08a'],
    [11.4, -27, '#ffcf8a'],
  ] as const) {
    const shine = new THREE.PointLight(c, 26, 13, 1.7)
    shine.position.set(x, 2.8, z)
    stage.add(shine)
  }
  for (let i = 0; i < 5; i++) lamp(stage, -7.5, 1 - i * 19, -4.6, 8, i < 3)
  for (let i = 3; i < 6; i++) {
    const far = halo('rgba(255,214,150,1)', 3, 0.7)
    far.position.set(-4.6, 7.7, 1 - i * 19)
    stage.add(far)
  }
  for (let i = 0; i < 5; i++) tree(stage, 8.3, -5 - i * 15, 5.6, 'camphor', i + 40)
  clutter(
    stage,
    [
      [-11.2, -4],
      [11.2, -9],
    ],
    6,
  )
  const night = { isNight: true }
  follow(
    stage,
    taxi(true),
    [
      [-1.9, -92],
      [-1.9, 28],
    ],
    { phase: 0.1 },
  )
  follow(
    stage,
    car('#70767c', night),
    [
      [-5.2, -90],
      [-5.2, 28],
    ],
    { phase: 0.55 },
  )
  follow(
    stage,
    car('#8a2f2b', { isNight: true, kind: 'suv' }),
    [
      [1.9, 28],
      [1.9, -94],
    ],
    { phase: 0.35 },
  )
  follow(
    stage,
    car('#b5babd', night),
    [
      [5.2, 28],
      [5.2, -90],
    ],
    { phase: 0.8 },
  )
  follow(
    stage,
    bus('#3a6f9a', true),
    [
      [-5.2, -94],
      [-5.2, 32],
    ],
    { phase: 0.05 },
  )
  for (const [z, c] of [
    [-20, '#3f4a52'],
    [-27, '#6a3a36'],
    [-40, '#8a8f92'],
  ] as const) {
    const parked = car(c)
    parked.position.set(6.2, 0, z)
    parked.rotation.y = Math.PI
    stage.add(parked)
  }
  walkers(stage, { top: '#a8a298', legs: '#3a4658' }, [
    [-9.4, 16],
    [-9.3, -20],
    [-9.4, -80],
  ])
  walkers(stage, { top: '#8a4a52', legs: '#2c2d33' }, [
    [-10.4, -78],
    [-10.3, -20],
    [-10.4, 18],
  ])
  walkers(stage, { top: '#4f6f7a', legs: '#3a3a40' }, [
    [10.2, -84],
    [10.1, -20],
    [10.3, 14],
  ])
  stander(stage, { top: '#6a5a86', legs: '#33343a' }, -10.8, -14, 1.4)
  stander(stage, { top: '#a0522d', legs: '#3a3a40' }, 11, -12, -1.5)
  return stage
}

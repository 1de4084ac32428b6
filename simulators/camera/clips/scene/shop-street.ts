import { house, shops } from './buildings.ts'
import { clutter, lamp, tree } from './furniture.ts'
import { scooter, stander, walkers } from './people.ts'
import { block, createStage, follow, LIGHTS, matt, type Stage } from './stage.ts'
import { dashes, ground, pavement, zebra } from './street.ts'
import { car, taxi } from './vehicles.ts'

/** A street of small shops in the evening sun. */
export function shopStreet(): Stage {
  const stage = createStage(LIGHTS.evening, [6.6, 5.4, 14], [-1.6, 0.7, -12], 58)
  ground(stage, 'old-asphalt', [-5, 5], [-140, 40])
  pavement(stage, 'red-slabs', [-11, -5], [-140, 40])
  pavement(stage, 'red-slabs', [5, 11], [-140, 40])
  dashes(stage, [0, 30], [0, -130], 2, 3)
  zebra(stage, [-4.9, 4.9], [-9, -5.6], 'x')
  const left = ['cream', 'tile', 'grey', 'pink', 'cream', 'tile'] as const
  const right = ['pink', 'grey', 'cream', 'brick', 'tile', 'pink'] as const
  left.forEach((style, i) =>
    house(stage, { style, size: [12, 15 + ((i * 7) % 9), 20.6], at: [-17.2, -6 - i * 21], seed: 31 + i, baseM: 4.3 }),
  )
  right.forEach((style, i) =>
    house(stage, { style, size: [12, 16 + ((i * 5) % 10), 20.6], at: [17.2, -8 - i * 21], seed: 51 + i, baseM: 4.3 }),
  )
  stage.add(
    block([11.6, 4.3, 150], [-17.2, 0, -65], matt('#b9b0a0')),
    block([11.6, 4.3, 150], [17.2, 0, -65], matt('#b3a99c')),
  )
  shops(stage, [-11.3, -116], 130, '+x', 71)
  shops(stage, [11.3, -116], 130, '-x', 72)
  for (let i = 0; i < 7; i++) {
    tree(stage, -6.3, 2 - i * 13, 5.6, i % 2 ? 'camphor' : 'young', i)
    tree(stage, 6.3, -4 - i * 13, 5.4, 'camphor', i + 9)
  }
  for (let i = 0; i < 4; i++) lamp(stage, -5.6, -3.5 - i * 24, -3)
  clutter(
    stage,
    [
      [-9.8, -3],
      [-9.6, -12],
      [9.7, -10],
      [9.8, -19],
      [-9.7, -26],
    ],
    5,
  )
  for (const [x, z, c] of [
    [4.1, -13, '#ced2d4'],
    [4.1, -19.5, '#354a63'],
    [4.1, -31, '#8a3a34'],
    [-4.1, -24, '#d6d2c6'],
    [-4.1, -37, '#2f3336'],
  ] as const) {
    const parked = car(c, { kind: z < -30 ? 'suv' : 'sedan' })
    parked.position.set(x, 0, z)
    parked.rotation.y = x > 0 ? Math.PI : 0
    stage.add(parked)
  }
  follow(
    stage,
    taxi(),
    [
      [-1.7, -72],
      [-1.7, 26],
    ],
    { phase: 0.35 },
  )
  follow(
    stage,
    car('#b9c0c4'),
    [
      [1.8, 28],
      [1.8, -74],
    ],
    { phase: 0.75 },
  )
  scooter(
    stage,
    '#e0b32c',
    { top: '#e8bd2c', legs: '#2d2f36' },
    [
      [2.9, 28],
      [2.9, -60],
    ],
    { phase: 0.1 },
  )
  scooter(
    stage,
    '#7a3f46',
    { top: '#5d6f7c', legs: '#2d2f36' },
    [
      [-3, -62],
      [-3, 26],
    ],
    { phase: 0.55 },
  )
  walkers(stage, { top: '#c9c2b4', legs: '#3a4658' }, [
    [-8.2, 18],
    [-8, -10],
    [-8.3, -80],
  ])
  walkers(stage, { top: '#8a4a52', legs: '#2c2d33' }, [
    [-7.2, -78],
    [-7.3, -20],
    [-7.2, 20],
  ])
  walkers(stage, { top: '#4f6f5a', legs: '#3a3a40' }, [
    [8.4, -84],
    [8.2, -20],
    [8.4, 16],
  ])
  walkers(stage, { top: '#d8b08a', legs: '#46526a' }, [
    [7.3, 16],
    [7.4, -30],
    [7.2, -80],
  ])
  stander(stage, { top: '#3f4f6a', legs: '#33343a' }, -9.2, -16, 1.6)
  stander(stage, { top: '#a0522d', legs: '#3a3a40' }, 9.2, -14.5, -1.6)
  return stage
}

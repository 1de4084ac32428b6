import { house } from './buildings.ts'
import { hedge, lamp, railing, tree } from './furniture.ts'
import { scooter, stander, walkers } from './people.ts'
import { block, createStage, follow, LIGHTS, matt, type Stage } from './stage.ts'
import { dashes, ground, pavement, stripe } from './street.ts'
import { THREE } from './three-door.ts'
import { bus, car, shadowless, taxi } from './vehicles.ts'

/** A road and a promenade along the river in the morning. */
export function riverside(): Stage {
  const stage = createStage(LIGHTS.morning, [9.5, 6.4, 15], [-6.5, 0.4, -13], 58)
  ground(stage, 'asphalt', [0, 8], [-160, 40])
  pavement(stage, 'slabs', [8, 13], [-160, 40])
  pavement(stage, 'red-slabs', [-6.5, 0], [-160, 40])
  ground(stage, 'grass', [13, 90], [-160, 40])
  dashes(stage, [4, 34], [4, -150])
  stripe(stage, [0.3, 34], [0.3, -150], 0.13)
  stripe(stage, [7.7, 34], [7.7, -150], 0.13)
  stage.add(block([0.7, 1.6, 200], [-6.8, -1.5, -60], matt('#aaa69b')))
  railing(stage, [-6.4, 30], [-6.4, -130], 1.15, '#d9dcdb', 0.6)
  river(stage)
  for (let i = 0; i < 10; i++) tree(stage, -1.1, 6 - i * 11.5, 6.2 + (i % 3) * 0.5, i % 3 ? 'banyan' : 'camphor', i)
  for (let i = 0; i < 7; i++) tree(stage, 15.5, 0 - i * 15, 7.4, 'camphor', i + 20)
  hedge(stage, [13.6, -2], [13.6, -50], 0.8)
  for (let i = 0; i < 4; i++) lamp(stage, 8.6, -8 - i * 26, 6)
  ;(['tile', 'cream', 'glass', 'pink', 'office', 'tile', 'grey'] as const).forEach((style, i) =>
    house(stage, {
      style,
      size: [20, 28 + ((i * 11) % 26), 18],
      at: [-128 + (i % 2) * 12, -10 - i * 27],
      seed: 80 + i,
    }),
  )
  for (let i = 0; i < 5; i++)
    house(stage, { style: i % 2 ? 'cream' : 'tile', size: [18, 24 + i * 3, 20], at: [36, -22 - i * 28], seed: 90 + i })
  bridge(stage)
  follow(
    stage,
    car('#d5d9db'),
    [
      [2.1, -108],
      [2.1, 30],
    ],
    { phase: 0.15 },
  )
  follow(
    stage,
    bus('#c8a030'),
    [
      [6, 32],
      [6, -108],
    ],
    { phase: 0.55 },
  )
  follow(
    stage,
    car('#35506f', { kind: 'suv' }),
    [
      [2.1, -104],
      [2.1, 28],
    ],
    { phase: 0.6 },
  )
  follow(
    stage,
    taxi(),
    [
      [6, 28],
      [6, -108],
    ],
    { phase: 0.05 },
  )
  walkers(stage, { top: '#d8d2c4', legs: '#3a4a60' }, [
    [-4.4, 16],
    [-4.5, -20],
    [-4.4, -90],
  ])
  walkers(stage, { top: '#9a5560', legs: '#2d2f36' }, [
    [-3, -90],
    [-3.1, -30],
    [-3, 18],
  ])
  walkers(stage, { top: '#4f7a8a', legs: '#33343a' }, [
    [10.5, -95],
    [10.4, -30],
    [10.6, 14],
  ])
  scooter(
    stage,
    '#4a8f5f',
    { top: '#7a6a50', legs: '#2d2f36' },
    [
      [7.2, 24],
      [7.2, -62],
    ],
    { phase: 0.4 },
  )
  stander(stage, { top: '#6a6f52', legs: '#3d3f46' }, -5.8, -9, -1.5)
  stander(stage, { top: '#b59a6a', legs: '#3a3a40' }, -5.7, -10.1, -1.7)
  return stage
}

function river(stage: Stage): void {
  const geometry = new THREE.PlaneGeometry(110, 220, 90, 120)
  geometry.rotateX(-Math.PI / 2)
  const water = new THREE.Mesh(
    geometry,
    new THREE.MeshPhongMaterial({ color: '#5f7f80', shininess: 120, specular: '#b8c4c4', flatShading: true }),
  )
  water.position.set(-62, -1.6, -60)
  water.receiveShadow = true
  stage.addMoving(shadowless(water))
  stage.add(block([30, 1.5, 240], [-132, -1.5, -60], matt('#8f9a80')))
  const places = geometry.attributes['position']!
  stage.moves.push((t) => {
    const turn = t * Math.PI * 2
    for (let i = 0; i < places.count; i++) {
      const [x, z] = [places.getX(i), places.getZ(i)]
      places.setY(i, 0.05 * Math.sin(x * 0.9 + turn * 2) + 0.05 * Math.sin(z * 0.7 + x * 0.3 - turn * 2))
    }
    places.needsUpdate = true
    geometry.computeVertexNormals()
  })
  const boat = new THREE.Group()
  boat.add(
    block([2.6, 0.9, 9], [0, 0, 0], matt('#4f5f6a')),
    block([2.2, 1.5, 3], [0, 0.9, -1.5], matt('#e0ddd2')),
    block([2.4, 0.15, 3.4], [0, 2.4, -1.5], matt('#a8443a')),
  )
  boat.position.y = -1.75
  follow(
    stage,
    boat,
    [
      [-34, -150],
      [-30, -60],
      [-34, 40],
    ],
    { phase: 0.45, pace: (u) => 0.34 + u * 0.0001 },
  )
  stage.moves.push((t) => (boat.rotation.z = Math.sin(t * Math.PI * 2) * 0.03))
}

function bridge(stage: Stage): void {
  const stone = matt('#b5b4ac')
  stage.add(block([130, 1.4, 9], [-60, 5.2, -112], stone), block([130, 0.9, 0.3], [-60, 6.6, -107.6], matt('#cfd1cf')))
  for (const x of [-24, -52, -80, -108]) stage.add(block([3, 7, 6], [x, -1.6, -112], stone))
  for (const [colour, phase] of [
    ['#c9cdd0', 0.1],
    ['#9a3a33', 0.5],
  ] as const) {
    const crossingCar = car(colour)
    crossingCar.position.y = 6.6
    follow(
      stage,
      crossingCar,
      [
        [-120, -110],
        [10, -110],
      ],
      { phase },
    )
  }
}

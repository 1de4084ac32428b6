import { house } from './buildings.ts'
import { hedge, lamp, sign, tree } from './furniture.ts'
import { crosser, stander, walkers } from './people.ts'
import { block, createStage, follow, LIGHTS, matt, type Stage } from './stage.ts'
import { ground, stripe } from './street.ts'
import { THREE } from './three-door.ts'
import { bus, car, policeCar, shadowless } from './vehicles.ts'

/** The square before the district’s offices at noon. */
export function square(): Stage {
  const stage = createStage(LIGHTS.noon, [-10, 7, 22], [3, 0, -10], 56)
  ground(stage, 'plaza', [-90, 90], [-60, 40])
  ground(stage, 'asphalt', [-120, 120], [-78, -62], 0.02)
  for (const z of [-26, -9, 8]) stripe(stage, [-60, z], [60, z], 0.5, '#9a8d7c')
  for (const x of [-20, 0, 20]) stripe(stage, [x, -60], [x, 40], 0.5, '#9a8d7c')
  house(stage, { style: 'office', size: [66, 30, 18], at: [4, -96], seed: 7 })
  house(stage, { style: 'glass', size: [26, 58, 20], at: [-58, -100], seed: 8 })
  house(stage, { style: 'tile', size: [24, 40, 18], at: [66, -92], seed: 9 })
  sign(stage, '政务服务中心', [4, 9, -86.8], [22, 2.6], ['#d9d4c8', '#8c1f1a'])
  for (let i = 0; i < 7; i++) stage.add(block([1.2, 8, 1.2], [-20 + i * 8, 0, -86.4], matt('#d8d3c6')))
  stage.add(block([70, 1, 6], [4, 8, -86], matt('#cfc9bb')))
  fountain(stage, 6, -16)
  for (const x of [-30, 34]) {
    stage.add(
      block([16, 0.5, 8], [x, 0, -30], matt('#a49c8e')),
      block([15.4, 0.2, 7.4], [x, 0.42, -30], matt('#5d7a3c')),
    )
    hedge(stage, [x - 6.5, -28], [x + 6.5, -28], 0.7)
    tree(stage, x - 4, -31, 7, 'banyan', 3)
    tree(stage, x + 4, -31, 7.4, 'banyan', 4)
  }
  for (const [x, z] of [
    [-26, -50],
    [-14, -52],
    [-2, -53],
    [12, -53],
    [25, -52],
    [38, -50],
    [-40, -44],
    [48, -42],
    [28, -2],
    [34, -12],
  ] as const)
    tree(stage, x, z, 7.4)
  for (const [x, z] of [
    [-15, -14],
    [20, -3],
    [-2, -34],
    [22, -26],
  ] as const) {
    stage.add(
      block([2.2, 0.12, 0.6], [x, 0.45, z], matt('#8b6a45')),
      block([0.15, 0.45, 0.5], [x - 0.8, 0, z], matt('#555')),
      block([0.15, 0.45, 0.5], [x + 0.8, 0, z], matt('#555')),
    )
  }
  lamp(stage, -18, -22, -16.5, 7)
  lamp(stage, 26, -20, 24.5, 7)
  const guard = policeCar()
  guard.position.set(17, 0, -36)
  guard.rotation.y = 1.1
  stage.add(guard)
  walkers(stage, { top: '#c4ccd2', legs: '#37465c' }, [
    [-50, -8],
    [-6, -4],
    [30, 4],
    [46, 10],
  ])
  walkers(stage, { top: '#9a4f56', legs: '#2c2d33' }, [
    [48, -20],
    [16, -25],
    [-10, -22],
    [-50, -30],
  ])
  walkers(stage, { top: '#5f7f62', legs: '#3a3a40' }, [
    [-8, 22],
    [-6, 0],
    [-9, -30],
    [-6, -58],
  ])
  walkers(stage, { top: '#d9c08a', legs: '#4a5468' }, [
    [14, -58],
    [13, -34],
    [16, 4],
    [20, 24],
  ])
  walkers(stage, { top: '#46618a', legs: '#33343a', heightM: 1.62 }, [
    [-52, -40],
    [-10, -40],
    [48, -36],
  ])
  for (const [x, z, top, turn] of [
    [0.5, -11, '#b23f3a', 0.9],
    [1.6, -11.3, '#3f6fa8', -0.9],
    [11.5, -12, '#e2e2dc', 2.2],
    [-13.6, -12.6, '#7f6f9a', 0.4],
    [3, 3, '#c98f3a', 2.5],
  ] as const) {
    stander(stage, { top, legs: '#33343a' }, x, z, turn)
  }
  crosser(stage, { top: '#d6604a', legs: '#3a5a8a', heightM: 1.2 }, [
    [-3, 2],
    [3, -2],
    [7, 2],
    [2, 5],
    [-3, 2.1],
  ])
  follow(
    stage,
    bus('#2f6fa8'),
    [
      [-66, -67],
      [66, -67],
    ],
    { phase: 0.3 },
  )
  follow(
    stage,
    car('#d8dadb'),
    [
      [66, -72],
      [-66, -72],
    ],
    { phase: 0.7 },
  )
  return stage
}

function fountain(stage: Stage, x: number, z: number): void {
  const ring = (r: number, h: number, colour: string, y: number) => {
    const mesh = new THREE.Mesh(new THREE.CylinderGeometry(r, r, h, 36), matt(colour))
    mesh.position.set(x, y + h / 2, z)
    mesh.castShadow = true
    mesh.receiveShadow = true
    stage.add(mesh)
  }
  ring(4.6, 0.6, '#b9b1a2', 0)
  ring(4.2, 0.05, '#6f9fb0', 0.58)
  ring(0.9, 1.5, '#c9c2b4', 0)
  ring(1.8, 0.2, '#c9c2b4', 1.5)
  const water = new THREE.MeshBasicMaterial({ color: '#eaf4f8', transparent: true, opacity: 0.55 })
  for (let i = 0; i < 9; i++) {
    const jet = new THREE.Mesh(new THREE.ConeGeometry(0.16, 1, 8), water)
    const angle = (i / 8) * Math.PI * 2
    const reach = i === 8 ? 0 : 2.9
    stage.addMoving(shadowless(jet))
    stage.moves.push((t) => {
      const height = (i === 8 ? 2.6 : 1.5) * (0.85 + 0.15 * Math.sin(t * Math.PI * 8 + i * 1.7))
      jet.scale.set(1, height, 1)
      jet.position.set(x + Math.cos(angle) * reach, 0.5 + (i === 8 ? 1.1 : 0) + height / 2, z + Math.sin(angle) * reach)
    })
  }
}

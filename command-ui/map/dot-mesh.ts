import type { BufferGeometry, IUniform } from './three-door.ts'
import {
  BufferAttribute,
  CustomBlending,
  DoubleSide,
  DynamicDrawUsage,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  InstancedInterleavedBuffer,
  InterleavedBufferAttribute,
  Mesh,
  OneFactor,
  OneMinusSrcAlphaFactor,
  ShaderMaterial,
} from './three-door.ts'
import { GLIDE_STRIDE } from './glide.ts'
import type { Glides } from './glide.ts'

/** A square from -1 to 1. */
export function square(): InstancedBufferGeometry {
  const geometry = new InstancedBufferGeometry()
  const corners = new Float32Array([-1, -1, 0, 1, -1, 0, 1, 1, 0, -1, 1, 0])
  geometry.setAttribute('position', new BufferAttribute(corners, 3))
  geometry.setIndex([0, 1, 2, 0, 2, 3])
  geometry.instanceCount = 1
  return geometry
}

export function materialOf(
  vertexShader: string,
  fragmentShader: string,
  uniforms: Record<string, IUniform>,
  hasDepth = false,
): ShaderMaterial {
  return new ShaderMaterial({
    vertexShader,
    fragmentShader,
    uniforms,
    transparent: true,
    depthTest: hasDepth,
    depthWrite: false,
    side: DoubleSide,
    blending: CustomBlending,
    blendSrc: OneFactor,
    blendDst: OneMinusSrcAlphaFactor,
    blendSrcAlpha: OneFactor,
    blendDstAlpha: OneMinusSrcAlphaFactor,
    toneMapped: false,
  })
}

export function meshOf(geometry: BufferGeometry, material: ShaderMaterial, order: number): Mesh {
  const mesh = new Mesh(geometry, material)
  mesh.frustumCulled = false
  mesh.renderOrder = order
  mesh.matrixAutoUpdate = false
  return mesh
}

/** The rows of `Glides` as instance attributes; rebuilt only when the rows have grown. */
export class GlideBuffer {
  #buffer: InstancedInterleavedBuffer | null = null
  #geometries: InstancedBufferGeometry[]

  constructor(...geometries: InstancedBufferGeometry[]) {
    this.#geometries = geometries
  }

  upload(glides: Glides): void {
    let buffer = this.#buffer
    if (!buffer || buffer.array !== glides.rows) {
      buffer = new InstancedInterleavedBuffer(glides.rows, GLIDE_STRIDE)
      buffer.setUsage(DynamicDrawUsage)
      this.#buffer = buffer
      for (const geometry of this.#geometries) {
        geometry.setAttribute('aPath', new InterleavedBufferAttribute(buffer, 4, 0))
        geometry.setAttribute('aSpeed', new InterleavedBufferAttribute(buffer, 4, 4))
        geometry.setAttribute('aTimes', new InterleavedBufferAttribute(buffer, 4, 8))
        geometry.setAttribute('aFade', new InterleavedBufferAttribute(buffer, 4, 12))
      }
    }
    buffer.clearUpdateRanges()
    buffer.addUpdateRange(0, glides.count * GLIDE_STRIDE)
    buffer.needsUpdate = true
    for (const geometry of this.#geometries) geometry.instanceCount = glides.count
  }
}

/** Sets an instance attribute of four floats, growing it when needed. */
export function setFours(geometry: InstancedBufferGeometry, name: string, values: Float32Array): void {
  const known = geometry.getAttribute(name) as InstancedBufferAttribute | undefined
  if (known && known.array.length >= values.length) {
    known.array.set(values)
    known.needsUpdate = true
    return
  }
  const attribute = new InstancedBufferAttribute(new Float32Array(values), 4)
  attribute.setUsage(DynamicDrawUsage)
  geometry.setAttribute(name, attribute)
}

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
): ShaderMaterial {
  return new ShaderMaterial({
    vertexShader,
    fragmentShader,
    uniforms,
    transparent: true,
    depthTest: false,
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

/** The rows of `Glides` as instance attributes: what has changed is sent with the next painting, all of it only when the rows have grown. */
export class GlideBuffer {
  /** Sent to the graphics card since the start. */
  bytesSent = 0
  #buffer: InstancedInterleavedBuffer | null = null
  #geometries: InstancedBufferGeometry[]

  constructor(...geometries: InstancedBufferGeometry[]) {
    this.#geometries = geometries
  }

  /** Right before a painting; where nothing has changed nothing is sent. */
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
      glides.dirty.markAll(glides.count)
    }
    const known = buffer
    if (!glides.dirty.isEmpty) known.needsUpdate = true
    glides.dirty.take(glides.count, (from, rows) => {
      known.addUpdateRange(from * GLIDE_STRIDE, rows * GLIDE_STRIDE)
      this.bytesSent += rows * GLIDE_STRIDE * Float32Array.BYTES_PER_ELEMENT
    })
    for (const geometry of this.#geometries) geometry.instanceCount = glides.count
  }
}

/** An instance attribute of four floats to write into, grown when needed; what is written is sent with the next painting. */
export function fours(geometry: InstancedBufferGeometry, name: string, count: number): Float32Array {
  let known = geometry.getAttribute(name) as InstancedBufferAttribute | undefined
  if (!known || known.count < count) {
    known = new InstancedBufferAttribute(new Float32Array(Math.max(16, count) * 4), 4)
    known.setUsage(DynamicDrawUsage)
    geometry.setAttribute(name, known)
  }
  known.needsUpdate = true
  return known.array as Float32Array
}

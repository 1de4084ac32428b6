import type { Stage } from './stage.ts'
import { THREE } from './three-door.ts'

/**
 * Draws what stands still once, at twice the size, with colour and depth kept; each frame then only draws what moves, in front of or behind it.
 * Shadows of moving things are their own shape laid flat on the ground. In software this is ten times faster than drawing everything.
 */
const STILL = 0
const MOVING = 1
const LIGHTS_AND_WATER = 2
/** Just above the pavement: one height for all ground. */
const SHADOW_Y = 0.175

interface Canvas {
  toDataURL(type: string, quality: number): string
}

const BACKDROP = {
  vertexShader: 'varying vec2 place; void main() { place = uv; gl_Position = vec4(position.xy, 0.0, 1.0); }',
  fragmentShader: `varying vec2 place; uniform sampler2D colours; uniform sampler2D depths;
    void main() {
      gl_FragColor = vec4(texture2D(colours, place).rgb, 1.0);
      gl_FragDepth = texture2D(depths, place).r;
      #include <tonemapping_fragment>
      #include <colorspace_fragment>
    }`,
}
const FLAT_SHADOW = {
  vertexShader: `uniform vec3 ray; void main() {
      vec4 at = modelMatrix * vec4(position, 1.0);
      at.xyz -= ray * ((at.y - ${SHADOW_Y}) / ray.y);
      gl_Position = projectionMatrix * viewMatrix * at;
    }`,
  fragmentShader: 'uniform float shade; void main() { gl_FragColor = vec4(0.02, 0.025, 0.04, shade); }',
}

export class TwoLayerRenderer {
  readonly #renderer: THREE.WebGLRenderer
  readonly #stage: Stage
  readonly #backdrop: THREE.Scene
  readonly #flatShadow: THREE.ShaderMaterial
  readonly #straight = new THREE.OrthographicCamera(-1, 1, 1, -1, 0, 1)

  constructor(stage: Stage, widthPx: number, heightPx: number) {
    this.#stage = stage
    const renderer = new THREE.WebGLRenderer({ antialias: true, stencil: true, preserveDrawingBuffer: true })
    this.#renderer = renderer
    renderer.setSize(widthPx, heightPx)
    renderer.shadowMap.enabled = true
    renderer.shadowMap.type = THREE.PCFShadowMap
    renderer.toneMapping = THREE.ACESFilmicToneMapping
    renderer.toneMappingExposure = stage.isNight ? 1.1 : 0.86
    renderer.autoClear = false
    this.#sortLayers()
    const still = this.#drawStill(widthPx * 2, heightPx * 2)
    const quad = new THREE.Mesh(
      new THREE.PlaneGeometry(2, 2),
      new THREE.ShaderMaterial({
        ...BACKDROP,
        uniforms: { colours: { value: still.texture }, depths: { value: still.depthTexture } },
        depthFunc: THREE.AlwaysDepth,
      }),
    )
    quad.frustumCulled = false
    this.#backdrop = new THREE.Scene()
    this.#backdrop.add(quad)
    this.#flatShadow = new THREE.ShaderMaterial({
      ...FLAT_SHADOW,
      uniforms: { ray: { value: stage.sunRay }, shade: { value: stage.shade } },
      transparent: true,
      depthWrite: false,
      side: THREE.DoubleSide,
      // Each pixel is darkened once, however many limbs lie over it.
      stencilWrite: true,
      stencilFunc: THREE.EqualStencilFunc,
      stencilRef: 0,
      stencilZPass: THREE.IncrementStencilOp,
    })
  }

  #sortLayers(): void {
    const { scene, moving } = this.#stage
    scene.traverse((object) => {
      if ((object as THREE.Light).isLight) object.layers.enableAll()
    })
    for (const root of moving) {
      root.traverse((object) => object.layers.set(object.userData['shadowless'] ? LIGHTS_AND_WATER : MOVING))
    }
  }

  #drawStill(widthPx: number, heightPx: number): THREE.WebGLRenderTarget {
    const { scene, camera } = this.#stage
    const target = new THREE.WebGLRenderTarget(widthPx, heightPx, { type: THREE.HalfFloatType })
    target.depthTexture = new THREE.DepthTexture(widthPx, heightPx, THREE.UnsignedIntType)
    camera.layers.set(STILL)
    this.#renderer.setRenderTarget(target)
    this.#renderer.clear()
    this.#renderer.render(scene, camera)
    this.#renderer.setRenderTarget(null)
    this.#renderer.shadowMap.autoUpdate = false
    return target
  }

  /** @param t moment of the loop, 0 ≤ t < 1. Returns a JPEG as a data URL. */
  frame(t: number): string {
    const { scene, camera, moves, shade } = this.#stage
    for (const move of moves) move(t)
    const renderer = this.#renderer
    renderer.clear()
    renderer.render(this.#backdrop, this.#straight)
    if (shade > 0) {
      camera.layers.set(MOVING)
      scene.overrideMaterial = this.#flatShadow
      renderer.render(scene, camera)
      scene.overrideMaterial = null
    }
    camera.layers.set(MOVING)
    camera.layers.enable(LIGHTS_AND_WATER)
    renderer.render(scene, camera)
    return (renderer.domElement as unknown as Canvas).toDataURL('image/jpeg', 0.97)
  }
}

import { toneSamples, type ToneName } from './tones.ts'

/** `blocked`: the browser wants a click first, or has no audio at all. */
export type AudioState = 'running' | 'blocked'

/** WebAudio behind three verbs: unlock, loop, once. Everything goes through one analyser, so that silence can be proven. */
export class Loudspeaker {
  #context: AudioContext | null = null
  #analyser: AnalyserNode | null = null
  #buffers = new Map<ToneName, AudioBuffer>()
  #looping: { name: ToneName; node: AudioBufferSourceNode } | null = null
  #wanted: ToneName | null = null
  #onState: (state: AudioState) => void
  #levelSamples = new Float32Array(1024)

  constructor(onState: (state: AudioState) => void) {
    this.#onState = onState
  }

  get state(): AudioState {
    return this.#context?.state === 'running' ? 'running' : 'blocked'
  }

  /** Must be called within a click or key press. Rejects when the machine has no audio. */
  async unlock(): Promise<void> {
    if (!this.#context) {
      this.#context = new AudioContext({ latencyHint: 'interactive' })
      this.#analyser = this.#context.createAnalyser()
      this.#analyser.fftSize = this.#levelSamples.length
      this.#analyser.connect(this.#context.destination)
      this.#context.onstatechange = () => {
        this.#onState(this.state)
        this.#apply()
      }
    }
    await this.#context.resume()
    this.#onState(this.state)
    this.#apply()
  }

  /** Repeats this tone until another or null is asked for. Remembered while audio is blocked. */
  loop(name: ToneName | null): void {
    this.#wanted = name
    this.#apply()
  }

  once(name: ToneName): void {
    if (this.state !== 'running') return
    this.#node(name)?.start()
  }

  /** Root mean square of what is being played right now, 0–1. */
  level(): number {
    if (!this.#analyser) return 0
    this.#analyser.getFloatTimeDomainData(this.#levelSamples)
    let sum = 0
    for (const sample of this.#levelSamples) sum += sample * sample
    return Math.sqrt(sum / this.#levelSamples.length)
  }

  #apply(): void {
    const name = this.state === 'running' ? this.#wanted : null
    if (this.#looping?.name === name) return
    this.#looping?.node.stop()
    this.#looping?.node.disconnect()
    this.#looping = null
    if (name === null) return
    const node = this.#node(name)
    if (!node) return
    node.loop = true
    node.start()
    this.#looping = { name, node }
  }

  #node(name: ToneName): AudioBufferSourceNode | null {
    const context = this.#context
    if (!context || !this.#analyser) return null
    let buffer = this.#buffers.get(name)
    if (!buffer) {
      const samples = toneSamples(name, context.sampleRate)
      buffer = context.createBuffer(1, samples.length, context.sampleRate)
      buffer.copyToChannel(samples, 0)
      this.#buffers.set(name, buffer)
    }
    const node = context.createBufferSource()
    node.buffer = buffer
    node.connect(this.#analyser)
    return node
  }
}

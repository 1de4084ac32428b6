import type { Priority } from '../../domain/alarm.ts'

/**
 * The sounds of the desk as samples, so that a loop node repeats them without any timer: a siren must not stutter because
 * the page is busy drawing the alarm.
 */
export type ToneName = 'p1' | 'p2' | 'p3' | 'blind' | 'test'

interface Beep {
  fromS: number
  toS: number
  hz: number
  /** 0–1 */
  loud: number
}

interface Tone {
  lengthS: number
  beeps: Beep[]
}

/** P1 alternates without a pause; P2 has pauses; P3 chirps; the blind tone is low and unlike all of them. */
const TONES: Record<ToneName, Tone> = {
  p1: {
    lengthS: 0.8,
    beeps: [
      { fromS: 0, toS: 0.4, hz: 960, loud: 0.9 },
      { fromS: 0.4, toS: 0.8, hz: 720, loud: 0.9 },
    ],
  },
  p2: {
    lengthS: 2,
    beeps: [
      { fromS: 0, toS: 0.5, hz: 660, loud: 0.7 },
      { fromS: 0.6, toS: 1, hz: 550, loud: 0.7 },
    ],
  },
  p3: { lengthS: 4, beeps: [{ fromS: 0, toS: 0.12, hz: 1320, loud: 0.5 }] },
  blind: {
    lengthS: 2.5,
    beeps: [
      { fromS: 0, toS: 0.18, hz: 330, loud: 0.7 },
      { fromS: 0.26, toS: 0.44, hz: 330, loud: 0.7 },
      { fromS: 0.52, toS: 0.9, hz: 247, loud: 0.7 },
    ],
  },
  test: {
    lengthS: 0.7,
    beeps: [
      { fromS: 0, toS: 0.22, hz: 660, loud: 0.6 },
      { fromS: 0.26, toS: 0.6, hz: 880, loud: 0.6 },
    ],
  },
}

/** Priority 4 is seen, not heard. */
export function toneOf(priority: Priority): ToneName | null {
  return priority === 4 ? null : (`p${priority}` as ToneName)
}

/** Rise and fall of each beep, so that it does not click. */
const EDGE_S = 0.008

/** Mono samples −1…1 of one turn of the tone. */
export function toneSamples(name: ToneName, sampleRateHz: number): Float32Array<ArrayBuffer> {
  const tone = TONES[name]
  const samples = new Float32Array(Math.round(tone.lengthS * sampleRateHz))
  for (const beep of tone.beeps) {
    const first = Math.round(beep.fromS * sampleRateHz)
    const last = Math.min(samples.length, Math.round(beep.toS * sampleRateHz))
    for (let i = first; i < last; i++) {
      const tS = (i - first) / sampleRateHz
      const edge = Math.min(1, tS / EDGE_S, (last - i) / sampleRateHz / EDGE_S)
      const turn = 2 * Math.PI * beep.hz * tS
      // A third and a fifth harmonic: heard through talk and small loudspeakers.
      samples[i] = beep.loud * edge * (0.7 * Math.sin(turn) + 0.2 * Math.sin(3 * turn) + 0.1 * Math.sin(5 * turn))
    }
  }
  return samples
}

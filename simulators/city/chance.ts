/** Seeded chance: the same seed makes the same town on every machine. */
export interface Chance {
  /** 0 ≤ x < 1 */
  next(): number
  between(min: number, max: number): number
  /** 0 ≤ i < count */
  int(count: number): number
  pick<T>(list: readonly T[]): T
  /** A stream of its own, so that one more house does not rename every street. */
  fork(label: string): Chance
}

/** mulberry32: 32 bits of state are plenty for one town. */
export function createChance(seed: number): Chance {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  return {
    next,
    between: (min, max) => min + next() * (max - min),
    int: (count) => Math.floor(next() * count),
    pick: (list) => list[Math.floor(next() * list.length)]!,
    fork: (label) => createChance(hash(seed, label)),
  }
}

function hash(seed: number, label: string): number {
  let h = seed ^ 0x811c9dc5
  for (let i = 0; i < label.length; i++) h = Math.imul(h ^ label.charCodeAt(i), 0x01000193)
  return h >>> 0
}

/** Smooth hills between −1 and 1 with features of about `sizeM`, three octaves. */
export function createNoise(chance: Chance, sizeM: number): (x: number, y: number) => number {
  const salt = chance.int(1_000_000)
  const corner = (i: number, j: number): number => {
    let h = Math.imul(i + salt, 374761393) + Math.imul(j - salt, 668265263)
    h = Math.imul(h ^ (h >>> 13), 1274126177)
    return ((h ^ (h >>> 16)) >>> 0) / 2147483648 - 1
  }
  const smooth = (t: number): number => t * t * (3 - 2 * t)
  const octave = (x: number, y: number): number => {
    const [i, j] = [Math.floor(x), Math.floor(y)]
    const [u, v] = [smooth(x - i), smooth(y - j)]
    const south = corner(i, j) * (1 - u) + corner(i + 1, j) * u
    const north = corner(i, j + 1) * (1 - u) + corner(i + 1, j + 1) * u
    return south * (1 - v) + north * v
  }
  return (x, y) => {
    const [a, b] = [x / sizeM, y / sizeM]
    return (octave(a, b) + octave(a * 2.03 + 7, b * 2.03 - 3) * 0.5 + octave(a * 4.1 - 5, b * 4.1 + 11) * 0.25) / 1.75
  }
}

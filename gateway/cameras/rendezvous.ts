/** FNV-1a with a final mix: enough to spread cameras evenly, and the same in every core. */
function weightOf(worker: string, key: string): number {
  let hash = 0x811c9dc5
  const text = `${worker}\0${key}`
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/**
 * Highest-random-weight hashing: who serves `key`. When a worker comes or goes only the keys that it wins or had move.
 * @returns null without workers
 */
export function ownerOf(workers: readonly string[], key: string): string | null {
  let owner: string | null = null
  let best = -1
  for (const worker of workers) {
    const weight = weightOf(worker, key)
    if (weight > best || (weight === best && owner !== null && worker < owner)) {
      owner = worker
      best = weight
    }
  }
  return owner
}

/** Rounded down, so that 99.9 % is never told as all. */
export function percent(share: number): string {
  return `${Math.floor(share * 1000 + 1e-9) / 10}%`
}

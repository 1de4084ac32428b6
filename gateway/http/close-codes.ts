/** Close codes of a desk's stream: why the centre has ended it. The desk asks for a new session on `signedOut`, else it comes back. */
export const CLOSE_CODES = { goingAway: 1001, signedOut: 4401, tooSlow: 4408, tooMany: 4429 } as const

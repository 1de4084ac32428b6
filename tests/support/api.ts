/** A signed-in client of the HTTP API, as an integrator would write one. */
export interface Api {
  token: string
  get<T>(path: string): Promise<T>
  post<T>(path: string, body?: unknown): Promise<T>
  patch<T>(path: string, body: unknown): Promise<T>
  put<T>(path: string, body: unknown): Promise<T>
}

export async function signIn(baseUrl: string, username: string, password: string): Promise<Api> {
  const call = async <T>(method: string, path: string, body?: unknown, token = ''): Promise<T> => {
    const answer = await fetch(`${baseUrl}/api/v1/${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: body === undefined ? null : JSON.stringify(body),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return (text ? JSON.parse(text) : undefined) as T
  }
  const { token } = await call<{ token: string }>('POST', 'session', { username, password })
  return {
    token,
    get: (path) => call('GET', path, undefined, token),
    post: (path, body = {}) => call('POST', path, body, token),
    patch: (path, body) => call('PATCH', path, body, token),
    put: (path, body) => call('PUT', path, body, token),
  }
}

/** Waits until `look` gives something, asking every `everyMs`; fails with the last answer after `withinMs`. */
export async function until<T>(
  what: string,
  withinMs: number,
  look: () => Promise<T | null | undefined | false>,
  everyMs = 100,
): Promise<T> {
  const endMs = performance.now() + withinMs
  let last = ''
  for (;;) {
    const found = await look().catch((error: unknown) => {
      last = String(error)
      return null
    })
    if (found) return found
    if (performance.now() > endMs) throw new Error(`not within ${withinMs} ms: ${what}${last ? ` (${last})` : ''}`)
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}

import { Fault, FAULT_STATUS, reasonOf, type FaultCode } from '../../domain/fault.ts'
import { problemSchema } from '../../domain/wire/http.ts'
import { probeAnswerSchema } from '../../domain/wire/streamers.ts'
import type { z } from '../../domain/z.ts'
import type { CameraCredential } from './camera-row.ts'

export type ProbeAnswer = z.infer<typeof probeAnswerSchema>

/**
 * Asks a streamer worker whether video comes from an address.
 * @param timeoutMs for all of it
 * @throws Fault: the worker's own `camera-…`; `camera-silent` when time is up; `streamer-away`
 */
export async function probeStream(
  worker: { baseUrl: string; internalToken: string },
  url: string,
  credential: CameraCredential | null,
  timeoutMs: number,
): Promise<ProbeAnswer> {
  let response: Response
  let body: unknown
  try {
    response = await fetch(new URL('/probe', worker.baseUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${worker.internalToken}` },
      body: JSON.stringify({ url, username: credential?.username ?? null, password: credential?.password ?? null }),
      signal: AbortSignal.timeout(timeoutMs),
      redirect: 'error',
    })
    body = await response.json()
  } catch (error) {
    if (error instanceof Error && error.name === 'TimeoutError') {
      throw new Fault('camera-silent', 'The camera was reached but sent no video in time.', {}, error)
    }
    throw new Fault('streamer-away', 'No streamer could check this camera.', { reason: reasonOf(error) }, error)
  }
  if (response.ok) {
    const answer = probeAnswerSchema.safeParse(body)
    if (answer.success) return answer.data
    throw new Fault('streamer-away', 'The streamer gave an answer that cannot be read.')
  }
  const problem = problemSchema.safeParse(body)
  if (problem.success && problem.data.code in FAULT_STATUS) {
    throw new Fault(problem.data.code as FaultCode, problem.data.detail)
  }
  throw new Fault('streamer-away', 'The streamer could not check this camera.', { status: response.status })
}

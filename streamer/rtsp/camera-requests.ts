import { parseRequest } from './message.ts'

/** What means no more than "are you there?" to a client. */
const UNDERSTOOD = ['OPTIONS', 'GET_PARAMETER', 'SET_PARAMETER', 'ANNOUNCE']
/** One in many seconds is seen. A camera that asks without end, or echoes, is not answered without end. */
const ANSWERS_PER_SECOND = 10

/** Some cameras ask too, while they play, and hang up on who does not answer. */
export class CameraRequests {
  #secondBeganMs = -Infinity
  #answered = 0

  /**
   * @param sessionId empty: none yet
   * @returns the bytes to send; empty: it is no request, or one too many
   */
  answerTo(head: string, sessionId: string, nowMs: number): string {
    const request = parseRequest(head)
    if (!request) return ''
    if (nowMs - this.#secondBeganMs >= 1_000) {
      this.#secondBeganMs = nowMs
      this.#answered = 0
    }
    if (this.#answered >= ANSWERS_PER_SECOND) return ''
    this.#answered++
    const lines = [`RTSP/1.0 ${UNDERSTOOD.includes(request.method) ? '200 OK' : '501 Not Implemented'}`]
    if (request.sequence !== null) lines.push(`CSeq: ${request.sequence}`)
    if (sessionId !== '') lines.push(`Session: ${sessionId}`)
    return `${lines.join('\r\n')}\r\n\r\n`
  }
}

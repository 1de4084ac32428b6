/** One RTSP request (RFC 2326 §6). Header names in lower case. */
export interface RtspRequest {
  method: string
  url: string
  headers: Map<string, string>
}

/** No honest request is larger; what is larger ends the connection. */
const REQUEST_BYTES_MAX = 16_384

/** Cuts a TCP stream of RTSP requests and interleaved RTCP (`$`) into its pieces. */
export class RtspRequestReader {
  #rest: Buffer = Buffer.alloc(0)

  /**
   * @param onRequest gets each complete request
   * @param onReport called for each interleaved frame (a viewer's RTCP: a sign of life)
   * @returns false when the stream is not RTSP: close it
   */
  push(chunk: Buffer, onRequest: (request: RtspRequest) => void, onReport: () => void): boolean {
    let rest = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk
    for (;;) {
      if (rest.length >= 4 && rest[0] === 0x24) {
        const end = 4 + rest.readUInt16BE(2)
        if (rest.length < end) break
        onReport()
        rest = rest.subarray(end)
        continue
      }
      const headEnd = rest.indexOf('\r\n\r\n')
      if (headEnd < 0) break
      const request = parseRequest(rest.toString('utf8', 0, headEnd))
      if (!request) return false
      const bodyBytes = Number(request.headers.get('content-length') ?? 0)
      if (!Number.isInteger(bodyBytes) || bodyBytes < 0 || bodyBytes > REQUEST_BYTES_MAX) return false
      const end = headEnd + 4 + bodyBytes
      if (rest.length < end) break
      rest = rest.subarray(end)
      onRequest(request)
    }
    this.#rest = Buffer.from(rest)
    return this.#rest.length <= REQUEST_BYTES_MAX * 2
  }
}

function parseRequest(head: string): RtspRequest | null {
  const [first = '', ...lines] = head.trimStart().split('\r\n')
  const match = /^([A-Z_]{3,20}) (\S{1,500}) RTSP\/1\.0$/.exec(first)
  if (!match) return null
  const headers = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim())
  }
  return { method: match[1]!, url: match[2]!, headers }
}

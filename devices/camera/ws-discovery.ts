import { randomUUID } from 'node:crypto'
import { createSocket } from 'node:dgram'

/** What a camera has said about itself in a WS-Discovery answer. Hostile until its address has been checked. */
export interface ProbeMatch {
  /** Every address of its device service, as it told them. */
  addresses: string[]
  name: string | null
  hardware: string | null
}

/** Largest answer that is read; a datagram cannot be larger. */
const ANSWER_BYTES_MAX = 64 * 1024
/** Answers kept of one search; a network with more cameras is searched again, by its parts. */
const ANSWERS_MAX = 2_000
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024

/**
 * The matches in an answer. By pattern, not by a parser: nothing in it is worth an XML engine for strangers. Linear in its length.
 * @param xml at most 64 KiB; longer ones are nothing
 */
export function readProbeMatches(xml: string): ProbeMatch[] {
  if (xml.length > ANSWER_BYTES_MAX) return []
  return xml
    .split(/<(?:[\w-]+:)?ProbeMatch[\s>]/)
    .slice(1)
    .flatMap((part) => {
      const addresses = (elementText(part, 'XAddrs') ?? '').split(/\s+/).filter((address) => address !== '')
      if (addresses.length === 0) return []
      const scopes = (elementText(part, 'Scopes') ?? '').split(/\s+/)
      return [{ addresses, name: scopeOf(scopes, 'name'), hardware: scopeOf(scopes, 'hardware') }]
    })
}

function elementText(xml: string, name: string): string | null {
  const start = new RegExp(`<(?:[\\w-]+:)?${name}(?:\\s[^<>]*)?>`).exec(xml)
  if (!start) return null
  const from = start.index + start[0].length
  const end = xml.indexOf('<', from)
  return end < 0 ? null : unescapeXml(xml.slice(from, end).trim())
}

function unescapeXml(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&')
}

/** `onvif://www.onvif.org/name/East%20gate` → `East gate`. */
function scopeOf(scopes: readonly string[], kind: string): string | null {
  const prefix = `onvif://www.onvif.org/${kind}/`
  const scope = scopes.find((text) => text.startsWith(prefix))
  if (scope === undefined) return null
  const raw = scope.slice(prefix.length)
  try {
    return decodeURIComponent(raw).slice(0, 120)
  } catch {
    // A bare per cent sign: then it is meant as written.
    return raw.slice(0, 120)
  }
}

/** Asks one host instead of the whole network (the simulated cameras live on loopback, where no multicast goes). */
export function probeHost(host: string, port: number, timeoutMs: number): Promise<string[]> {
  return new Promise((resolve) => {
    const answers: string[] = []
    const socket = createSocket('udp4')
    let isOver = false
    const finish = () => {
      if (isOver) return
      isOver = true
      clearTimeout(timer)
      socket.close()
      resolve(answers)
    }
    const timer = setTimeout(finish, timeoutMs)
    socket.on('message', (message) => {
      if (answers.length < ANSWERS_MAX) answers.push(message.toString('utf8'))
    })
    // Nobody there: the same as nobody answers.
    socket.on('error', finish)
    socket.bind(0, () => {
      // Everybody answers at once, about 1 KB each; the usual buffer holds a few dozen of them.
      socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES)
      socket.send(probeMessage(), port, host, (error) => {
        if (error) finish()
      })
    })
  })
}

function probeMessage(): string {
  return (
    '<?xml version="1.0" encoding="UTF-8"?>' +
    '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing"' +
    ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:dn="http://www.onvif.org/ver10/network/wsdl">' +
    `<e:Header><w:MessageID>urn:uuid:${randomUUID()}</w:MessageID>` +
    '<w:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To>' +
    '<w:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</w:Action></e:Header>' +
    '<e:Body><d:Probe><d:Types>dn:NetworkVideoTransmitter</d:Types></d:Probe></e:Body></e:Envelope>'
  )
}

/** The library's search, as far as it is used. */
export interface NetworkSearch {
  on(event: 'device', listener: (camera: unknown, remote: unknown, xml: string) => void): unknown
  removeListener(event: 'device', listener: (camera: unknown, remote: unknown, xml: string) => void): unknown
  probe(options: { timeout: number; resolve: boolean; bufferSize: number }): unknown
}

let searching: Promise<string[]> | null = null

/** The library has one search for all: who asks while one runs gets its answers. */
export function searchNetwork(library: NetworkSearch, timeoutMs: number): Promise<string[]> {
  searching ??= new Promise<string[]>((resolve) => {
    const answers: string[] = []
    const onDevice = (_camera: unknown, _remote: unknown, xml: string) => {
      if (answers.length < ANSWERS_MAX && xml.length <= ANSWER_BYTES_MAX) answers.push(xml)
    }
    library.on('device', onDevice)
    library.probe({ timeout: timeoutMs, resolve: false, bufferSize: RECEIVE_BUFFER_BYTES })
    setTimeout(() => {
      searching = null
      library.removeListener('device', onDevice)
      resolve(answers)
    }, timeoutMs + 100)
  })
  return searching
}

import { createHash, randomBytes } from 'node:crypto'
import { request, type IncomingMessage } from 'node:http'
import { toIso } from '../../domain/clock.ts'
import { Fault } from '../../domain/fault.ts'
import { digestAnswer } from './http-digest.ts'
import { faultOf, silentFault } from './onvif-faults.ts'
import type { OnvifTarget } from './onvif-door.ts'
import { escapeXml, firstOf, readXml, type XmlElement } from './xml-tree.ts'

/** A hundred notifications are 80 KB; a stranger's endless answer must not fill the memory. */
const ANSWER_BYTES_MAX = 512 * 1024

export interface SoapQuestion {
  /** Where: `target` with the path of the service that is asked. */
  target: OnvifTarget
  action: string
  /** In front of the login: addressing. */
  header: string
  body: string
  /** The camera's own time, which its logins are checked by. */
  cameraNowMs: number
  timeoutMs: number
  signal: AbortSignal
}

/**
 * One SOAP question by HTTP, signed by WS-Security, and by HTTP digest where the camera asks for that; never follows a redirect.
 * @returns what is in the body of the answer
 * @throws Fault `camera-unreachable`, `camera-silent`, `camera-refused-login`, `camera-not-a-camera` (with `facts.soapFault` when it refused)
 */
export async function askSoap(question: SoapQuestion): Promise<XmlElement> {
  const { target, timeoutMs } = question
  const text = envelopeOf(question)
  // The camera has told the path: one that begins with `@` would make a login of the host before it, and lead elsewhere.
  const path = target.path.startsWith('/') ? target.path : `/${target.path}`
  const url = `http://${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}${path}`
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), timeoutMs)
  const signal = AbortSignal.any([late.signal, question.signal])
  try {
    let answer = await send(url, question.action, text, null, signal)
    const challenge = answer.headers['www-authenticate']
    if (answer.statusCode === 401 && challenge !== undefined && target.username !== null) {
      answer.destroy()
      const credential = { username: target.username, password: target.password ?? '' }
      const authorization = digestAnswer(challenge, 'POST', url, credential)
      if (authorization !== null) answer = await send(url, question.action, text, authorization, signal)
    }
    const isRefused = answer.statusCode === 401
    const body = bodyOf(await readText(answer))
    if (isRefused) throw new Fault('camera-refused-login', 'The camera refuses this name or password.')
    return body
  } catch (error) {
    if (late.signal.aborted) throw silentFault(timeoutMs)
    throw faultOf(error, timeoutMs)
  } finally {
    clearTimeout(timer)
  }
}

function send(
  url: string,
  action: string,
  text: string,
  authorization: string | null,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': `application/soap+xml; charset=utf-8; action="${action}"`,
      'content-length': Buffer.byteLength(text),
      ...(authorization === null ? {} : { authorization }),
    }
    // No agent: a socket that a rebooted camera has forgotten would cost the next question.
    const asked = request(url, { method: 'POST', headers, signal, agent: false }, resolve)
    asked.on('error', reject)
    asked.end(text)
  })
}

async function readText(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > ANSWER_BYTES_MAX) throw new Fault('camera-not-a-camera', 'What answers there talks without end.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function bodyOf(text: string): XmlElement {
  const root = readXml(text)
  const body = root?.name === 'Envelope' ? root.children.find((child) => child.name === 'Body') : undefined
  if (!body) throw new Fault('camera-not-a-camera', 'What answers there does not speak ONVIF.')
  const refusal = body.children.find((child) => child.name === 'Fault')
  if (!refusal) return body
  const codes = [...new Set(textsOf(refusal, 'Value'))].join(' ')
  const words = [...textsOf(refusal, 'Text'), ...textsOf(refusal, 'faultstring')].join(' ')
  throw faultOf(new Error(`ONVIF SOAP Fault: ${`${codes} ${words}`.trim().slice(0, 200)}`), 0)
}

function textsOf(element: XmlElement, name: string): string[] {
  const own = element.name === name ? [element.text.trim()] : []
  return [...own, ...element.children.flatMap((child) => textsOf(child, name))]
}

/** The text of the first element of this name; null when there is none. */
export function textIn(element: XmlElement, name: string): string | null {
  return firstOf(element, name)?.text.trim() ?? null
}

function envelopeOf({ target, header, body, cameraNowMs }: SoapQuestion): string {
  const login = target.username === null ? '' : usernameToken(target.username, target.password ?? '', cameraNowMs)
  return (
    '<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" ' +
    'xmlns:a="http://www.w3.org/2005/08/addressing" xmlns:tev="http://www.onvif.org/ver10/events/wsdl" ' +
    `xmlns:wsnt="http://docs.oasis-open.org/wsn/b-2"><s:Header>${header}${login}</s:Header><s:Body>${body}</s:Body></s:Envelope>`
  )
}

/** WS-Security UsernameToken Profile 1.0, password digest. */
function usernameToken(username: string, password: string, cameraNowMs: number): string {
  const space = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss'
  const nonce = randomBytes(16)
  const created = toIso(cameraNowMs)
  const digest = createHash('sha1').update(nonce).update(created).update(password).digest('base64')
  return (
    `<Security s:mustUnderstand="1" xmlns="${space}-wssecurity-secext-1.0.xsd"><UsernameToken>` +
    `<Username>${escapeXml(username)}</Username>` +
    `<Password Type="${space}-username-token-profile-1.0#PasswordDigest">${digest}</Password>` +
    `<Nonce EncodingType="${space}-soap-message-security-1.0#Base64Binary">${nonce.toString('base64')}</Nonce>` +
    `<Created xmlns="${space}-wssecurity-utility-1.0.xsd">${created}</Created></UsernameToken></Security>`
  )
}

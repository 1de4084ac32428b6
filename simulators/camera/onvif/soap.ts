/** SOAP 1.2 as ONVIF cameras speak it: reading by pattern (a simulator's peers are friendly), answers as text. */

export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

/** Local name of the first element in the body: the action that is asked for. */
export function actionOf(xml: string): string | null {
  return /<(?:[\w-]+:)?Body[^>]*>\s*<(?:[\w-]+:)?([A-Za-z]+)/.exec(xml)?.[1] ?? null
}

/** Text of the first element of this name, whatever its prefix. */
export function textOf(xml: string, name: string): string | null {
  const match = new RegExp(`<(?:[\\w-]+:)?${name}(?:\\s[^>]*)?>([^<]*)<`).exec(xml)
  return match ? match[1]!.trim() : null
}

/** Value of an attribute of the first element of this name. */
export function attributeOf(xml: string, element: string, attribute: string): string | null {
  const match = new RegExp(`<(?:[\\w-]+:)?${element}\\s[^>]*\\b${attribute}="([^"]*)"`).exec(xml)
  return match?.[1] ?? null
}

const NAMESPACES = [
  's="http://www.w3.org/2003/05/soap-envelope"',
  'a="http://www.w3.org/2005/08/addressing"',
  'tt="http://www.onvif.org/ver10/schema"',
  'tds="http://www.onvif.org/ver10/device/wsdl"',
  'trt="http://www.onvif.org/ver10/media/wsdl"',
  'tptz="http://www.onvif.org/ver20/ptz/wsdl"',
  'tev="http://www.onvif.org/ver10/events/wsdl"',
  'wsnt="http://docs.oasis-open.org/wsn/b-2"',
  'tns1="http://www.onvif.org/ver10/topics"',
  'ter="http://www.onvif.org/ver10/error"',
]

export function envelope(body: string): string {
  const namespaces = NAMESPACES.map((entry) => `xmlns:${entry}`).join(' ')
  return `<?xml version="1.0" encoding="UTF-8"?>\n<s:Envelope ${namespaces}><s:Body>${body}</s:Body></s:Envelope>`
}

export interface SoapFault {
  /** HTTP status. */
  status: number
  subcode: string
  reason: string
}

export const NOT_AUTHORIZED: SoapFault = { status: 400, subcode: 'ter:NotAuthorized', reason: 'Sender not Authorized' }
export const NOT_SUPPORTED: SoapFault = {
  status: 500,
  subcode: 'ter:ActionNotSupported',
  reason: 'Optional Action Not Implemented',
}
export const NO_PROFILE: SoapFault = { status: 400, subcode: 'ter:NoProfile', reason: 'The profile does not exist' }
export const NO_PRESET: SoapFault = { status: 400, subcode: 'ter:NoToken', reason: 'The preset does not exist' }

export function faultEnvelope({ subcode, reason }: SoapFault): string {
  return envelope(
    `<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>${subcode}</s:Value></s:Subcode></s:Code>` +
      `<s:Reason><s:Text xml:lang="en">${escapeXml(reason)}</s:Text></s:Reason></s:Fault>`,
  )
}

/** `PT1M30S` and the like, in ms; null for what is not a duration. */
export function durationMs(text: string): number | null {
  const match = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?$/.exec(text)
  if (!match) return null
  return (Number(match[1] ?? 0) * 3600 + Number(match[2] ?? 0) * 60 + Number(match[3] ?? 0)) * 1000
}

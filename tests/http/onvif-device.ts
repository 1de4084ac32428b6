import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface OnvifDeviceOptions {
  username: string
  password: string
  /** What GetStreamUri says. */
  streamUri: string
  /** What GetSnapshotUri says; absent: a fault, as many cameras do. */
  snapshotUri?: string
  /** XML of GetProfiles, in place of a main and a sub-stream. */
  profiles?: string
  /** Host and port of every XAddr, in place of its own. */
  xaddr?: string
  /** How every request is answered in place of all this. */
  odd?: 'hang' | 'endless' | 'web page'
}

export interface OnvifDevice {
  port: number
  /** Names of the operations, in order. */
  calls: string[]
  /** Bodies of the operations that turn the camera. */
  bodies: string[]
  stop(): Promise<void>
}

const MEDIA_PROFILES =
  profileXml('main', 'H264', 1920) + profileXml('sub', 'H264', 640) + profileXml('tiny', 'JPEG', 320)

export function profileXml(token: string, encoding: string | null, widthPx: number): string {
  const encoder =
    encoding === null
      ? ''
      : `<tt:VideoEncoderConfiguration token="e_${token}"><tt:Encoding>${encoding}</tt:Encoding><tt:Resolution><tt:Width>${widthPx}</tt:Width><tt:Height>360</tt:Height></tt:Resolution></tt:VideoEncoderConfiguration>`
  return `<trt:Profiles token="${token}"><tt:Name>${token}</tt:Name>${encoder}<tt:PTZConfiguration token="p"><tt:Name>p</tt:Name></tt:PTZConfiguration></trt:Profiles>`
}

/** A small ONVIF device with its own idea of SOAP: WS-Security digest login, media, PTZ. */
export async function startOnvifDevice(options: OnvifDeviceOptions): Promise<OnvifDevice> {
  const calls: string[] = []
  const bodies: string[] = []
  const server = createServer((req, res) => {
    if (options.odd === 'hang') return
    if (options.odd === 'web page') return void res.end('<html><body>Welcome to the printer</body></html>')
    if (options.odd === 'endless') return pour(res)
    void readBody(req).then((body) => {
      const call = /<(?:\w+:)?Body[^>]*>\s*<(?:\w+:)?(\w+)/.exec(body)?.[1] ?? ''
      calls.push(call)
      if (/Move|Stop|Preset/.test(call)) bodies.push(body)
      if (call !== 'GetSystemDateAndTime' && !isSignedIn(body, options))
        return send(res, 400, fault('ter:NotAuthorized'))
      if (body.includes('>no-such-preset<')) return send(res, 400, fault('ter:NoToken'))
      send(res, 200, answerOf(call, options, (server.address() as AddressInfo).port))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    calls,
    bodies,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function answerOf(call: string, options: OnvifDeviceOptions, port: number): string {
  const at = `http://${options.xaddr ?? `127.0.0.1:${port}`}/onvif`
  switch (call) {
    case 'GetSystemDateAndTime': {
      const now = new Date()
      return `<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:UTCDateTime><tt:Time><tt:Hour>${now.getUTCHours()}</tt:Hour><tt:Minute>${now.getUTCMinutes()}</tt:Minute><tt:Second>${now.getUTCSeconds()}</tt:Second></tt:Time><tt:Date><tt:Year>${now.getUTCFullYear()}</tt:Year><tt:Month>${now.getUTCMonth() + 1}</tt:Month><tt:Day>${now.getUTCDate()}</tt:Day></tt:Date></tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>`
    }
    case 'GetServices': {
      const one = (name: string) =>
        `<tds:Service><tds:Namespace>http://www.onvif.org/${name}/wsdl</tds:Namespace><tds:XAddr>${at}/${name.split('/')[1]}</tds:XAddr></tds:Service>`
      return `<tds:GetServicesResponse>${one('ver10/device')}${one('ver10/media')}${one('ver20/ptz')}</tds:GetServicesResponse>`
    }
    case 'GetProfiles':
      return `<trt:GetProfilesResponse>${options.profiles ?? MEDIA_PROFILES}</trt:GetProfilesResponse>`
    case 'GetStreamUri':
      return `<trt:GetStreamUriResponse><trt:MediaUri><tt:Uri>${options.streamUri}</tt:Uri></trt:MediaUri></trt:GetStreamUriResponse>`
    case 'GetSnapshotUri':
      if (options.snapshotUri === undefined) return fault('ter:ActionNotSupported')
      return `<trt:GetSnapshotUriResponse><trt:MediaUri><tt:Uri>${options.snapshotUri}</tt:Uri></trt:MediaUri></trt:GetSnapshotUriResponse>`
    case 'ContinuousMove':
    case 'Stop':
    case 'GotoPreset':
    case 'GotoHomePosition':
      return `<tptz:${call}Response/>`
    default:
      return fault('ter:ActionNotSupported')
  }
}

function isSignedIn(body: string, options: OnvifDeviceOptions): boolean {
  const text = (name: string) => new RegExp(`<(?:\\w+:)?${name}(?:\\s[^>]*)?>([^<]*)<`).exec(body)?.[1] ?? ''
  const digest = createHash('sha1')
    .update(Buffer.from(text('Nonce'), 'base64'))
    .update(text('Created'))
    .update(options.password)
    .digest('base64')
  return text('Username') === options.username && text('Password') === digest
}

function fault(subcode: string): string {
  return `<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>${subcode}</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang="en">${subcode === 'ter:NotAuthorized' ? 'Sender not Authorized' : 'Not supported'}</s:Text></s:Reason></s:Fault>`
}

function send(res: ServerResponse, status: number, body: string): void {
  res.statusCode = status
  res.setHeader('content-type', 'application/soap+xml')
  res.end(
    `<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:tt="t" xmlns:tds="d" xmlns:trt="m" xmlns:tptz="p" xmlns:ter="e"><s:Body>${body}</s:Body></s:Envelope>`,
  )
}

function pour(res: ServerResponse): void {
  const block = Buffer.alloc(64 * 1024, 'x')
  const more = () => {
    while (!res.destroyed && res.write(block));
    res.once('drain', more)
  }
  more()
}

async function readBody(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of req) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

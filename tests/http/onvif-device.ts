import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface OnvifDeviceOptions {
  username: string
  password: string
  /** What GetStreamUri says. */
  streamUri: string
  /** What GetStreamUri says of its profile `main`, in place of that. */
  mainUri?: string
  /** What GetSnapshotUri says; absent: a fault, as many cameras do. */
  snapshotUri?: string
  /** XML of GetProfiles, in place of a main and a sub-stream. */
  profiles?: string
  /** Host and port of every XAddr, in place of its own. */
  xaddr?: string
  /** Operations that get no answer at all. */
  lost?: readonly string[]
  /** XML of the older service's profiles is refused, the newer one has these. */
  media2Profiles?: string
  /** How far its clock is ahead, ms; then logins with another time than its own are refused. */
  clockAheadMs?: number
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

/** As the newer media service has it. */
export function media2ProfileXml(token: string, encoding: string, widthPx: number): string {
  return `<tr2:Profiles token="${token}"><tr2:Name>${token}</tr2:Name><tr2:Configurations><tr2:VideoEncoder token="e_${token}"><tt:Encoding>${encoding}</tt:Encoding><tt:Resolution><tt:Width>${widthPx}</tt:Width><tt:Height>360</tt:Height></tt:Resolution></tr2:VideoEncoder></tr2:Configurations></tr2:Profiles>`
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
      if (/Move|Stop|Goto/.test(call)) bodies.push(body)
      if (options.lost?.includes(call) === true) return
      if (call !== 'GetSystemDateAndTime' && !isSignedIn(body, options))
        return send(res, 400, fault('ter:NotAuthorized'))
      if (body.includes('>no-such-preset<')) return send(res, 400, fault('ter:NoToken'))
      const isMain = /<(?:\w+:)?ProfileToken>main</.test(body)
      const asked = isMain ? { ...options, streamUri: options.mainUri ?? options.streamUri } : options
      send(res, 200, answerOf(call, asked, (server.address() as AddressInfo).port))
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
      const now = new Date(Date.now() + (options.clockAheadMs ?? 0))
      return `<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:UTCDateTime><tt:Time><tt:Hour>${now.getUTCHours()}</tt:Hour><tt:Minute>${now.getUTCMinutes()}</tt:Minute><tt:Second>${now.getUTCSeconds()}</tt:Second></tt:Time><tt:Date><tt:Year>${now.getUTCFullYear()}</tt:Year><tt:Month>${now.getUTCMonth() + 1}</tt:Month><tt:Day>${now.getUTCDate()}</tt:Day></tt:Date></tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>`
    }
    case 'GetServices': {
      const one = (name: string) =>
        `<tds:Service><tds:Namespace>http://www.onvif.org/${name}/wsdl</tds:Namespace><tds:XAddr>${at}/${name.split('/')[1]}</tds:XAddr></tds:Service>`
      const media2 = options.media2Profiles === undefined ? '' : one('ver20/media')
      return `<tds:GetServicesResponse>${one('ver10/device')}${one('ver10/media')}${media2}${one('ver20/ptz')}</tds:GetServicesResponse>`
    }
    case 'GetProfiles':
      if (options.media2Profiles !== undefined) {
        return `<tr2:GetProfilesResponse>${options.media2Profiles}</tr2:GetProfilesResponse>`
      }
      return `<trt:GetProfilesResponse>${options.profiles ?? MEDIA_PROFILES}</trt:GetProfilesResponse>`
    case 'GetStreamUri':
      if (options.media2Profiles !== undefined) {
        return `<tr2:GetStreamUriResponse><tr2:Uri>${options.streamUri}</tr2:Uri></tr2:GetStreamUriResponse>`
      }
      return `<trt:GetStreamUriResponse><trt:MediaUri><tt:Uri>${options.streamUri}</tt:Uri></trt:MediaUri></trt:GetStreamUriResponse>`
    case 'GetSnapshotUri':
      if (options.snapshotUri === undefined) return fault('ter:ActionNotSupported')
      return `<trt:GetSnapshotUriResponse><trt:MediaUri><tt:Uri>${options.snapshotUri}</tt:Uri></trt:MediaUri></trt:GetSnapshotUriResponse>`
    case 'GetPresets':
      return `<tptz:GetPresetsResponse><tptz:Preset token="p1"><tt:Name>门口</tt:Name></tptz:Preset><tptz:Preset token="p2"><tt:Name>门口</tt:Name></tptz:Preset><tptz:Preset token="p3"/></tptz:GetPresetsResponse>`
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
  const agoMs = Date.now() + (options.clockAheadMs ?? 0) - Date.parse(text('Created'))
  return text('Username') === options.username && text('Password') === digest && Math.abs(agoMs) < 5_000
}

function fault(subcode: string): string {
  return `<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>${subcode}</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang="en">${subcode === 'ter:NotAuthorized' ? 'Sender not Authorized' : 'Not supported'}</s:Text></s:Reason></s:Fault>`
}

function send(res: ServerResponse, status: number, body: string): void {
  res.statusCode = status
  res.setHeader('content-type', 'application/soap+xml')
  res.end(
    `<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:tt="t" xmlns:tds="d" xmlns:trt="m" xmlns:tr2="m2" xmlns:tptz="p" xmlns:ter="e"><s:Body>${body}</s:Body></s:Envelope>`,
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

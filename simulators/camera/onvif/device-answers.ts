import type { OnvifCamera } from './onvif-camera.ts'
import { escapeXml } from './soap.ts'

/** The device service (ONVIF core specification §8). `base` is `http://host:port/{cameraId}/onvif`. */

export function systemDateAndTime(nowMs: number): string {
  const at = new Date(nowMs)
  return (
    '<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>NTP</tt:DateTimeType>' +
    '<tt:DaylightSavings>false</tt:DaylightSavings><tt:TimeZone><tt:TZ>CST-8</tt:TZ></tt:TimeZone><tt:UTCDateTime>' +
    `<tt:Time><tt:Hour>${at.getUTCHours()}</tt:Hour><tt:Minute>${at.getUTCMinutes()}</tt:Minute>` +
    `<tt:Second>${at.getUTCSeconds()}</tt:Second></tt:Time>` +
    `<tt:Date><tt:Year>${at.getUTCFullYear()}</tt:Year><tt:Month>${at.getUTCMonth() + 1}</tt:Month>` +
    `<tt:Day>${at.getUTCDate()}</tt:Day></tt:Date>` +
    '</tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>'
  )
}

export function deviceInformation(camera: OnvifCamera): string {
  const model = camera.camera.ptz ? 'VSC-P1' : 'VSC-F1'
  return (
    '<tds:GetDeviceInformationResponse><tds:Manufacturer>Vigil</tds:Manufacturer>' +
    `<tds:Model>${model}</tds:Model><tds:FirmwareVersion>1.0.0</tds:FirmwareVersion>` +
    `<tds:SerialNumber>${camera.serial}</tds:SerialNumber><tds:HardwareId>simulated</tds:HardwareId>` +
    '</tds:GetDeviceInformationResponse>'
  )
}

function service(namespace: string, address: string): string {
  return (
    `<tds:Service><tds:Namespace>${namespace}</tds:Namespace><tds:XAddr>${address}</tds:XAddr>` +
    '<tds:Version><tt:Major>2</tt:Major><tt:Minor>60</tt:Minor></tds:Version></tds:Service>'
  )
}

export function services(camera: OnvifCamera, base: string): string {
  const list = [
    service('http://www.onvif.org/ver10/device/wsdl', `${base}/device_service`),
    service('http://www.onvif.org/ver10/media/wsdl', `${base}/media_service`),
    service('http://www.onvif.org/ver10/events/wsdl', `${base}/event_service`),
  ]
  if (camera.camera.ptz) list.push(service('http://www.onvif.org/ver20/ptz/wsdl', `${base}/ptz_service`))
  return `<tds:GetServicesResponse>${list.join('')}</tds:GetServicesResponse>`
}

export function capabilities(camera: OnvifCamera, base: string): string {
  const ptz = camera.camera.ptz ? `<tt:PTZ><tt:XAddr>${base}/ptz_service</tt:XAddr></tt:PTZ>` : ''
  return (
    '<tds:GetCapabilitiesResponse><tds:Capabilities>' +
    `<tt:Device><tt:XAddr>${base}/device_service</tt:XAddr></tt:Device>` +
    `<tt:Events><tt:XAddr>${base}/event_service</tt:XAddr>` +
    '<tt:WSSubscriptionPolicySupport>false</tt:WSSubscriptionPolicySupport>' +
    '<tt:WSPullPointSupport>true</tt:WSPullPointSupport>' +
    '<tt:WSPausableSubscriptionManagerInterfaceSupport>false</tt:WSPausableSubscriptionManagerInterfaceSupport>' +
    `</tt:Events><tt:Media><tt:XAddr>${base}/media_service</tt:XAddr><tt:StreamingCapabilities>` +
    '<tt:RTPMulticast>false</tt:RTPMulticast><tt:RTP_TCP>true</tt:RTP_TCP><tt:RTP_RTSP_TCP>true</tt:RTP_RTSP_TCP>' +
    `</tt:StreamingCapabilities></tt:Media>${ptz}</tds:Capabilities></tds:GetCapabilitiesResponse>`
  )
}

/** The scopes of discovery, too: the name of the camera is one of them. */
export function scopesOf(camera: OnvifCamera): string[] {
  const kind = camera.camera.ptz ? 'ptz' : 'video_encoder'
  return [
    'onvif://www.onvif.org/Profile/Streaming',
    `onvif://www.onvif.org/type/${kind}`,
    `onvif://www.onvif.org/hardware/${camera.camera.ptz ? 'VSC-P1' : 'VSC-F1'}`,
    `onvif://www.onvif.org/name/${encodeURIComponent(camera.camera.name)}`,
  ]
}

export function scopes(camera: OnvifCamera): string {
  const list = scopesOf(camera).map(
    (scope) =>
      `<tds:Scopes><tt:ScopeDef>Fixed</tt:ScopeDef><tt:ScopeItem>${escapeXml(scope)}</tt:ScopeItem></tds:Scopes>`,
  )
  return `<tds:GetScopesResponse>${list.join('')}</tds:GetScopesResponse>`
}

export function hostname(camera: OnvifCamera): string {
  return (
    '<tds:GetHostnameResponse><tds:HostnameInformation><tt:FromDHCP>false</tt:FromDHCP>' +
    `<tt:Name>${escapeXml(camera.camera.id)}</tt:Name></tds:HostnameInformation></tds:GetHostnameResponse>`
  )
}

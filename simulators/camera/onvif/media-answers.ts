import { FRAMES_PER_SECOND, type Clip } from '../clip.ts'
import type { OnvifCamera } from './onvif-camera.ts'
import { escapeXml } from './soap.ts'

/** The media service (ONVIF media specification): two profiles, main and sub, one video source. */

export const PROFILES = ['main', 'sub'] as const
export type ProfileName = (typeof PROFILES)[number]

export function profileOf(token: string | null): ProfileName | null {
  return PROFILES.find((name) => token === `profile-${name}`) ?? null
}

function resolution(clip: Clip): string {
  const { widthPx, heightPx } = clip.stream
  return `<tt:Resolution><tt:Width>${widthPx}</tt:Width><tt:Height>${heightPx}</tt:Height></tt:Resolution>`
}

const UNUSED_MULTICAST =
  '<tt:Multicast><tt:Address><tt:Type>IPv4</tt:Type><tt:IPv4Address>0.0.0.0</tt:IPv4Address></tt:Address>' +
  '<tt:Port>0</tt:Port><tt:TTL>1</tt:TTL><tt:AutoStart>false</tt:AutoStart></tt:Multicast>'

function encoder(name: ProfileName, clip: Clip): string {
  return (
    `<tt:Name>encoder-${name}</tt:Name><tt:UseCount>1</tt:UseCount><tt:Encoding>H264</tt:Encoding>${resolution(clip)}` +
    '<tt:Quality>4</tt:Quality><tt:RateControl>' +
    `<tt:FrameRateLimit>${FRAMES_PER_SECOND}</tt:FrameRateLimit><tt:EncodingInterval>1</tt:EncodingInterval>` +
    `<tt:BitrateLimit>${Math.ceil(clip.bitrateBps / 1000)}</tt:BitrateLimit></tt:RateControl>` +
    `<tt:H264><tt:GovLength>${FRAMES_PER_SECOND}</tt:GovLength><tt:H264Profile>Baseline</tt:H264Profile></tt:H264>` +
    `${UNUSED_MULTICAST}<tt:SessionTimeout>PT60S</tt:SessionTimeout>`
  )
}

function source(clip: Clip): string {
  const { widthPx, heightPx } = clip.stream
  return (
    '<tt:VideoSourceConfiguration token="source-config"><tt:Name>source</tt:Name><tt:UseCount>2</tt:UseCount>' +
    '<tt:SourceToken>video-source</tt:SourceToken>' +
    `<tt:Bounds x="0" y="0" width="${widthPx}" height="${heightPx}"/></tt:VideoSourceConfiguration>`
  )
}

const PTZ_CONFIGURATION =
  '<tt:PTZConfiguration token="ptz-config"><tt:Name>ptz</tt:Name><tt:UseCount>2</tt:UseCount>' +
  '<tt:NodeToken>ptz-node</tt:NodeToken><tt:DefaultPTZTimeout>PT10S</tt:DefaultPTZTimeout></tt:PTZConfiguration>'

export function profiles(camera: OnvifCamera): string {
  const { scene } = camera
  const list = PROFILES.map(
    (name) =>
      `<trt:Profiles token="profile-${name}" fixed="true"><tt:Name>${name}</tt:Name>${source(scene.main)}` +
      `<tt:VideoEncoderConfiguration token="encoder-${name}">${encoder(name, scene[name])}</tt:VideoEncoderConfiguration>` +
      `${camera.camera.ptz ? PTZ_CONFIGURATION : ''}</trt:Profiles>`,
  )
  return `<trt:GetProfilesResponse>${list.join('')}</trt:GetProfilesResponse>`
}

export function videoSources(camera: OnvifCamera): string {
  return (
    '<trt:GetVideoSourcesResponse><trt:VideoSources token="video-source">' +
    `<tt:Framerate>${FRAMES_PER_SECOND}</tt:Framerate>${resolution(camera.scene.main)}` +
    '</trt:VideoSources></trt:GetVideoSourcesResponse>'
  )
}

export function videoEncoderConfigurations(camera: OnvifCamera): string {
  const list = PROFILES.map(
    (name) => `<trt:Configurations token="encoder-${name}">${encoder(name, camera.scene[name])}</trt:Configurations>`,
  )
  return `<trt:GetVideoEncoderConfigurationsResponse>${list.join('')}</trt:GetVideoEncoderConfigurationsResponse>`
}

/** @param action `GetStreamUri` or `GetSnapshotUri` */
export function mediaUri(action: string, uri: string): string {
  return (
    `<trt:${action}Response><trt:MediaUri><tt:Uri>${escapeXml(uri)}</tt:Uri>` +
    '<tt:InvalidAfterConnect>false</tt:InvalidAfterConnect><tt:InvalidAfterReboot>false</tt:InvalidAfterReboot>' +
    `<tt:Timeout>PT0S</tt:Timeout></trt:MediaUri></trt:${action}Response>`
  )
}

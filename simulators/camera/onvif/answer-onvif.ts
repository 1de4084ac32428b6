import { capabilities, deviceInformation, hostname, scopes, services, systemDateAndTime } from './device-answers.ts'
import { mediaUri, profileOf, profiles, videoEncoderConfigurations, videoSources } from './media-answers.ts'
import type { OnvifCamera } from './onvif-camera.ts'
import { answerPtz } from './ptz-answers.ts'
import { EVENT_PROPERTIES, type PullPoints } from './pull-points.ts'
import { NO_PROFILE, NOT_SUPPORTED, textOf, type SoapFault } from './soap.ts'

export interface OnvifQuestion {
  action: string
  xml: string
  camera: OnvifCamera
  /** `http://host:port/{cameraId}/onvif` as the asker reached us. */
  base: string
  /** `rtsp://host:port/cam/{cameraId}` */
  rtspBase: string
  subscriptionId: string | null
  pullPoints: PullPoints
  nowMs: number
}

/** Body of the answer, or the fault. Actions have different names in all services, so one table is enough. */
export async function answerOnvif(question: OnvifQuestion): Promise<string | SoapFault> {
  const { action, xml, camera, base, rtspBase, subscriptionId, pullPoints } = question
  switch (action) {
    case 'GetSystemDateAndTime':
      return systemDateAndTime(question.nowMs)
    case 'GetDeviceInformation':
      return deviceInformation(camera)
    case 'GetServices':
      return services(camera, base)
    case 'GetCapabilities':
      return capabilities(camera, base)
    case 'GetScopes':
      return scopes(camera)
    case 'GetHostname':
      return hostname(camera)
    case 'GetProfiles':
      return profiles(camera)
    case 'GetVideoSources':
      return videoSources(camera)
    case 'GetVideoEncoderConfigurations':
      return videoEncoderConfigurations(camera)
    case 'GetStreamUri': {
      const profile = profileOf(textOf(xml, 'ProfileToken'))
      return profile ? mediaUri(action, `${rtspBase}/${profile}`) : NO_PROFILE
    }
    case 'GetSnapshotUri':
      return camera.scene.picture ? mediaUri(action, `${base.replace(/\/onvif$/, '')}/snapshot.jpg`) : NOT_SUPPORTED
    case 'GetEventProperties':
      return EVENT_PROPERTIES
    case 'CreatePullPointSubscription':
      return pullPoints.create(camera.camera.id, base, xml)
    case 'PullMessages':
      return pullPoints.pull(subscriptionId ?? '', xml)
    case 'SetSynchronizationPoint':
      return pullPoints.synchronise(subscriptionId ?? '')
    case 'Renew':
      return pullPoints.renew(subscriptionId ?? '', xml)
    case 'Unsubscribe':
      return pullPoints.unsubscribe(subscriptionId ?? '')
    default:
      return (camera.camera.ptz ? answerPtz(action, xml, camera, question.nowMs) : null) ?? NOT_SUPPORTED
  }
}

import { allOf, firstOf, type XmlElement } from './xml-tree.ts'

export const CAMERA_EVENT_KINDS = ['motion', 'tamper', 'video-loss', 'digital-input'] as const
export type CameraEventKind = (typeof CAMERA_EVENT_KINDS)[number]

/** A property of the camera that holds from now on, or does not. */
export interface CameraEvent {
  kind: CameraEventKind
  /** Which input, region or rule of the camera; one camera may tell of several. */
  source: string
  isActive: boolean
}

/** A name that a camera has made up ends here. */
const SOURCE_MAX = 80

/** Parts of a topic's path, lower case, without prefixes. The first that fits counts; from the ONVIF topic set and what makers do beside it. */
const TOPICS: readonly [RegExp, CameraEventKind][] = [
  [/digitalinput|trigger\/(relay)?input|alarmin/, 'digital-input'],
  [/signalloss|videoloss|signaltoolow/, 'video-loss'],
  [/tamper|globalscenechange|imagetoo(dark|bright|blurry)|shelter|occlusion/, 'tamper'],
  [/motion/, 'motion'],
]

/** As ONVIF names the datum of these properties; anything else that reads as yes or no serves too. */
const YES = /^(true|1|active|on|yes)$/i
const NO = /^(false|0|inactive|off|no)$/i

/**
 * What an answer to PullMessages tells (ONVIF core specification §9.4.4).
 * @returns the events in order, and how many notifications say something else
 */
export function readNotifications(answer: XmlElement): { events: CameraEvent[]; other: number } {
  const events: CameraEvent[] = []
  let other = 0
  for (const notification of allOf(answer, 'NotificationMessage')) {
    const event = readNotification(notification)
    if (event) events.push(event)
    else other++
  }
  return { events, other }
}

function readNotification(notification: XmlElement): CameraEvent | null {
  const path = (firstOf(notification, 'Topic')?.text ?? '')
    .trim()
    .split('/')
    .map((part) => part.slice(part.indexOf(':') + 1))
    .join('/')
    .toLowerCase()
  const [, kind] = TOPICS.find(([topic]) => topic.test(path)) ?? []
  // The outer Message is of WS-Notification, the inner one of ONVIF.
  const outer = firstOf(notification, 'Message')
  const message = outer ? (firstOf(outer, 'Message') ?? outer) : null
  if (!kind || !message) return null
  const data = itemsOf(message, 'Data')
  const isDeleted = message.attributes.get('PropertyOperation') === 'Deleted'
  const value = data.map(([, text]) => text).find((text) => YES.test(text) || NO.test(text))
  if (!isDeleted && value === undefined) return null
  const source = itemsOf(message, 'Source').map(([, text]) => text)
  // A dark picture and a covered one are two states of one camera.
  const name = kind === 'tamper' ? [path.split('/')[1] ?? path, ...source] : source
  return { kind, source: name.join(' ').slice(0, SOURCE_MAX), isActive: !isDeleted && YES.test(value!) }
}

function itemsOf(message: XmlElement, part: 'Source' | 'Data'): [string, string][] {
  const holder = message.children.find((child) => child.name === part)
  return (holder?.children ?? [])
    .filter((child) => child.name === 'SimpleItem')
    .map((item) => [item.attributes.get('Name') ?? '', item.attributes.get('Value') ?? ''])
}

import { countOddity } from '../data/centre.ts'
import { Observable } from '../data/observable.ts'

/** `none`: plain HTTP, or a browser that has no such thing. */
export type NoticeState = 'none' | 'asking' | 'on' | 'denied'

export interface Notice {
  /** One of a kind stands on the phone: an order, a word of the centre, an order's end. */
  tag: string
  title: string
  body: string
  /** Stays until it is touched, and shakes the phone. */
  isUrgent: boolean
}

const PREFIX = 'vigil-'
const VIBRATION_MS = [500, 150, 500, 150, 500]

/**
 * Tells the crew on the phone's own screen what has come while this page was in the background, through its service worker. The page must
 * still be running: a phone that has frozen or closed it is told nothing, because no push service of a stranger stands behind it.
 */
export class PhoneNotice {
  readonly state = new Observable<NoticeState>(presentState())
  readonly #shown = new Set<string>()

  /** Within a tap: browsers ask nobody who did not touch the page. */
  async ask(): Promise<void> {
    if (this.state.get() !== 'asking') return
    try {
      await Notification.requestPermission()
    } catch (error) {
      countOddity('notice-refused', error)
    }
    this.state.set(presentState())
  }

  /** Only while nobody looks at the page. Never throws: a notice that fails must not stop an order. */
  async tell(notice: Notice): Promise<void> {
    if (document.visibilityState === 'visible' || this.state.get() !== 'on') return
    try {
      const registration = await navigator.serviceWorker.ready
      const options: NotificationOptions & { renotify: boolean; vibrate: number[] } = {
        body: notice.body,
        tag: PREFIX + notice.tag,
        renotify: true,
        requireInteraction: notice.isUrgent,
        vibrate: notice.isUrgent ? VIBRATION_MS : [],
        icon: './patrol-192.png',
        badge: './patrol-192.png',
      }
      await registration.showNotification(notice.title, options)
      this.#shown.add(notice.tag)
    } catch (error) {
      countOddity('notice-failed', error)
    }
  }

  /** What was told is seen or over. @param tag absent: all of this crew */
  async clear(tag?: string): Promise<void> {
    if (this.#shown.size === 0 || (tag !== undefined && !this.#shown.has(tag))) return
    try {
      const registration = await navigator.serviceWorker.ready
      for (const one of await registration.getNotifications()) {
        if (tag === undefined ? one.tag.startsWith(PREFIX) : one.tag === PREFIX + tag) one.close()
      }
      if (tag === undefined) this.#shown.clear()
      else this.#shown.delete(tag)
    } catch (error) {
      countOddity('notice-failed', error)
    }
  }
}

function presentState(): NoticeState {
  if (!isSecureContext || !('Notification' in globalThis) || !('serviceWorker' in navigator)) return 'none'
  const { permission } = Notification
  return permission === 'granted' ? 'on' : permission === 'denied' ? 'denied' : 'asking'
}

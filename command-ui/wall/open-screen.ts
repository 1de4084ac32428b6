import { countOddity } from '../data/centre.ts'

interface ScreenPlace {
  availLeft: number
  availTop: number
  availWidth: number
  availHeight: number
}
/** Window Management (W3C), where the browser offers it: Chromium over HTTPS or on localhost. */
interface ManagedWindow extends Window {
  getScreenDetails?: () => Promise<{ screens: ScreenPlace[]; currentScreen: ScreenPlace }>
}

/** @returns the address of the wall of another monitor; it can also be typed or kept as a bookmark */
export function screenAddress(screen: number): string {
  return `${location.pathname}#/wall?screen=${screen}`
}

/**
 * Opens the wall of another monitor in a window of its own, on that monitor where the browser lets us place it.
 * @returns false when the browser has refused to open a window
 */
export async function openScreen(screen: number): Promise<boolean> {
  const place = await otherMonitor(screen)
  const features = place
    ? `popup,left=${place.availLeft},top=${place.availTop},width=${place.availWidth},height=${place.availHeight}`
    : 'popup,width=1600,height=900'
  // The same name again brings the window to the front instead of a second one with the same wall.
  return window.open(screenAddress(screen), `vigil-wall-${screen}`, features) !== null
}

async function otherMonitor(screen: number): Promise<ScreenPlace | null> {
  const { getScreenDetails } = window as ManagedWindow
  if (!getScreenDetails) return null
  try {
    const { screens, currentScreen } = await getScreenDetails.call(window)
    const others = screens.filter((one) => one !== currentScreen)
    return others[screen - 2] ?? others[0] ?? null
  } catch (error) {
    // The officer said no: the window opens where the browser puts it.
    countOddity('screens-refused', error)
    return null
  }
}

import { countOddity } from '../data/centre.ts'
import { clock } from '../data/clock.ts'
import { Observable } from '../data/observable.ts'

export type Light = 'day' | 'night'
const KEY = 'vigil.crew-light'
const DAY_FROM_HOUR = 6
const NIGHT_FROM_HOUR = 19
const LOOK_EVERY_MS = 60_000

/** What the hour and the phone's own setting say: a phone that is set to dark is at night, also by day. */
export function lightBy(hour: number, prefersDark: boolean): Light {
  return prefersDark || hour < DAY_FROM_HOUR || hour >= NIGHT_FROM_HOUR ? 'night' : 'day'
}

function automatic(): Light {
  return lightBy(new Date(clock.deviceMs()).getHours(), matchMedia('(prefers-color-scheme: dark)').matches)
}

function chosen(): Light | null {
  try {
    const kept = localStorage.getItem(KEY)
    return kept === 'day' || kept === 'night' ? kept : null
  } catch (error) {
    countOddity('storage-refused', error)
    return null
  }
}

export const light = new Observable<Light>(chosen() ?? automatic())

/** To the other one; back to what is automatic ends the choice. */
export function switchLight(): void {
  const next: Light = light.get() === 'day' ? 'night' : 'day'
  light.set(next)
  try {
    if (next === automatic()) localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, next)
  } catch (error) {
    countOddity('storage-refused', error)
  }
}

/** Follows the evening and the phone's setting. Returns what ends it. */
export function watchLight(): () => void {
  const look = () => light.set(chosen() ?? automatic())
  const setting = matchMedia('(prefers-color-scheme: dark)')
  setting.addEventListener('change', look)
  const timer = setInterval(look, LOOK_EVERY_MS)
  return () => {
    setting.removeEventListener('change', look)
    clearInterval(timer)
  }
}

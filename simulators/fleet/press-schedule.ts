import type { Log } from '../../domain/log.ts'
import type { Fleet } from './fleet.ts'

/** The first press comes this soon, so that somebody who has just started the demo sees one. */
const FIRST_AFTER_S = 60

/**
 * Presses one button after another, now and then a taxi's foot switch, as long as the centre closes what it gets: while the
 * last alarm of the schedule is open nothing new is pressed.
 * @param everyS seconds between presses; 0: none
 * @returns stops the schedule
 */
export function startPressSchedule(fleet: Fleet, everyS: number, random: () => number, log: Log): () => void {
  if (everyS === 0 || fleet.buttons.length === 0) return () => {}
  let presses = 0
  let last: { light: unknown } | null = null
  const press = () => {
    if (last && last.light !== 'closed' && last.light !== null) return
    presses++
    const taxi = presses % 4 === 0 ? fleet.taxis[Math.floor(random() * fleet.taxis.length)] : undefined
    if (taxi) {
      taxi.press()
      log.info('a taxi driver steps on the switch', { device: taxi.link.id })
      return
    }
    const button = fleet.buttons[Math.floor(random() * fleet.buttons.length)]!
    button.press()
    last = button
    log.info('a button is pressed', { device: button.link.id })
  }
  const first = setTimeout(press, Math.min(FIRST_AFTER_S, everyS) * 1000)
  const timer = setInterval(press, everyS * 1000)
  return () => {
    clearTimeout(first)
    clearInterval(timer)
  }
}

import { useCallback, useEffect, useRef } from 'react'
import { isTyping } from '../desk/attention.ts'

/**
 * Keys of a page, before the desk's own, and only while no field and no button has the focus: on the wall arrows walk the pictures and not the
 * patrols.
 * @param press true when the key was one of the page's
 */
export function usePageKeys(area: React.RefObject<HTMLElement | null>, press: (event: KeyboardEvent) => boolean): void {
  const latest = useRef(press)
  useEffect(() => {
    latest.current = press
  })
  const listen = useCallback(
    (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
      if (isTyping()) return
      const active = document.activeElement
      const isOurs = active === null || active === document.body || area.current?.contains(active)
      if (!isOurs || active instanceof HTMLButtonElement) return
      if (!latest.current(event)) return
      event.preventDefault()
      event.stopPropagation()
    },
    [area],
  )
  useEffect(() => {
    addEventListener('keydown', listen, true)
    return () => removeEventListener('keydown', listen, true)
  }, [listen])
}

import { useEffect, useState, type RefObject } from 'react'

/** A look at another tab for a moment must not cost nine reconnects; after this nobody is looking. */
const HIDDEN_AFTER_MS = 15_000

/** False when the element is scrolled away, or the page has been in the background for a while: then pictures may rest. */
export function useOnScreen(element: RefObject<Element | null>): boolean {
  const [isInView, setInView] = useState(true)
  const [isPageSeen, setPageSeen] = useState(true)
  useEffect(() => {
    if (!element.current) return
    const observer = new IntersectionObserver((entries) => setInView(entries.at(-1)?.isIntersecting ?? true))
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [element])
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const follow = () => {
      clearTimeout(timer)
      if (document.hidden) timer = setTimeout(() => setPageSeen(false), HIDDEN_AFTER_MS)
      else setPageSeen(true)
    }
    document.addEventListener('visibilitychange', follow)
    return () => {
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', follow)
    }
  }, [])
  return isInView && isPageSeen
}

import { useState } from 'react'
import './fold.css'

/** A quiet part of a panel that opens on demand; the browser's own disclosure, so that keys and readers know it. */
export function Fold({
  summary,
  open = false,
  children,
}: {
  summary: React.ReactNode
  open?: boolean
  children: React.ReactNode
}) {
  return (
    <details className="fold" open={open}>
      <summary>{summary}</summary>
      {children}
    </details>
  )
}

/** The same for what costs something while it is there (a player, requests): it exists only while it is open. */
export function LazyFold({ summary, children }: { summary: React.ReactNode; children: React.ReactNode }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details className="fold" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{summary}</summary>
      {isOpen && children}
    </details>
  )
}

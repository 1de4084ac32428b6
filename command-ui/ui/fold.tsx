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

/** Drawn here, because a control room computer may have no font with such signs. Size follows the text. */

const SPEAKER = 'M3 6h3l4-3.5v11L6 10H3z'

export function SpeakerIcon({ isOn }: { isOn: boolean }) {
  return (
    <svg className="mark" viewBox="0 0 16 16" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="1.5">
      <path d={SPEAKER} fill="currentColor" stroke="none" />
      <path d={isOn ? 'M12 5.5a3.5 3.5 0 0 1 0 5M13.5 3.5a6.5 6.5 0 0 1 0 9' : 'M12 6l3.5 4M15.5 6L12 10'} />
    </svg>
  )
}

export function LockIcon() {
  return (
    <svg className="mark" viewBox="0 0 16 16" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="1.5">
      <rect x="3" y="7" width="10" height="7" rx="1" fill="currentColor" stroke="none" />
      <path d="M5.5 7V5a2.5 2.5 0 0 1 5 0v2" />
    </svg>
  )
}

export function WarningIcon() {
  return (
    <svg className="mark" viewBox="0 0 16 16" aria-hidden="true">
      <path d="M8 1l7.5 14H.5z" fill="currentColor" />
      <path d="M7.2 6h1.600v5H7.200zm0 6h1.600v1.600H7.200z" fill="#b02225" />
    </svg>
  )
}

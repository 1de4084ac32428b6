import { Component } from 'react'
import { countOddity } from '../data/centre.ts'
import { text } from '../i18n/language.ts'

interface Props {
  label: string
  /** Shown instead of the default words. */
  fallback?: React.ReactNode
  children: React.ReactNode
}

/** One broken view must not take the siren and the alarm stack with it. */
export class ErrorFence extends Component<Props, { isBroken: boolean }> {
  override state = { isBroken: false }

  static getDerivedStateFromError() {
    return { isBroken: true }
  }

  override componentDidCatch(error: unknown) {
    countOddity(`view-failed: ${this.props.label}`, error)
  }

  override render() {
    if (!this.state.isBroken) return this.props.children
    if (this.props.fallback !== undefined) return this.props.fallback
    return (
      <div className="centre-words">
        <p>{text().page.failed}</p>
        <button type="button" onClick={() => this.setState({ isBroken: false })}>
          {text().app.reload}
        </button>
      </div>
    )
  }
}

// Shared shapes first: what a component adds beside itself comes after them.
import './theme.css'
import './ui/panel.css'
import './ui/rows.css'
import './ui/tabs.css'
import './ui/forms.css'
import './ui/card.css'
import './ui/facts.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { language } from './i18n/language.ts'

document.documentElement.lang = language.get()
const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)

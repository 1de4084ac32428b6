import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { language } from './i18n/language.ts'
import './theme.css'
import './ui/ui.css'
import './desk/desk.css'

document.documentElement.lang = language.get()
const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)

import { store } from '../data/centre.ts'
import { useObservable } from '../data/use-store.ts'
import { useText } from '../i18n/language.ts'
import { PageFrame } from '../pages/page-frame.tsx'
import { goTo, route } from '../route.ts'
import '../ui/tabs.css'
import { CentreSettingsTab } from './centre-settings-tab.tsx'
import { OwnSettings } from './own-settings.tsx'
import { useSettingsText } from './settings-words.ts'
import { UsersTab } from './users-tab.tsx'
import './settings-page.css'

const TABS = ['own', 'centre', 'users'] as const

/** What is set: one's own, the centre's, and who may do what. `#/settings/users` is a place of its own. */
export function SettingsPage() {
  const t = useText()
  const w = useSettingsText()
  const me = useObservable(store.me)
  const { id } = useObservable(route)
  const tab = TABS.find((one) => one === id) ?? 'own'
  return (
    <PageFrame
      heading={t.settings.heading}
      tools={
        <div className="segmented" role="tablist" aria-label={w.tabs.label}>
          {TABS.map((one) => (
            <button
              key={one}
              type="button"
              role="tab"
              id={`settings-${one}`}
              aria-selected={one === tab}
              aria-controls="settings-body"
              onClick={() => goTo('settings', one)}
            >
              {w.tabs[one]}
            </button>
          ))}
        </div>
      }
    >
      <div role="tabpanel" id="settings-body" aria-labelledby={`settings-${tab}`} data-settings={tab}>
        {tab === 'own' && <OwnSettings />}
        {tab === 'centre' && <CentreSettingsTab />}
        {tab === 'users' && me && <UsersTab me={me} />}
      </div>
    </PageFrame>
  )
}

import { useMemo } from 'react'
import { store } from '../data/centre.ts'
import { useAll, useObservable } from '../data/use-store.ts'
import { language } from '../i18n/language.ts'
import { nameIn } from '../ui/names.ts'
import { KEEP, NONE, TYPED, type FieldName } from './bulk-fields.ts'
import { useManyText } from './many-words.ts'
import type { RegisterName } from './register-api.ts'

interface Field {
  choice: string
  typed: string
}

const NUMBERS = { supervision: { min: 60, max: 604_800 }, recordDays: { min: 1, max: 3650 } } as const
const KNOWN_PLACES = 'known-jurisdictions'

/** One line of the bulk form: "leave as it is" until something is chosen, and a field beside it where something must be typed. */
export function BulkField({
  register,
  name,
  field,
  onChange,
}: {
  register: RegisterName
  name: FieldName
  field: Field
  onChange: (field: Field) => void
}) {
  const t = useManyText().bulk
  const options = useOptions(register, name)
  const label = t[name]
  return (
    <div className="bulk-field" data-field={name}>
      <label>
        <span>{label}</span>
        <select
          name={name}
          value={field.choice}
          className={field.choice === KEEP ? 'dim' : ''}
          onChange={(event) => onChange({ ...field, choice: event.target.value })}
        >
          <option value={KEEP}>{t.keep}</option>
          {options.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      </label>
      {field.choice === TYPED && (
        <TypedValue name={name} label={label} value={field.typed} onChange={(typed) => onChange({ ...field, typed })} />
      )}
    </div>
  )
}

function useOptions(register: RegisterName, name: FieldName): readonly (readonly [string, string])[] {
  const t = useManyText().bulk
  const lang = useObservable(language)
  const sites = useAll(store.sites)
  return useMemo(() => {
    switch (name) {
      case 'site': {
        const named = sites.map((site) => [site.id, nameIn(lang, site)] as const)
        return [[NONE, t.noSite], ...named.sort(([, a], [, b]) => a.localeCompare(b, 'zh'))]
      }
      case 'jurisdiction':
        // A site inherits from nobody.
        return [
          [NONE, register === 'sites' ? t.shared : t.inherit],
          [TYPED, t.setTo],
        ]
      case 'power':
        return Object.entries(t.powerOf)
      case 'supervision':
        return [
          [NONE, t.byKind],
          [TYPED, t.setTo],
        ]
      case 'recordDays':
        return [[TYPED, t.setTo]]
      case 'enabled':
      case 'warm':
      case 'audio':
        return [
          ['yes', t.yes],
          ['no', t.no],
        ]
      default: {
        const never: never = name
        throw new Error(`unknown field ${String(never)}`)
      }
    }
  }, [register, name, sites, lang, t])
}

function TypedValue({
  name,
  label,
  value,
  onChange,
}: {
  name: FieldName
  label: string
  value: string
  onChange: (value: string) => void
}) {
  const t = useManyText().bulk
  if (name === 'supervision' || name === 'recordDays') {
    return (
      <label>
        <span className="sr-only">{label}</span>
        <input
          type="number"
          required
          {...NUMBERS[name]}
          step={1}
          placeholder={name === 'recordDays' ? t.days : t.seconds}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      </label>
    )
  }
  return (
    <label>
      <span className="sr-only">{label}</span>
      <input
        required
        maxLength={200}
        pattern="[^\/\s][^\/]*(\/[^\/\s][^\/]*)*"
        title={t.jurisdictionHint}
        list={KNOWN_PLACES}
        placeholder={t.jurisdictionHint}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <KnownPlaces />
    </label>
  )
}

/** What is in use somewhere; another path may be typed all the same. */
function KnownPlaces() {
  const [sites, devices, cameras] = [useAll(store.sites), useAll(store.devices), useAll(store.cameras)]
  const paths = useMemo(
    () => [...new Set([...sites, ...devices, ...cameras].flatMap(({ jurisdiction }) => jurisdiction || []))].sort(),
    [sites, devices, cameras],
  )
  return (
    <datalist id={KNOWN_PLACES}>
      {paths.map((path) => (
        <option key={path} value={path} />
      ))}
    </datalist>
  )
}

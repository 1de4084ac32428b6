import { useState } from 'react'
import type { WallLayout } from '../../domain/wall.ts'
import { useObservable } from '../data/use-store.ts'
import { useText } from '../i18n/language.ts'
import type { Wall } from './wall-cells.ts'
import { changeLayouts, layouts } from './wall-layouts.ts'

/** Named layouts: one is shown by choosing it, the present one is kept under a name, the same name replaces. */
export function LayoutChoice({ wall, onShow }: { wall: Wall; onShow: (layout: WallLayout) => void }) {
  const t = useText()
  const saved = useObservable(layouts)?.layouts ?? []
  const [isNaming, setNaming] = useState(false)
  const [name, setName] = useState('')
  const [chosen, setChosen] = useState('')
  const save = () => {
    const kept: WallLayout = { name: name.trim(), tiles: wall.tiles, cameraIds: wall.cameraIds.slice(0, wall.tiles) }
    changeLayouts((now) => ({
      ...now,
      layouts: [...now.layouts.filter((one) => one.name !== kept.name), kept],
    }))
    setChosen(kept.name)
    setNaming(false)
  }
  const show = (wanted: string) => {
    setChosen(wanted)
    const layout = saved.find((one) => one.name === wanted)
    if (layout) onShow(layout)
  }
  const remove = () => {
    changeLayouts((now) => ({ ...now, layouts: now.layouts.filter((one) => one.name !== chosen) }))
    setChosen('')
  }
  if (isNaming) {
    return (
      <form
        className="wall-form"
        data-own-keys
        onSubmit={(event) => {
          event.preventDefault()
          save()
        }}
        onKeyDown={(event) => event.key === 'Escape' && setNaming(false)}
      >
        <input
          autoFocus
          required
          maxLength={40}
          value={name}
          placeholder={t.wall.name}
          aria-label={t.wall.name}
          onChange={(event) => setName(event.target.value)}
        />
        <button type="submit" className="primary" disabled={name.trim() === ''}>
          {t.wall.save}
        </button>
        <button type="button" onClick={() => setNaming(false)}>
          {t.action.cancel}
        </button>
      </form>
    )
  }
  return (
    <div className="wall-choice">
      <select value={chosen} aria-label={t.wall.saved} onChange={(event) => show(event.target.value)}>
        <option value="">{saved.length === 0 ? t.wall.nothingSaved : t.wall.chooseSaved}</option>
        {saved.map((layout) => (
          <option key={layout.name} value={layout.name}>
            {layout.name} · {layout.tiles}
          </option>
        ))}
      </select>
      <button
        type="button"
        onClick={() => {
          setName(chosen)
          setNaming(true)
        }}
      >
        {t.wall.save}
      </button>
      {chosen !== '' && (
        <button type="button" className="quiet" onClick={remove} aria-label={t.wall.remove(chosen)}>
          {t.wall.removeShort}
        </button>
      )}
    </div>
  )
}

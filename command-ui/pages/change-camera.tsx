import { useEffect, useRef, useState } from 'react'
import type { Camera, CameraPatch } from '../../domain/camera.ts'
import { api } from '../data/api.ts'
import { say } from '../desk/actions.ts'
import { useText } from '../i18n/language.ts'
import { WrongLine } from '../ui/wrong-line.tsx'
import './camera-form.css'
import {
  Check,
  EventsField,
  FactFields,
  factsOf,
  SourceFields,
  sourceOf,
  type CameraFacts,
  type ServicePlace,
} from './camera-fields.tsx'
import { useCameraSubmit } from './use-camera-submit.ts'

/**
 * Everything that can be typed of a camera. Only what was changed is sent, so that two officers do not undo each other; a changed source is
 * tried before it is stored.
 */
export function ChangeCamera({ camera, onDone }: { camera: Camera; onDone: () => void }) {
  const t = useText()
  const c = t.cameras
  const formRef = useRef<HTMLFormElement>(null)
  const [before, setBefore] = useState<FormData | null>(null)
  useEffect(() => setBefore(formRef.current && new FormData(formRef.current)), [])
  const { kind } = camera.source
  const { wrong, isBusy, mayForce, submit } = useCameraSubmit(async (form, isForced) => {
    const patch = before ? patchOf(before, form, kind) : {}
    if (Object.keys(patch).length > 0) {
      const { name } = await api.changeCamera(camera.id, patch, isForced)
      say(c.changed(name))
    }
    onDone()
  })
  return (
    <form ref={formRef} className="stacked camera-form" data-form="camera" onSubmit={submit}>
      <h2>{camera.name}</h2>
      <FactFields camera={camera} />
      {kind === 'onvif' && <EventsField use={camera.events ?? 'faults'} />}
      <Check name="enabled" label={c.enabledLabel} isOn={camera.enabled} />
      {kind !== 'push' && (
        <fieldset className="stacked">
          <legend>{c.columns.source}</legend>
          <SourceFields kind={kind} known={camera.source} service={serviceOf(camera.source.address)} />
          <p className="dim">{c.sourceHint}</p>
        </fieldset>
      )}
      <WrongLine words={wrong} />
      <div className="menu-buttons">
        <button type="submit" className="primary" disabled={isBusy}>
          {isBusy ? c.busy : c.save}
        </button>
        {mayForce && (
          <button type="submit" name="force" disabled={isBusy}>
            {c.saveAnyway}
          </button>
        )}
        <button type="button" onClick={onDone}>
          {t.action.cancel}
        </button>
      </div>
    </form>
  )
}

function patchOf(before: FormData, now: FormData, kind: Camera['source']['kind']): CameraPatch {
  const [old, facts] = [factsOf(before), factsOf(now)]
  const changed = (Object.keys(facts) as (keyof CameraFacts)[]).filter((key) => facts[key] !== old[key])
  const patch: CameraPatch = Object.fromEntries(changed.map((key) => [key, facts[key]]))
  const isEnabled = now.get('enabled') !== null
  if (isEnabled !== (before.get('enabled') !== null)) patch.enabled = isEnabled
  const source = sourceOf(now, kind)
  if (JSON.stringify(source) !== JSON.stringify(sourceOf(before, kind))) patch.source = source
  return patch
}

/** Of an ONVIF camera's address. */
function serviceOf(address: string): ServicePlace | null {
  if (!URL.canParse(address)) return null
  const { hostname, port, pathname } = new URL(address)
  return { host: hostname, port: Number(port || 80), path: pathname }
}

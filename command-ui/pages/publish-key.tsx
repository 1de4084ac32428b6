import { useState } from 'react'
import type { Camera, PushAddress } from '../../domain/camera.ts'
import { api } from '../data/api.ts'
import { asApiFault } from '../data/api-fault.ts'
import { faultSentence } from '../desk/fault-sentence.ts'
import { useText } from '../i18n/language.ts'
import { WrongLine } from '../ui/wrong-line.tsx'
import './issue-credential.css'

/** Where a body or vehicle camera pushes to, in the two fields that encoders have; shown once. The one before is dead from that moment. */
export function PublishKey({ camera }: { camera: Camera }) {
  const t = useText()
  const [issued, setIssued] = useState<PushAddress | null>(null)
  const [wrong, setWrong] = useState<string | null>(null)
  const issue = async () => {
    setWrong(null)
    try {
      setIssued(await api.issuePublishKey(camera.id))
    } catch (error) {
      setWrong(faultSentence(asApiFault(error)))
    }
  }
  return (
    <section className="stacked" data-publish-key-of={camera.id}>
      <p className="dim">{camera.source.address === '' ? t.cameras.push.none : t.cameras.push.sure}</p>
      <WrongLine words={wrong} />
      {issued ? (
        <>
          <p className="shortfall">▲ {t.cameras.push.once}</p>
          <dl className="facts credential">
            <div>
              <dt className="dim">{t.cameras.push.server}</dt>
              <dd>
                <code data-push-server>{issued.server}</code>
              </dd>
            </div>
            <div>
              <dt className="dim">{t.cameras.push.streamKey}</dt>
              <dd>
                <code data-push-key>{issued.streamKey}</code>
              </dd>
            </div>
          </dl>
        </>
      ) : (
        <button type="button" onClick={() => void issue()}>
          {t.cameras.push.issue}
        </button>
      )}
    </section>
  )
}

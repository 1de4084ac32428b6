import { useState, type SubmitEvent } from 'react'
import { asApiFault } from '../data/api-fault.ts'
import { useText } from '../i18n/language.ts'
import { cameraSentence } from './camera-sentence.ts'

/** What may be stored although the camera does not answer: it is being mounted. A wrong password or certificate is not stored by a second click. */
const FORCED: readonly string[] = ['camera-unreachable', 'camera-silent', 'streamer-away']

/** Sends a form about a camera and says why it was refused. @param send gets whether it shall be stored although the camera does not answer */
export function useCameraSubmit(send: (form: FormData, isForced: boolean) => Promise<void>) {
  const t = useText()
  const [wrong, setWrong] = useState<string | null>(null)
  const [mayForce, setMayForce] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const run = async (form: FormData, isForced: boolean) => {
    setBusy(true)
    setWrong(null)
    try {
      await send(form, isForced)
    } catch (error) {
      setWrong(cameraSentence(t, error))
      setMayForce(FORCED.includes(asApiFault(error).code))
    } finally {
      setBusy(false)
    }
  }
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const { submitter } = event.nativeEvent
    void run(new FormData(event.currentTarget), submitter?.getAttribute('name') === 'force')
  }
  return { wrong, mayForce, isBusy, submit }
}

/** What went wrong, in one sentence, where the officer is looking; nothing while nothing is wrong. */
export function WrongLine({ words }: { words: string | null }) {
  if (words === null || words === '') return null
  return (
    <p className="wrong" role="alert" data-fault>
      {words}
    </p>
  )
}

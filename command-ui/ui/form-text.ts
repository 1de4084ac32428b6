/** What was typed into a field of a form; '' when the field is not there. Passwords keep their spaces. */
export function formText(form: FormData, name: string): string {
  const value = form.get(name)
  return typeof value === 'string' ? value : ''
}

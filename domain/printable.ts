/** Control characters, and halves of a pair that stand alone. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/gu

/** What a device has said, for a sentence, a log and a column of text (PostgreSQL holds no NUL): each of these becomes U+FFFD. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, '\uFFFD')
}

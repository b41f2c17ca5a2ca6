import { redactText } from '@tidegate/trading-model'

// Control, zero-width, bidirectional, tag and variation characters: invisible, and able to hide or reorder instructions.
const invisible = new RegExp(
  [
    String.raw`\p{Cc}|\p{Cf}|\p{Co}|\p{Cs}|\u034f|\u115f|\u1160|\u17b4|\u17b5|\u2028|\u2029|\u3164|\uffa0`,
    String.raw`[\u180b-\u180f]|[\ufe00-\ufe0f]|[\u{e0100}-\u{e01ef}]`,
  ].join('|'),
  'gu',
)
const urlTail = /(https?:\/\/[^\s?#]+)[?#]\S*/gi

/**
 * Makes text that somebody else wrote (the venue, an exception) fit to be shown to a model: no invisible or
 * reordering characters, one line, no secrets, no query strings, at most `maxLength` characters.
 */
export function untrustedText(text: string, maxLength = 200): string {
  const plain = redactText(text.replace(/[\t\n\r\v\f\u0085]+/g, ' ').replace(invisible, ''))
    .replace(urlTail, '$1')
    .replace(/\s+/g, ' ')
    .trim()
  const points = Array.from(plain)
  return points.length > maxLength ? `${points.slice(0, maxLength - 1).join('')}…` : plain
}

/** A word from the venue's vocabulary (an id, a currency, a status): anything outside a plain word is dropped. */
export function venueWord(text: string, maxLength = 64): string {
  return text.replace(/[^A-Za-z0-9_.:-]/g, '').slice(0, maxLength)
}

/**
 * Text as every database of ours can keep it: NUL (which ends a text for one driver and is refused by PostgreSQL) and lone
 * surrogates (which have no UTF-8) become U+FFFD. Whatever is hashed is cleaned first, so it hashes the same when read back.
 */
export function cleanText(text: string): string {
  const wellFormed = loneSurrogate.test(text) ? Buffer.from(text, 'utf8').toString('utf8') : text
  return wellFormed.includes('\0') ? wellFormed.replaceAll('\0', '\uFFFD') : wellFormed
}

const loneSurrogate = /\p{Surrogate}/u

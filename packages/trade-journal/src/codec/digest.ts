import { createHash } from 'node:crypto'

/** SHA-256 of UTF-8 text, hex in lower case. */
export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex')
}

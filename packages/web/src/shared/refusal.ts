import { plainText } from './plain-text.js'
import { asRecord, asText, type Fields } from './read-fields.js'

/** Why there is no answer: sentence, then the next step; `undefined` when nothing was refused. */
export function refusalOf(content: Fields): readonly string[] | undefined {
  const error = asRecord(content['error'])
  if (Object.keys(error).length === 0) return undefined
  const code = plainText(error['code'], 60)
  const message = plainText(error['message'], 400) || 'It was refused.'
  const fix = plainText(asText(error['fix']) ?? content['next'], 600)
  return [code ? `${message} (${code})` : message, ...(fix ? [fix] : [])]
}

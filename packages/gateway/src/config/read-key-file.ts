import { ConfigError } from '@tidegate/trading-model'
import { z } from 'zod'

const keyFile = z.object({ name: z.string().min(1), privateKey: z.string().min(1) })

/**
 * Reads the JSON file that Coinbase hands out with a key: `{"name": "organizations/…", "privateKey": "-----BEGIN EC…"}`.
 *
 * @throws {ConfigError} `ERR_CONFIG_INVALID`; the text itself is never in the message.
 */
export function readKeyFile(text: string, name: string): { readonly name: string; readonly privateKey: string } {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    parsed = undefined
  }
  const result = keyFile.safeParse(parsed)
  if (result.success) return result.data
  throw new ConfigError('ERR_CONFIG_INVALID', `${name} is no Coinbase key file`, {
    hint: 'It must be JSON with the fields "name" and "privateKey"',
  })
}

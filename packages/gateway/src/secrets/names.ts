import { ConfigError, suggest } from '@tidegate/trading-model'

/** What a sealed file may hold: settings by their path. */
export const SECRET_NAMES = ['coinbase.api_key', 'coinbase.api_secret', 'store.url', 'alerts.webhook_url'] as const
export type SecretName = (typeof SECRET_NAMES)[number]

/** A key that is to take over; {@link promoteNext} gives it its place. */
export const NEXT = '.next'

/** @throws {ConfigError} `ERR_CONFIG_INVALID` with a suggestion. */
export function checkSecretName(name: string): SecretName {
  const found = SECRET_NAMES.find((known) => known === name)
  if (found) return found
  const meant = suggest(name, SECRET_NAMES)
  throw new ConfigError('ERR_CONFIG_INVALID', `there is no secret ${JSON.stringify(name.slice(0, 60))}`, {
    hint: meant === undefined ? `What there is: ${SECRET_NAMES.join(', ')}` : `Did you mean ${meant}?`,
  })
}

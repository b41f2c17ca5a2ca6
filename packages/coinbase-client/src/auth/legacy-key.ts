/**
 * Recognises keys of Coinbase's older interfaces, which sign with a shared secret (HMAC): Coinbase App's legacy keys of 16
 * characters, Exchange (formerly Pro) keys of 32 hex characters with a base64 secret, anything with a passphrase.
 *
 * @returns What kind of key it is, in words; `undefined` when it does not look like one.
 */
export function legacyKeyKind(keyName: string, secret: string, passphrase = ''): string | undefined {
  if (secret.includes('-----BEGIN')) return undefined
  const isCdpName = keyName.includes('/') || /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(keyName)
  if (passphrase !== '') return 'a key with a passphrase, as Coinbase Exchange (formerly Pro) has them'
  if (isCdpName) return undefined
  if (/^[0-9a-f]{32}$/i.test(keyName)) return 'a Coinbase Exchange (formerly Pro) key'
  if (/^[A-Za-z0-9]{16}$/.test(keyName)) return 'a legacy Coinbase App key'
  if (/^[A-Za-z0-9]{32}$/.test(secret)) return 'the secret of a legacy Coinbase App key'
  return undefined
}

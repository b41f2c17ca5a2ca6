import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { ConfigError } from '@tidegate/trading-model'
import { legacyKeyKind } from './legacy-key.js'

/** A CDP key ready to sign. The algorithm is that of the key itself, never guessed from a label. */
export interface CoinbaseKey {
  /** `organizations/{org}/apiKeys/{key}`, or the key's UUID. */
  readonly keyName: string
  readonly algorithm: 'ES256' | 'EdDSA'
  readonly privateKey: KeyObject
}

const ED25519_PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')
const NEEDED = 'paste the private key of a CDP key: an EC (P-256) PEM, or an Ed25519 secret in base64 or PEM'

/**
 * Reads a CDP key in any of the forms people have it: SEC1 or PKCS#8 PEM, PEM with escaped or lost newlines, in quotes,
 * Ed25519 as base64 (32 or 64 bytes) or PKCS#8, or the text of the downloaded JSON key file.
 *
 * @param keyName - May be empty when `secret` is a JSON key file, which carries the name.
 * @param passphrase - Whatever stands in a passphrase setting; CDP keys have none, so with a secret that is no PEM it gives
 * an older kind of key away.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` naming what was pasted instead (public key, certificate, wrong curve, …), or
 * `ERR_CONFIG_MISSING`. The message never contains any of the secret.
 */
export function parseCoinbaseKey(keyName: string, secret: string, passphrase = ''): CoinbaseKey {
  const text = unquote(secret)
  if (text === '') throw new ConfigError('ERR_CONFIG_MISSING', 'The Coinbase API secret is empty', { hint: NEEDED })
  if (text.startsWith('{')) return parseKeyFile(unquote(keyName), text, passphrase)
  const name = unquote(keyName)
  if (name === '') {
    throw new ConfigError('ERR_CONFIG_MISSING', 'The Coinbase API key name is empty', {
      hint: 'set it to the name of the CDP key, such as organizations/{org}/apiKeys/{key}',
    })
  }
  if (/-----BEGIN|\s/.test(name)) {
    throw invalid('The Coinbase API key name holds something else (a key or text with spaces)', 'swap name and secret')
  }
  const legacy = legacyKeyKind(name, text, passphrase.trim())
  if (legacy) {
    throw invalid(
      `This is ${legacy}; Advanced Trade takes CDP keys only, which sign with a private key`,
      'make a CDP key (ECDSA) in the Coinbase Developer Platform; older keys cannot be converted',
    )
  }
  const privateKey = text.includes('-----BEGIN') ? parsePem(text) : parseBase64(text)
  return { keyName: name, algorithm: algorithmOf(privateKey), privateKey }
}

function parseKeyFile(keyName: string, text: string, given: string): CoinbaseKey {
  let file: Record<string, unknown>
  try {
    file = JSON.parse(text) as Record<string, unknown>
  } catch {
    throw invalid('The Coinbase API secret looks like a JSON key file but is no JSON', 'download the key file again')
  }
  const name = file['name'] ?? file['id']
  const secret = file['privateKey'] ?? file['private_key']
  if (typeof name !== 'string' || typeof secret !== 'string' || secret.trimStart().startsWith('{')) {
    throw invalid('The Coinbase JSON key file has no "name" and "privateKey"', 'download the key file again')
  }
  if (keyName !== '' && keyName !== unquote(name)) {
    throw invalid('The Coinbase API key name differs from the name in the key file', 'leave the name out')
  }
  const passphrase = file['passphrase']
  return parseCoinbaseKey(name, secret, typeof passphrase === 'string' ? passphrase : given)
}

function parsePem(text: string): KeyObject {
  // Labels before bodies: an EC file may start with a block of curve parameters.
  const blocks = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/g)]
  const block = blocks.find(([, label]) => label?.endsWith('PRIVATE KEY'))
  if (!block) {
    const label = /-----BEGIN ([A-Z0-9 ]+)-----/.exec(text)?.[1] ?? 'unknown'
    if (label.endsWith('PRIVATE KEY')) throw invalid('The Coinbase API secret is a PEM without its end line', NEEDED)
    const kind = label.includes('PUBLIC') ? 'a public key' : label === 'CERTIFICATE' ? 'a certificate' : `a ${label}`
    throw invalid(`The Coinbase API secret is ${kind}, not a private key`, NEEDED)
  }
  const [, label, body = ''] = block
  if (label === 'ENCRYPTED PRIVATE KEY' || body.includes('ENCRYPTED')) {
    throw invalid(
      'The Coinbase API secret is an encrypted private key',
      'decrypt it first; Tidegate asks for no passphrase',
    )
  }
  const type = label === 'EC PRIVATE KEY' ? 'sec1' : label === 'PRIVATE KEY' ? 'pkcs8' : undefined
  if (!type) throw invalid(`The Coinbase API secret is a ${label}, which Coinbase does not issue`, NEEDED)
  const key = readDer(Buffer.from(body.replace(/\s+/g, ''), 'base64'), type)
  if (!key) throw invalid(`The Coinbase API secret is a damaged ${label}`, 'paste it again, with all its lines')
  return key
}

function parseBase64(text: string): KeyObject {
  const compact = text.replace(/\s+/g, '')
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(compact) || compact.length < 43) {
    throw invalid('The Coinbase API secret is neither PEM nor an Ed25519 key in base64 (a legacy key?)', NEEDED)
  }
  const bytes = Buffer.from(compact, 'base64')
  if (bytes.length === 32 || bytes.length === 64) {
    const key = readDer(Buffer.concat([ED25519_PKCS8_PREFIX, bytes.subarray(0, 32)]), 'pkcs8')
    if (key && bytes.length === 64 && !publicBytes(key).equals(bytes.subarray(32))) {
      throw invalid('The two halves of the Ed25519 secret do not belong together', 'paste it again, whole')
    }
    if (key) return key
  }
  const der = readDer(bytes, 'pkcs8') ?? readDer(bytes, 'sec1')
  if (der) return der
  throw invalid(`The Coinbase API secret decodes to ${bytes.length} bytes, which is no key`, NEEDED)
}

function readDer(der: Buffer, type: 'sec1' | 'pkcs8'): KeyObject | undefined {
  try {
    return createPrivateKey({ key: der, format: 'der', type })
  } catch {
    return undefined
  }
}

function publicBytes(key: KeyObject): Buffer {
  return createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32)
}

function algorithmOf(key: KeyObject): CoinbaseKey['algorithm'] {
  const kind = key.asymmetricKeyType
  if (kind === 'ed25519') return 'EdDSA'
  const curve = key.asymmetricKeyDetails?.namedCurve
  if (kind === 'ec' && curve === 'prime256v1') return 'ES256'
  throw invalid(`The Coinbase API secret is a ${kind}${curve ? ` (${curve})` : ''} key`, NEEDED)
}

function unquote(text: string): string {
  const trimmed = text.replace(/^\uFEFF/, '').trim()
  const bare = /^(["'])([\s\S]*)\1$/.exec(trimmed)?.[2] ?? trimmed
  return bare.trimStart().startsWith('{')
    ? bare.trim()
    : bare
        .replace(/\\r|\r/g, '')
        .replace(/\\n/g, '\n')
        .trim()
}

function invalid(message: string, hint: string): ConfigError {
  return new ConfigError('ERR_CONFIG_INVALID', message, { hint })
}

import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, scryptSync } from 'node:crypto'
import { ConfigError, type Environment, type Random } from '@tidegate/trading-model'
import { z } from 'zod'

/** scrypt's cost; a file that claims less is refused, for somebody who could change it would guess faster. */
const COST = 2 ** 17
const MAX_COST = 2 ** 20
const BLOCK_SIZE = 8
const KEY_BYTES = 32
const SALT_BYTES = 16
const NONCE_BYTES = 12
const TAG_BYTES = 16

const base64 = z.base64()
const fileSchema = z.strictObject({
  format: z.literal('tidegate-secrets/1'),
  environment: z.string(),
  kdf: z.strictObject({
    name: z.literal('scrypt'),
    n: z.number().int(),
    r: z.literal(8),
    p: z.literal(1),
    salt: base64,
  }),
  cipher: z.literal('aes-256-gcm'),
  nonce: base64,
  sealed: base64,
})
type SealedFile = z.output<typeof fileSchema>
const contentSchema = z.record(z.string(), z.strictObject({ value: z.string(), set_at: z.string() }))

/** One secret in a sealed file. */
export interface SealedEntry {
  readonly value: string
  /** ISO 8601. */
  readonly setAt: string
}
export type SealedEntries = Readonly<Record<string, SealedEntry>>

/** A sealed file that was opened. It keeps the key that the passphrase made, as a key object, so that it can be sealed again. */
export interface Sealed {
  readonly entries: SealedEntries
  /** The text of the file with these entries instead: same passphrase, new nonce. */
  seal(entries: SealedEntries): string
  /** Reads another text of the same file; the passphrase must be the same. @throws {ConfigError} as {@link openSealed}. */
  reopen(text: string): Sealed
}

/** Makes an empty sealed file for one environment. */
export function createSealed(environment: Environment, passphrase: string, random: Random): Sealed {
  const salt = Buffer.from(random.bytes(SALT_BYTES)).toString('base64')
  const kdf = { name: 'scrypt', n: COST, r: BLOCK_SIZE, p: 1, salt } as const
  return opened(deriveKey(passphrase, kdf), kdf, environment, random, {})
}

/**
 * Opens a sealed file: scrypt (N = 2^17, r = 8) makes the key from the passphrase, AES-256-GCM seals; environment and parameters
 * are authenticated with it.
 *
 * @throws {ConfigError} `ERR_CONFIG_INVALID`: no sealed file, of another environment, weaker than we make them, or not to be opened
 * with this passphrase. Nothing of the content or the passphrase is in the message.
 */
export function openSealed(text: string, environment: Environment, passphrase: string, random: Random): Sealed {
  const file = parseFile(text, environment)
  const key = deriveKey(passphrase, file.kdf)
  return opened(key, file.kdf, environment, random, decrypt(file, key))
}

function opened(
  key: KeyObject,
  kdf: SealedFile['kdf'],
  environment: Environment,
  random: Random,
  entries: SealedEntries,
): Sealed {
  return {
    entries,
    seal: (next) => `${JSON.stringify(encrypt(key, kdf, environment, random, next), undefined, 2)}\n`,
    reopen(text) {
      const file = parseFile(text, environment)
      if (file.kdf.salt !== kdf.salt || file.kdf.n !== kdf.n) {
        throw new ConfigError('ERR_CONFIG_INVALID', 'the secrets file was made anew, with a passphrase of its own', {
          hint: 'Restart, and give the new passphrase',
        })
      }
      return opened(key, kdf, environment, random, decrypt(file, key))
    },
  }
}

function parseFile(text: string, environment: Environment): SealedFile {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  const file = fileSchema.safeParse(value).data
  if (!file) {
    throw new ConfigError('ERR_CONFIG_INVALID', 'the secrets file is none', {
      hint: 'Restore it from its backup, or make a new one with `tidegate secrets init`',
    })
  }
  if (file.environment !== environment) {
    throw new ConfigError(
      'ERR_CONFIG_INVALID',
      `the secrets file belongs to ${file.environment.slice(0, 40)}, not to ${environment}`,
      { hint: 'Each environment has keys of its own: make its file with `tidegate secrets init`' },
    )
  }
  const { n } = file.kdf
  if (n < COST || n > MAX_COST || (n & (n - 1)) !== 0) {
    throw new ConfigError('ERR_CONFIG_INVALID', `the secrets file asks for scrypt with N = ${n}`, {
      hint: 'Somebody changed it: restore it from its backup, and change the secrets in it',
    })
  }
  return file
}

function deriveKey(passphrase: string, kdf: SealedFile['kdf']): KeyObject {
  const salt = Buffer.from(kdf.salt, 'base64')
  const bytes = scryptSync(passphrase.normalize('NFKC'), salt, KEY_BYTES, {
    N: kdf.n,
    r: kdf.r,
    p: kdf.p,
    maxmem: 256 * kdf.n * kdf.r,
  })
  try {
    return createSecretKey(bytes)
  } finally {
    bytes.fill(0)
  }
}

function encrypt(
  key: KeyObject,
  kdf: SealedFile['kdf'],
  environment: Environment,
  random: Random,
  entries: SealedEntries,
): SealedFile {
  const nonce = Buffer.from(random.bytes(NONCE_BYTES)).toString('base64')
  const header = { format: 'tidegate-secrets/1', environment, kdf, cipher: 'aes-256-gcm', nonce } as const
  const content = Object.fromEntries(
    Object.entries(entries).map(([name, { value, setAt }]) => [name, { value, set_at: setAt }]),
  )
  const cipher = createCipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64'))
  cipher.setAAD(Buffer.from(authenticated(header)))
  const sealed = Buffer.concat([cipher.update(JSON.stringify(content), 'utf8'), cipher.final(), cipher.getAuthTag()])
  return { ...header, sealed: sealed.toString('base64') }
}

function decrypt(file: SealedFile, key: KeyObject): SealedEntries {
  const bytes = Buffer.from(file.sealed, 'base64')
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(file.nonce, 'base64'), {
      authTagLength: TAG_BYTES,
    })
    decipher.setAAD(Buffer.from(authenticated(file)))
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
    const text = decipher.update(bytes.subarray(0, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
    const content = contentSchema.parse(JSON.parse(text))
    return Object.fromEntries(
      Object.entries(content).map(([name, { value, set_at: setAt }]) => [name, { value, setAt }]),
    )
  } catch {
    throw new ConfigError('ERR_CONFIG_INVALID', 'the secrets file does not open with this passphrase', {
      hint: 'Give the passphrase it was made with; if that is the one, the file was changed: restore it from its backup',
    })
  }
}

/** The parts beside the ciphertext that nobody may change. */
function authenticated(file: Omit<SealedFile, 'sealed'>): string {
  const { format, environment, kdf, cipher, nonce } = file
  return JSON.stringify([format, environment, kdf.name, kdf.n, kdf.r, kdf.p, kdf.salt, cipher, nonce])
}
